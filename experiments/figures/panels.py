"""Panels: a table and an `Axes` in, the `Axes` with the panel drawn out.

Points are means over replications, with 95 % intervals; theory is a line under them. Lines may
coincide (one guarantee loses what another loses): the one below is wider, and is seen on both sides
of the one above. What else distinguishes lines is in `styles`, and the colors in a theme.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from experiments.figures.bars import plot_bars, plot_dots
from experiments.figures.naming import Naming
from experiments.figures.rows import lines_of, margins
from experiments.figures.styles import Style
from experiments.framework.axis import Key
from experiments.framework.figure import Bars, Differences, Dots, Lines, Timeline
from simulator.drawing import Theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes

APART: Final = 9
"""How many points of a line over time share a marker."""

JOINED: Final = (0, (4, 2))
"""Dashes of a line that only joins points, as Matplotlib writes them."""

THIN, WIDER = 1.4, 2.4
"""How wide a line is, in points, and by how much for each that lies on it."""

CLOSE: Final = 0.02
"""Points closer than this share of all that a panel shows coincide."""

MOST: Final = 0.5
"""Lines coincide if a larger share of their points do."""


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
    lines = list(lines_of(summary, panel, naming.experiment))
    for width, (key, style, rows) in zip(_widths(panel, lines), lines, strict=True):
        theory = rows["theory"].notna()
        axes.plot(
            rows[panel.x], rows["theory"], color=theme[style.color], linewidth=width, zorder=2
        )
        dashes = "none" if theory.any() else JOINED
        name = naming.key(panel.color, key)
        _points(axes, rows, panel, style, theme, dashes, name, width=width)
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
        _points(axes, rows, panel, style, theme, JOINED, naming.key(panel.color, key))
    _finish(axes, panel, naming)
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
    Dots: plot_dots,
    Timeline: plot_timeline,
}
"""What draws each kind of panel."""


def _widths(panel: Lines, lines: list[tuple[Key, Style, pd.DataFrame]]) -> list[float]:
    """Return how wide each line is: the wider, the more lines lie on most of it."""
    values = [rows.set_index(panel.x)["mean"] for *_, rows in lines]
    if panel.scale == "log":
        values = [np.log(line.where(line > 0)) for line in values]
    seen = pd.concat(values)
    close = CLOSE * float(seen.max() - seen.min())

    def coincide(mine: pd.Series[float], other: pd.Series[float]) -> bool:
        return bool(((mine - other).abs() <= close).mean() > MOST)

    return [
        THIN + WIDER * sum(coincide(mine, other) for other in values[place + 1 :])
        for place, mine in enumerate(values)
    ]


def _points(  # noqa: PLR0917 - what to draw, and how
    axes: Axes,
    rows: pd.DataFrame,
    panel: Lines,
    style: Style,
    theme: Theme,
    dashes: Any,
    label: str,
    *,
    width: float = THIN,
) -> None:
    known = rows["low"].notna().any()
    least = None if isinstance(panel, Differences) else 0.1 if panel.scale == "log" else 0.0
    axes.errorbar(
        rows[panel.x],
        rows["mean"],
        yerr=margins(rows, least) if known else None,
        color=theme[style.color],
        marker=style.marker,
        markersize=style.size,
        markerfacecolor=theme[style.color] if style.filled else "none",
        linestyle=dashes,
        linewidth=width,
        elinewidth=1.2,
        label=label,
        zorder=3,
        clip_on=panel.scale == "log",  # a marker at 0 is seen whole, where there is a 0
    )


def _finish(axes: Axes, panel: Lines, naming: Naming) -> None:
    axes.set_title(naming.title(panel))
    axes.set_xlabel(naming.axis(panel.x))
    axes.margins(x=0.02)
    axes.set_xscale(panel.x_scale)
    axes.set_yscale(panel.scale)
    for side, write in zip((axes.xaxis, axes.yaxis), naming.ticks(panel), strict=True):
        side.set_major_formatter(write)
        side.set_minor_formatter(lambda *_: "")
    if panel.x_scale == "log":
        ticks = [2.0**k for k in range(12)]
        low, high = axes.get_xlim()
        axes.set_xticks([tick for tick in ticks if low <= tick <= high])
