"""Rows: what a panel shows of a table, line by line, and how far its intervals reach."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments.figures.styles import Style, styles_in
from experiments.framework.axis import ABSENT, Key
from experiments.framework.experiment import Experiment
from experiments.framework.figure import Lines, Timeline


def lines_of(
    table: pd.DataFrame, panel: Lines, experiment: Experiment
) -> Iterator[tuple[Key, Style, pd.DataFrame]]:
    """Go through the lines of a panel: key, style, and rows."""
    table = table[table["metric"] == panel.y]
    for path, shown in panel.where.items():
        table = table[table[path].isin([*shown, ABSENT])]
    if isinstance(panel, Timeline) and panel.until is not None:
        table = table[table[panel.x] <= panel.until]
    figure = next((figure for figure in experiment.figures if panel in figure.panels), None)
    styles = styles_in(figure.panels if figure else [panel], experiment)
    for key in experiment.sweep[panel.color]:
        rows = table[table[panel.color] == key]
        if len(rows):
            yield key, styles[panel.color, key], rows


def margins(rows: pd.DataFrame, least: float | None) -> npt.NDArray[np.float64]:
    """Return how far intervals reach below and above their means. Shape (2, rows).

    What is never negative is drawn to reach no lower than `least` times its mean.
    """
    mean = rows["mean"]
    low = rows["low"] if least is None else rows["low"].clip(lower=least * mean)
    return np.array([(mean - low).clip(lower=0), (rows["high"] - mean).clip(lower=0)])
