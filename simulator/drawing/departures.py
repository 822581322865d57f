"""Names beside the departures in a space-time diagram: what leaves there."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Final

from simulator.drawing.journeys import ONWARD, Journey
from simulator.drawing.subjects import Subject, Subjects
from simulator.drawing.themes import Theme
from simulator.drawing.words import Words, capital

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAMED: Final = 16
"""Most departures with names; where there are more, numbers have room."""

WIDTH: Final = 22
"""Characters per line of a name."""


def label_departures(
    axes: Axes,
    journeys: Sequence[Journey],
    places: dict[str, int],
    *,
    subjects: Subjects,
    words: Words,
    theme: Theme,
) -> str:
    """Write what leaves beside the line of the node that it leaves; if it is much, its number.

    Returns:
        How to read the numbers, if these are what is written.
    """
    from matplotlib.patheffects import withStroke  # noqa: PLC0415 - only where something is drawn

    labels: dict[tuple[int, float, int], dict[str, None]] = {}
    is_named = len({(one.start, one.sent_ns) for one in journeys}) <= NAMED
    for journey in journeys:
        subject = subjects.of(journey)
        if not is_named and journey.kind not in ONWARD:
            continue
        name = _name(subject, words) if is_named else words.short(subject)
        start, end = places[journey.start], places[journey.end]
        where = (start, journey.sent_ns / 1e9, -1 if end > start else 1)
        labels.setdefault(where, {})[name] = None
    for (start, sent, side), names in labels.items():
        axes.annotate(
            ("\n" if is_named else ", ").join(filter(None, names)),
            (start, sent),
            (9 * side, 1),
            textcoords="offset points",
            fontsize=8,
            ha="right" if side < 0 else "left",
            va="top",  # what arrives there comes from above
            path_effects=[withStroke(linewidth=2.5, foreground=theme.paper)],
            parse_math=False,  # an identifier has a node's name, which may have dollars
        )
    return "" if is_named else words("numbers")


def _name(subject: Subject, words: Words) -> str:
    return fill(capital(words.say("arrow", subject)), WIDTH)
