"""Result tables: for a terminal, in a language, made from the numbers of the summary."""

import math

import pandas as pd
import pytest

from experiments import catalogue
from experiments.figures.result_tables import result_tables

DASH = "–"
NO_BREAK = "\N{NO-BREAK SPACE}"


def summary(axes, *rows):
    columns = [*axes, "metric", "replications", "mean", "low", "high", "theory"]
    return pd.DataFrame(rows, columns=columns)


DEPOSITS = summary(
    ["deposits", "loss"],
    ["at_most_once", 0.3, "balance", 20, 0.7025, 0.6925, 0.7125, 0.7],
    ["exactly_once", 0.3, "balance", 20, 0.975, 0.965, 0.985, math.nan],
)


def test_a_row_is_a_cell_with_its_mean_half_its_interval_and_theory():
    table = result_tables(catalogue.load("idempotency"), DEPOSITS, "en").splitlines()
    assert table[0].startswith("Balance")
    assert table[1].split("  ")[-1] == "Theory"
    [first, second] = table[2:]
    assert first.split() == ["at", "most", "once", "30%", "0.7025", "±", "0.01", "0.7"]
    assert second.split()[-4:] == ["0.975", "±", "0.01", DASH]


def test_a_french_table_has_french_words_and_decimal_commas():
    table = result_tables(catalogue.load("idempotency"), DEPOSITS, "fr")
    assert "au plus une fois" in table
    assert f"30{NO_BREAK}%" in table
    assert "0,7025" in table
    assert "." not in table


def test_a_share_is_in_percent_and_an_axis_of_names_needs_no_name():
    rows = summary(["chain", "factor"], ["queues", 5, "pings_failed", 20, 0.25, 0.2, 0.3, math.nan])
    title, heads, row = result_tables(catalogue.load("cascading_failure"), rows, "en").splitlines()
    assert "%" not in title
    assert heads.lstrip()[0].isupper()
    assert "Theory" not in heads
    assert row.split() == ["queues", "between", "5", "25%", "±", "5%"]


def test_the_metrics_that_are_asked_for_come_in_their_order():
    experiment = catalogue.load("two_generals")
    rows = summary(
        ["loss", "messengers", "stages"],
        [0.3, 1, 2, "both", 3, 0.5, 0.4, 0.6, math.nan],
        [0.3, 1, 2, "none", 3, 0.3, 0.2, 0.4, math.nan],
        [0.1, 1, 2, "none", 3, 0.1, 0.1, 0.1, math.nan],
    )
    none, both = result_tables(experiment, rows, "en", ("none", "both")).split("\n\n")
    assert len(none.splitlines()) == 4  # with where the figure shows nothing
    assert len(both.splitlines()) == 3


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", catalogue.names())
def test_each_experiment_can_be_told_from_a_part_that_no_figure_shows(name, language):
    experiment = catalogue.load(name)
    keys = {axis: list(values)[-1] for axis, values in experiment.sweep.items()}
    rows = [[*keys.values(), m, 3, 0.5, 0.4, 0.6, math.nan] for m in experiment.metrics]
    table = result_tables(experiment, summary(list(keys), *rows), language)
    assert len(table.splitlines()) == 3
