"""Shades in a space-time diagram: where a node is down, or a link is cut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from simulator.drawing.selection import nodes_of
from simulator.drawing.themes import Theme
from simulator.drawing.words import Words
from simulator.event import TraceRow

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ENDS: Final = {"crashed": "restarted", "partitioned": "healed"}
"""The event that ends each fault."""


def shade(
    axes: Axes,
    spans: Iterable[tuple[TraceRow, float, float]],
    places: dict[str, int],
    words: Words,
    theme: Theme,
) -> None:
    """Shade crashes along the line of a node, and cuts between two lines."""
    for fault, start, end in spans:
        where = [float(places[name]) for name in nodes_of(fault) if name in places]
        if len(where) < len(nodes_of(fault)):
            continue  # a node that is not shown
        left, right = min(where), max(where)
        if fault.event == "crashed":
            left, right = left - 0.06, right + 0.06
        axes.fill_betweenx(
            [start, end],
            left,
            right,
            color=theme["grey"],
            alpha=0.4,
            linewidth=0,
            zorder=0,
            label=words.legend(fault.event),
        )


def faults_of(
    rows: Sequence[TraceRow], start: float, end: float
) -> Iterator[tuple[TraceRow, float, float]]:
    """Yield each crash and cut with its start and its end, clipped to two instants."""
    faults = [row for row in rows if row.event in {*ENDS, *ENDS.values()}]
    seen: set[tuple[str, int, frozenset[str]]] = set()
    for place, fault in enumerate(faults):
        what = fault.event, fault.time_ns, frozenset(nodes_of(fault))
        if fault.event not in ENDS or what in seen:
            continue  # a partition cuts both directions, and is shaded once
        seen.add(what)
        ends = (
            later.time_s
            for later in faults[place:]
            if later.event == ENDS[fault.event] and nodes_of(later) == nodes_of(fault)
        )
        until = next(ends, end)
        if fault.time_s <= end and until >= start:
            yield fault, max(fault.time_s, start), min(until, end)
