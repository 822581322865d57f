"""What a figure shows: its panels, as values. The room `figures` draws them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from experiments.framework.axis import Key

TIME: Final = "time"
"""What goes along the bottom of a series."""


@dataclass(frozen=True, kw_only=True)
class Lines:
    """A panel: a metric against an axis, a line for each value of another axis.

    Attributes:
        x: Axis along the bottom; its keys are numbers.
        y: Metric up the side.
        color: Axis that distinguishes the lines.
        where: Which keys to show of an axis, for those that are not all shown.
        scale: Of the y axis, as Matplotlib names it.
        x_scale: Of the x axis.
    """

    x: str
    y: str
    color: str
    where: Mapping[str, tuple[Key, ...]] = field(default_factory=dict)
    scale: str = "linear"
    x_scale: str = "linear"


@dataclass(frozen=True, kw_only=True)
class Differences(Lines):
    """A panel: how far each value of the `color` axis is from the baseline, in pairs."""


@dataclass(frozen=True, kw_only=True)
class Bars(Lines):
    """A panel: a metric for each name of an axis, with a bar for each value of another, or alone.

    The axis `x` goes down the side, the metric along the bottom.
    """


@dataclass(frozen=True, kw_only=True)
class Dots(Bars):
    """A panel: a metric for each name of an axis, as a dot with its interval about theory.

    A dot has no length to compare, so that the axis along the bottom need not begin at 0.
    """


@dataclass(frozen=True, kw_only=True)
class Timeline(Lines):
    """A panel: a series over time, a line for each value of the `color` axis. Its `x` is `TIME`.

    Attributes:
        shade: From when to when something is broken, in seconds, drawn as a grey band.
        until: Where the panel ends, in seconds: as the last requests of a run have come, every
            line falls, which says nothing. None: where the series ends.
    """

    x: str = TIME
    shade: tuple[float, float] | None = None
    until: float | None = None


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure of one panel or several.

    Attributes:
        name: Name of its files, and of its texts.
        panels: What it shows, row by row, two a row; the last of an odd number has its row alone.
            Where all are timelines, each has, so that one instant stands above the other.
    """

    name: str
    panels: tuple[Lines, ...]
