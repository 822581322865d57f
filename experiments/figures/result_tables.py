"""Result tables: what an experiment found, in words and numbers of a language, for a terminal."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, Final

import pandas as pd

from experiments.figures.naming import Naming
from experiments.framework.axis import ABSENT, Key
from experiments.framework.columns import columns
from experiments.framework.experiment import Experiment
from experiments.framework.figure import Differences, Lines, Timeline

DIGITS: Final = 4
"""Of a mean that count, at most."""


def result_tables(
    experiment: Experiment, summary: pd.DataFrame, language: str, metrics: Sequence[str] = ()
) -> str:
    """Return a table for each metric: a row a cell, with mean, half interval, and theory if any.

    Args:
        experiment: What was run.
        summary: What it found, as in `summary.csv`.
        language: "en" or "fr".
        metrics: Which. None: the one that its first figure shows first, and as much of the sweep as
            is shown there.
    """
    naming = Naming(language, experiment)
    if not metrics:
        metric, where = _first(experiment)
        shown = summary
        for axis, keys in where.items():
            shown = shown[shown[axis].isin(keys)]
        metrics, summary = (metric,), shown if len(shown) else summary
    return "\n\n".join(_table(naming, summary, metric) for metric in metrics)


def _first(experiment: Experiment) -> tuple[str, Any]:
    """Return the metric that is shown first, and where."""
    for figure in experiment.figures:
        for panel in figure.panels:
            if isinstance(panel, Lines) and not isinstance(panel, Timeline | Differences):
                return panel.y, panel.where
    return experiment.metrics[0], {}


def _table(naming: Naming, summary: pd.DataFrame, metric: str) -> str:
    experiment, text = naming.experiment, naming.text
    rows = summary[summary["metric"] == metric]
    has_theory = bool(rows["theory"].notna().any())
    axes = list(experiment.sweep)
    heads = [naming.axis(axis) if _is_named(naming, axis) else "" for axis in axes]
    heads += [text("table", "mean"), text("table", "interval")]
    table = [heads + [text("table", "theory")] * has_theory]
    for row in rows.to_dict("records"):
        cells = [_key(naming, axis, row[axis]) for axis in axes]
        half = (row["high"] - row["low"]) / 2
        cells += [_number(naming, metric, row["mean"]), f"± {_number(naming, metric, half, 2)}"]
        table.append([*cells, *[_number(naming, metric, row["theory"])] * has_theory])
    title = naming.with_unit(text("metrics", metric, metric), experiment.unit_of_metric(metric))
    kept = [at for at, column in enumerate(zip(*table, strict=True)) if any(_said(column))]
    left = sum(at < len(axes) for at in kept)
    return f"{title}\n{columns([[row[at] for at in kept] for row in table], left)}"


def _said(column: Iterable[str]) -> Iterable[bool]:
    """Whether a cell of a column says something."""
    return (cell not in {"", ABSENT} for cell in column)


def _is_named(naming: Naming, axis: str) -> bool:
    return bool(naming.text("axes", axis, ""))


def _key(naming: Naming, axis: str, key: Key) -> str:
    """Write a key of an axis: a number, where the column has a name; else with what it counts."""
    if isinstance(key, str):
        return naming.text("values", key, key)
    short = naming.text("axes", f"{axis}.short", "")
    place = naming.place(axis, key)
    return f"{short} {place}" if short and not _is_named(naming, axis) else place


def _number(naming: Naming, metric: str, value: float, digits: int = DIGITS) -> str:
    if math.isnan(value):
        return "–"
    unit = naming.experiment.unit_of_metric(metric)
    if unit == "%":
        return naming.numbers.share(naming.numbers.short(100 * value, digits))
    return naming.numbers.short(value, digits)
