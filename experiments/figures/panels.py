"""Panels: a table and an `Axes` in, the `Axes` with the panel drawn out.

Points are means over replications, with 95 % intervals; theory is a thin line under them. What
distinguishes lines and bars is in `styles`, and the colors in a theme.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments.figures.naming import Naming
from experiments.figures.styles import Style, styles_in
from experiments.framework.axis import ABSENT, Key
from experiments.framework.experiment import Experiment
from experiments.framework.figure import Bars, Differences, Lines, Timeline
from simulator.drawing import Theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.container import ErrorbarContainer

APART: Final = 9
"""How many points of a line over time share a marker."""


def plot_lines(
    summary: pd.DataFrame,
    axes: Axes,
    panel: Lines,
    naming: Naming,
    *,
    theme: Theme,
) -> Axes:
    """Plot a metric against an axis, with its intervals, over theory.

    Args:
        summary: The table that `tables.summary_table` makes, of this experiment.
        axes: Where to draw.
        panel: What to draw.
        naming: The words, and the experiment that it is of.
        theme: The colors.
    """
    for key, style, rows in lines_of(summary, panel, naming.experiment):
        theory = rows["theory"].notna()
        axes.plot(rows[panel.x], rows["theory"], color=theme[style.color], zorder=2)
        dashes = "none" if theory.any() else (0, (4, 2))
        _points(axes, rows, panel, style, theme, dashes, naming.key(panel.color, key))
    _finish(axes, panel, naming)
    if panel.scale == "linear":
        axes.set_ylim(bottom=0)
    return axes


def plot_differences(
    differences: pd.DataFrame,
    axes: Axes,
    panel: Lines,
    naming: Naming,
    *,
    theme: Theme,
) -> Axes:
    """Plot how far each line is from the baseline, in pairs on the same draws.

    Args:
        differences: The table that `tables.difference_table` makes, of this experiment.
        axes: Where to draw.
        panel: What to draw.
        naming: The words, and the experiment that it is of.
        theme: The colors.
    """
    axes.axhline(0, color=theme.quiet, linewidth=1)
    for key, style, rows in lines_of(differences, panel, naming.experiment):
        _points(axes, rows, panel, style, theme, (0, (4, 2)), naming.key(panel.color, key))
    _finish(axes, panel, naming)
    return axes


def plot_bars(
    summary: pd.DataFrame,
    axes: Axes,
    panel: Lines,
    naming: Naming,
    *,
    theme: Theme,
) -> Axes:
    """Plot a metric for each name of an axis, as bars from left to right, with intervals.

    Theory, where there is some, is a short upright line at each bar.

    Args:
        summary: The table that `tables.summary_table` makes, of this experiment.
        axes: Where to draw.
        panel: What to draw.
        naming: The words, and the experiment that it is of.
        theme: The colors.
    """
    lines = list(lines_of(summary, panel, naming.experiment))
    names = [
        key
        for key in naming.experiment.sweep[panel.x]
        if any(key in set(r[panel.x]) for *_, r in lines)
    ]
    alone = panel.x == panel.color
    height = 0.8 if alone else 0.8 / len(lines)
    for index, (key, style, rows) in enumerate(lines):
        shift = 0.0 if alone else (index - (len(lines) - 1) / 2) * height
        places = [names.index(name) + shift for name in rows[panel.x]]
        margins = _margins(rows, least=0.0)
        bars = axes.barh(
            places,
            rows["mean"],
            height * 0.92,
            xerr=margins if rows["low"].notna().any() else None,
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
    axes.set_yticks(range(len(names)), [naming.key(panel.x, name) for name in names])
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.set_title(naming.title(panel))
    axes.set_xscale(panel.scale)
    axes.xaxis.set_major_formatter(naming.ticks(panel)[1])
    axes.xaxis.set_minor_formatter(lambda *_: "")
    return axes


def plot_timeline(
    series: pd.DataFrame,
    axes: Axes,
    panel: Lines,
    naming: Naming,
    *,
    theme: Theme,
) -> Axes:
    """Plot a series over time, with a band for its interval.

    Args:
        series: The table that `tables.series_table` makes, of this experiment.
        axes: Where to draw.
        panel: What to draw.
        naming: The words, and the experiment that it is of.
        theme: The colors.
    """
    shade = getattr(panel, "shade", None)
    if shade:
        axes.axvspan(*shade, color=theme.shade, zorder=0, linewidth=0)
    for place, (key, style, rows) in enumerate(lines_of(series, panel, naming.experiment)):
        axes.plot(
            rows["time"],
            rows["mean"],
            color=theme[style.color],
            marker=style.marker,
            markersize=style.size,
            markerfacecolor=theme[style.color] if style.filled else theme.paper,
            markevery=(place * APART // 3 % APART, APART),
            linestyle=style.dashes,
            linewidth=1.5,
            label=naming.key(panel.color, key),
        )
        axes.fill_between(
            rows["time"],
            rows["low"],
            rows["high"],
            color=theme[style.color],
            alpha=0.22,
            linewidth=0,
        )
    _finish(axes, panel, naming)
    if panel.scale == "linear":
        axes.set_ylim(bottom=0)
    return axes


PLOTS: Final[dict[type[Lines], Callable[..., Axes]]] = {
    Lines: plot_lines,
    Differences: plot_differences,
    Bars: plot_bars,
    Timeline: plot_timeline,
}
"""What draws each kind of panel."""


def lines_of(
    table: pd.DataFrame, panel: Lines, experiment: Experiment
) -> Iterator[tuple[Key, Style, pd.DataFrame]]:
    """Go through the lines of a panel: key, style, and rows."""
    table = table[table["metric"] == panel.y]
    for path, shown in panel.where.items():
        table = table[table[path].isin([*shown, ABSENT])]
    figure = next((figure for figure in experiment.figures if panel in figure.panels), None)
    styles = styles_in(figure.panels if figure else [panel], experiment)
    for key in experiment.sweep[panel.color]:
        rows = table[table[panel.color] == key]
        if len(rows):
            yield key, styles[panel.color, key], rows


def _stand_out(interval: ErrorbarContainer | None, theme: Theme) -> None:
    """Give the intervals of bars an edge of paper, so that they are seen on the bars too."""
    from matplotlib.patheffects import withStroke  # noqa: PLC0415 - slow to import

    for part in interval or ():
        for line in part or ():
            line.set_path_effects([withStroke(linewidth=3, foreground=theme.paper)])


def _points(  # noqa: PLR0917 - what to draw, and how
    axes: Axes,
    rows: pd.DataFrame,
    panel: Lines,
    style: Style,
    theme: Theme,
    dashes: Any,
    label: str,
) -> None:
    known = rows["low"].notna().any()
    least = None if isinstance(panel, Differences) else 0.1 if panel.scale == "log" else 0.0
    axes.errorbar(
        rows[panel.x],
        rows["mean"],
        yerr=_margins(rows, least) if known else None,
        color=theme[style.color],
        marker=style.marker,
        markersize=style.size,
        markerfacecolor=theme[style.color] if style.filled else "none",
        linestyle=dashes,
        label=label,
        zorder=3,
        clip_on=False,  # a marker at 0 is seen whole
    )


def _margins(rows: pd.DataFrame, least: float | None) -> npt.NDArray[np.float64]:
    """Return how far intervals reach below and above their means. Shape (2, rows).

    What is never negative is drawn to reach no lower than `least` times its mean.
    """
    mean = rows["mean"]
    low = rows["low"] if least is None else rows["low"].clip(lower=least * mean)
    return np.array([(mean - low).clip(lower=0), (rows["high"] - mean).clip(lower=0)])


def _finish(axes: Axes, panel: Lines, naming: Naming) -> None:
    axes.set_title(naming.title(panel))
    axes.set_xlabel(naming.axis(panel.x))
    axes.set_xscale(panel.x_scale)
    axes.set_yscale(panel.scale)
    for side, write in zip((axes.xaxis, axes.yaxis), naming.ticks(panel), strict=True):
        side.set_major_formatter(write)
        side.set_minor_formatter(lambda *_: "")
    if panel.x_scale == "log":
        ticks = [2.0**k for k in range(12)]
        low, high = axes.get_xlim()
        axes.set_xticks([tick for tick in ticks if low <= tick <= high])
