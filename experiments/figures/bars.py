"""Bars and dots: a metric for each name of an axis, from left to right, the names down the side."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import pandas as pd

from experiments.figures.naming import Naming, folded
from experiments.figures.rows import lines_of, margins
from experiments.framework.axis import Key
from experiments.framework.figure import Lines
from simulator.drawing import Theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.container import ErrorbarContainer

LETTERS: Final = 21
"""How many letters of a name stand on one line."""

BEYOND: Final = 0.2
"""How much room there is beyond the longest bar for its number, as a share of its length."""


def plot_bars(
    summary: pd.DataFrame,
    axes: Axes,
    panel: Lines,
    naming: Naming,
    *,
    theme: Theme,
) -> Axes:
    """Plot a metric for each name of an axis, as bars from left to right, with intervals.

    Each bar has its number beside it. Theory, where there is some, is a short upright line.

    Args:
        summary: The table that `tables.summary_table` makes, of this experiment.
        axes: Where to draw.
        panel: What to draw.
        naming: The words, and the experiment that it is of.
        theme: The colors.
    """
    lines = list(lines_of(summary, panel, naming.experiment))
    names = list(_names(summary, panel, naming))
    alone = panel.x == panel.color
    height = 0.8 if alone else 0.8 / len(lines)
    for index, (key, style, rows) in enumerate(lines):
        shift = 0.0 if alone else (index - (len(lines) - 1) / 2) * height
        places = [names.index(name) + shift for name in rows[panel.x]]
        reach = margins(rows, least=0.0)
        bars = axes.barh(
            places,
            rows["mean"],
            height * 0.92,
            xerr=reach if rows["low"].notna().any() else None,
            color=theme[style.color],
            hatch=style.hatch,
            edgecolor=theme.paper,
            linewidth=0,
            error_kw={"ecolor": theme.ink, "capsize": 3, "elinewidth": 1.2, "capthick": 1.2},
            label=None if alone else naming.key(panel.color, key),
        )
        _stand_out(bars.errorbar, theme)
        for place, expected in zip(places, rows["theory"], strict=True):
            if not math.isnan(expected):
                ends = [place - height * 0.46, place + height * 0.46]
                axes.plot([expected, expected], ends, color=theme.ink, linewidth=1.6)
        for place, mean, far in zip(places, rows["mean"], rows["mean"] + reach[1], strict=True):
            axes.annotate(
                naming.measured(panel.y, float(f"{mean:.3g}")),
                (mean if math.isnan(far) else far, place),
                xytext=(5, 0),
                textcoords="offset points",
                va="center",
                fontsize=9,
            )
    _finish(axes, panel, naming, names)
    if panel.scale == "linear":
        axes.set_xlim(0, (1 + BEYOND) * axes.dataLim.x1)
    return axes


def plot_dots(
    summary: pd.DataFrame,
    axes: Axes,
    panel: Lines,
    naming: Naming,
    *,
    theme: Theme,
) -> Axes:
    """Plot a metric for each name of an axis, as dots with intervals about an upright theory line.

    Args:
        summary: The table that `tables.summary_table` makes, of this experiment.
        axes: Where to draw.
        panel: What to draw.
        naming: The words, and the experiment that it is of.
        theme: The colors.
    """
    names = list(_names(summary, panel, naming))
    for _, _, rows in lines_of(summary, panel, naming.experiment):
        for expected in rows["theory"].dropna():
            axes.axvline(expected, color=theme.ink, linewidth=1.6, zorder=1)
        axes.errorbar(
            rows["mean"],
            [names.index(name) for name in rows[panel.x]],
            xerr=margins(rows, least=0.0) if rows["low"].notna().any() else None,
            color=theme["blue"],
            linestyle="none",
            marker="o",
            markersize=8,
            capsize=4,
            elinewidth=2,
        )
    _finish(axes, panel, naming, names)
    return axes


def _names(summary: pd.DataFrame, panel: Lines, naming: Naming) -> Iterator[Key]:
    lines = list(lines_of(summary, panel, naming.experiment))
    for key in naming.experiment.sweep[panel.x]:
        if any(key in set(rows[panel.x]) for *_, rows in lines):
            yield key


def _finish(axes: Axes, panel: Lines, naming: Naming, names: list[Key]) -> None:
    shown = [folded(naming.key(panel.x, name), LETTERS) for name in names]
    axes.set_yticks(range(len(names)), shown)
    axes.set_ylim(len(names) - 0.5, -0.5)  # the first on top
    axes.grid(visible=False, axis="y")
    axes.set_title(naming.title(panel))
    axes.set_xscale(panel.scale)
    if panel.scale == "linear":
        axes.locator_params(axis="x", nbins=5)
    axes.xaxis.set_major_formatter(naming.ticks(panel)[1])
    axes.xaxis.set_minor_formatter(lambda *_: "")


def _stand_out(interval: ErrorbarContainer | None, theme: Theme) -> None:
    """Give the intervals of bars an edge of paper, so that they are seen on the bars too."""
    from matplotlib.patheffects import withStroke  # noqa: PLC0415 - slow to import

    for part in interval or ():
        for line in part or ():
            line.set_path_effects([withStroke(linewidth=3, foreground=theme.paper)])
