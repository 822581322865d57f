"""Bars along the line of a node in a space-time diagram: how long it waits, or works."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from simulator.drawing.spans import Span
from simulator.drawing.themes import Theme
from simulator.drawing.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOOKS: Final[dict[str, tuple[float, str, dict[str, Any]]]] = {
    "working": (0.10, "green", {"fill": True, "alpha": 0.6}),
    "unfinished": (0.10, "green", {"fill": False, "linestyle": (0, (3, 2))}),
    "waiting": (0.05, "amber", {"fill": True, "alpha": 0.35}),
    "queued": (0.05, "azure", {"fill": False}),
}
"""Width, color and fill of each bar: distinct in more than color."""


def draw_bar(
    axes: Axes,
    span: Span,
    place: int,
    *,
    within: tuple[float, float],
    words: Words,
    theme: Theme,
) -> None:
    """Draw what takes time at a node.

    Args:
        axes: Where.
        span: What.
        place: Of the node's line.
        within: Where the picture begins and ends, in seconds; and a bar that goes on.
        words: For the legend.
        theme: Of the picture.
    """
    from matplotlib.patches import Rectangle  # noqa: PLC0415 - only where something is drawn

    width, color, looks = LOOKS[span.event]
    first, last = within
    start = max(span.started_ns / 1e9, first)
    end = last if span.ended_ns is None else min(span.ended_ns / 1e9, last)
    bar = Rectangle(
        (place - width / 2, start),
        width,
        end - start,
        edgecolor=theme[color],
        facecolor=theme[color],
        linewidth=1.0,
        zorder=1.5,
        label=words.legend(span.event),
        **looks,
    )
    axes.add_patch(bar)
