"""Styles: how each line and bar is distinguished: by color, and by what needs no color.

A line has its marker, a bar its hatch, a line over time its dashes too, so that a figure reads in
grey. Each delivery guarantee keeps its style in every figure.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import cycle
from typing import Any, Final, NamedTuple

from experiments.framework.axis import Key
from experiments.framework.experiment import Experiment
from experiments.framework.figure import Lines


class Style(NamedTuple):
    """How one line or bar is drawn.

    Attributes:
        color: Name of a color of the theme.
        marker: As Matplotlib names it.
        dashes: Of a line over time, as Matplotlib writes them.
        hatch: Of a bar, as Matplotlib writes it.
        filled: Whether the marker is filled.
        size: Of the marker.
    """

    color: str
    marker: str
    dashes: Any = "-"
    hatch: str = ""
    filled: bool = True
    size: float = 6


# Two guarantees often coincide (one loses what the other loses): the one's marker is hollow and
# larger, so that both are seen, in grey too.
GUARANTEES: Final = {
    "best_effort": Style("grey", "x", (0, (1, 1.5)), "xx"),
    "at_most_once": Style("vermilion", "o", (0, (5, 1.5)), "//", filled=False, size=9),
    "at_least_once": Style("blue", "^", (0, (6, 1.5, 1, 1.5)), "", size=5.5),
    "exactly_once": Style("green", "s", (0, (3, 1, 1, 1, 1, 1)), "--", filled=False, size=9),
}
# First the colors that no guarantee has.
OTHERS: Final = (
    Style("ink", "o"),
    Style("amber", "s", (0, (5, 1.5)), "//"),
    Style("azure", "^", (0, (1.5, 1)), "--"),
    Style("pink", "D", (0, (6, 1.5, 1, 1.5)), "\\\\", size=5),
    Style("moss", "v", (0, (8, 2)), "xx"),
    Style("blue", "P", (0, (3, 1, 1, 1, 1, 1)), "||"),
    Style("vermilion", "X", (0, (2.5, 2.5)), "++"),
    Style("green", "*", (0, (1, 2)), "-/", size=8),
)


def styles_in(panels: Iterable[Lines], experiment: Experiment) -> dict[tuple[str, Key], Style]:
    """Return the style of each value of the axes that distinguish lines in the panels of a figure.

    A guarantee has its own; the others take the next that is free, so that no two in a legend are
    alike while there are enough of them.
    """
    axes = dict.fromkeys(panel.color for panel in panels)
    values = [(axis, key) for axis in axes for key in experiment.sweep[axis]]
    taken = [GUARANTEES[str(key)] for _, key in values if str(key) in GUARANTEES]
    used = {part for style in taken for part in (style.color, style.marker)}
    free = cycle(style for style in OTHERS if not used & {style.color, style.marker})
    return {(axis, key): GUARANTEES.get(str(key)) or next(free) for axis, key in values}
