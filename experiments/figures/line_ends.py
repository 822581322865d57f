"""Line ends: the name of each line where it ends, so that nobody has to look for it in a legend.

A name has the marker of its line before it. Names that would touch are moved apart, and a thin
line leads from each to the end of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import pandas as pd

from experiments.figures.naming import Naming, folded
from experiments.figures.rows import lines_of
from experiments.framework.figure import Lines
from simulator.drawing import Theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LETTERS: Final = 15
"""How many letters of a name stand on one line."""

LINE: Final = 11.5
"""How high a line of letters is, in points."""


def name_line_ends(
    table: pd.DataFrame,
    axes: Axes,
    panel: Lines,
    naming: Naming,
    *,
    theme: Theme,
    height: float,
) -> None:
    """Write the name of each line at its end, to the right of a drawn panel.

    Args:
        table: What was drawn.
        axes: Where it was drawn; its limits stay as they are.
        panel: What was drawn.
        naming: The words, and the experiment that it is of.
        theme: The colors.
        height: Of the axes, in points, at least.
    """
    from matplotlib.transforms import ScaledTranslation  # noqa: PLC0415 - slow to import

    axes.get_xlim(), axes.get_ylim()  # now they are those of what was drawn
    ends = []
    to_axes = axes.transData + axes.transAxes.inverted()
    for key, style, rows in lines_of(table, panel, naming.experiment):
        known = rows.dropna(subset="mean")
        if len(known):
            last = known.iloc[-1]
            along, up = to_axes.transform((float(last[panel.x]), float(last["mean"])))
            up = min(max(up, 0.0), 1.0)  # on a logarithmic axis, 0 is far below
            name = folded(naming.key(panel.color, key), LETTERS)
            ends.append((round(float(up), 4), round(float(along), 4), name, style))
    ends.sort(key=lambda end: end[0])
    sizes = [(LINE * (1 + name.count("\n")) + 2) / height for *_, name, _ in ends]
    places = spread([up for up, *_ in ends], sizes)
    scale = axes.figure.dpi_scale_trans
    marked, written = (axes.transAxes + ScaledTranslation(x / 72, 0, scale) for x in (9, 17))
    for (up, along, name, style), place in zip(ends, places, strict=True):
        axes.annotate(
            "",
            (along, up),
            xycoords="axes fraction",
            xytext=(1, place),
            textcoords=marked,
            arrowprops={"arrowstyle": "-", "color": theme.quiet, "lw": 0.8, "shrinkA": 0},
            annotation_clip=False,
        )
        mark = axes.scatter(
            [1],
            [place],
            style.size**2,
            transform=marked,
            marker=style.marker,
            color=theme[style.color],
            clip_on=False,
            zorder=4,
        )
        if not style.filled:
            mark.set_facecolor(theme.paper)
        axes.text(1, place, name, transform=written, va="center", linespacing=1.05)


def spread(wanted: Sequence[float], sizes: Sequence[float]) -> list[float]:
    """Move places apart, as little as is needed, so that what stands there does not touch.

    Args:
        wanted: Where each would be best, from 0 to 1, in their order.
        sizes: How much room each takes.

    Returns:
        Where each is, its room between 0 and 1 as long as there is room for all.
    """
    before = [sum(sizes[:k]) + size / 2 for k, size in enumerate(sizes)]
    groups: list[list[float]] = []  # those that touch: where the lowest would be best, for each
    for place, shift in zip(wanted, before, strict=True):
        groups.append([place - shift])
        while len(groups) > 1 and _mean(groups[-2]) >= _mean(groups[-1]):
            groups[-2:] = [groups[-2] + groups[-1]]
    starts = [_mean(group) for group in groups for _ in group]
    most = max(0.0, 1 - sum(sizes))
    return [min(max(start, 0.0), most) + shift for start, shift in zip(starts, before, strict=True)]


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)
