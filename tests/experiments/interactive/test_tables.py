"""Tables of a notebook: names and numbers as the reader's language has them."""

import math

import pandas as pd
import pytest

from experiments.interactive.names import called
from experiments.interactive.tables import table


def test_rows_and_columns_are_called_as_in_figures_and_numbers_have_decimal_commas():
    shown = table({"at_most_once": {"loss_rate": 0.2, "attempts": 1}}, "fr")
    assert list(shown.index) == ["au plus une fois"]
    assert list(shown.columns) == ["Messages perdus", "Tentatives au plus"]
    assert shown.iloc[0].tolist() == ["0,2", 1]
    assert "0,2" in shown.to_html()


def test_a_number_has_so_many_digits_that_count_and_what_is_missing_is_a_dash():
    shown = table({1: {"cost": 2.71828}, 2: {"cost": math.nan}}, digits=3)
    assert [list(row) for row in shown.to_numpy()] == [["2.72"], ["–"]]


def test_a_pair_makes_two_columns_of_names_and_the_corner_says_what_they_count():
    rows = {("direct", 2): {"refused": 0.25}, ("queue", 2): {"refused": 0.0}}
    shown = table(rows, "fr", "direct_vs_queue", corner="workers")
    assert list(shown.index) == [("appel direct", 2), ("par une file", 2)]
    assert shown.columns.name == "Workers"


def test_a_table_keeps_its_names_for_they_are_those_of_the_code():
    frame = pd.DataFrame({"attempts": [1, 3], "delivered_s": [0.5, math.nan]})
    shown = table(frame, "fr")
    assert list(shown.columns) == ["attempts", "delivered_s"]
    assert shown["attempts"].tolist() == [1, 3]
    assert shown["delivered_s"].tolist() == ["0,5", "–"]


def test_what_has_no_other_name_keeps_its_own_and_an_unknown_language_is_refused():
    assert called("delivered_s", "fr") == "delivered_s"
    assert called("latency_mean", "en") == "Mean latency (s)"
    with pytest.raises(ValueError, match="language must be"):
        called("latency_mean", "de")
