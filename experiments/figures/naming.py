"""Naming: how panels, lines and numbers are called in a figure and in its text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from experiments.figures.labels import Labels
from experiments.framework.axis import Key
from experiments.framework.experiment import Experiment
from experiments.framework.figure import Differences, Lines

PERCENT: Final = {
    "link.loss",
    "loss_rate",
    "duplicated_rate",
    "in_doubt_rate",
    "undecided_rate",
    "loss",
    "poison",
    "both",
    "exactly_one",
    "none",
    "refused",
    "pings_failed",
    "orders_failed",
    "orders_done",
    "answered",
    "effects_twice",
    "wasted",
    "dead",
    "handled",
}
"""Axes and metrics that are shares, shown in percent."""


def title_of(panel: Lines, experiment: Experiment, text: Labels) -> str:
    """Return the title of a panel: its metric, or how far that is from the baseline."""
    metric = text("metrics", panel.y)
    if isinstance(panel, Differences) and experiment.compare is not None:
        baseline = name_of(panel.color, experiment.compare.baseline, text)
        return text("words", "difference").format(metric=metric, baseline=baseline)
    return metric


def formatter(what: str, text: Labels) -> Callable[[float, float], str]:
    """Return what writes the ticks of an axis."""
    return lambda value, _: tick_of(what, value, text)


def tick_of(what: str, value: float, text: Labels) -> str:
    """Write a number of an axis or a metric, in percent if it is a share."""
    if what in PERCENT:
        return text("words", "percent").format(text.number(round(100 * value, 6)))
    return text.number(round(value, 9))


def name_of(axis: str, key: Key, text: Labels) -> str:
    """Return the name of a line."""
    if isinstance(key, str):
        return text("values", key)
    return text("axes", axis + ".short") + " " + tick_of(axis, key, text)
