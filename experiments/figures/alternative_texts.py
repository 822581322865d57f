"""Alternative text: what a figure shows, in a short paragraph, for those who do not see it.

Its numbers are the table's, to three digits: where each line starts and ends, and how high or low
it goes between, where that shows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Final

import pandas as pd

from experiments.figures.naming import Naming
from experiments.figures.rows import lines_of
from experiments.framework.figure import Bars, Dots, Figure, Lines, Timeline
from experiments.framework.tables import Tables

FEW: Final = 4
"""How many different lines of a panel are given one by one; of more, the lowest and the highest."""

NOTABLE: Final = 0.05
"""How far beyond both ends a line goes before that is said, as a share of the panel's height."""

UNSEEN: Final = 0.002
"""A number closer to 0 than this share of the panel's height is described as 0."""

NAMED: Final = 3
"""How many lines that are lowest, or highest, are named; more are counted."""

Line = tuple[str, pd.DataFrame]


def describe(figure: Figure, tables: Tables, naming: Naming) -> str:
    """Return what a figure shows: kinds of chart, axes, and the numbers of each panel."""
    sentences: list[str] = []
    before = ""
    for panel in figure.panels:
        table = tables.of(panel)
        lines = [
            (naming.key(panel.color, key), rows)
            for key, _, rows in lines_of(table, panel, naming.experiment)
            if rows["mean"].notna().any()
        ]
        if not lines:
            continue
        across = _across(panel, lines, naming)
        sentences += [across] if across != before else []
        before = across
        numbers = naming.text("alternative", "apart").join(_numbers(panel, lines, naming))
        about = naming.title(panel)
        sentences.append(naming.text("alternative", "panel").format(title=about, numbers=numbers))
    return " ".join(sentences)


def _across(panel: Lines, lines: list[Line], naming: Naming) -> str:
    """Say what kind of chart it is, and what goes along the bottom."""
    if isinstance(panel, Dots):
        return naming.text("alternative", "dots")
    if isinstance(panel, Bars):
        return naming.text("alternative", "bars")
    places = pd.concat([rows[panel.x] for _, rows in lines])
    across = naming.text("alternative", "lines").format(
        axis=naming.axis(panel.x),
        start=_at(panel, places.min(), naming),
        end=_at(panel, places.max(), naming),
    )
    shade = panel.shade if isinstance(panel, Timeline) else None
    if shade:
        start, end = (_at(panel, place, naming) for place in shade)
        across += " " + naming.text("alternative", "shade").format(start=start, end=end)
    return across


def _numbers(panel: Lines, lines: list[Line], naming: Naming) -> Iterator[str]:
    """Say the numbers of a panel; lines of which the same is to be said are described together."""
    every = pd.concat([rows["mean"] for _, rows in lines])
    say = _teller(panel, every, naming)
    by_text: dict[str, list[str]] = {}
    if isinstance(panel, Bars):
        for name, rows in lines:
            for place, value in zip(rows[panel.x], rows["mean"], strict=True):
                bar = naming.key(panel.x, place)
                bar = bar if panel.x == panel.color else f"{name}, {bar}"
                by_text.setdefault(say(value), []).append(bar)
    else:
        places = pd.concat([rows[panel.x] for _, rows in lines])
        ends = places.min(), places.max()
        least = NOTABLE * float(every.max() - every.min())
        for name, rows in lines:
            known = rows.dropna(subset="mean")
            course = _course(panel, known, ends, naming, least=least, say=say)
            by_text.setdefault(course, []).append(name)
        if len(by_text) > FEW:
            for place in ends:
                yield _range(panel, lines, place, say, naming)
            yield from _beyond(panel, lines, ends, naming, least=least, say=say)
            return
    for numbers, names in by_text.items():
        those = naming.text("alternative", "together").join(names)
        line = naming.text("alternative", "line").format(numbers=numbers, names=those)
        yield line if len(lines) > 1 else numbers


def _course(
    panel: Lines,
    rows: pd.DataFrame,
    ends: tuple[float, float],
    naming: Naming,
    *,
    least: float,
    say: Callable[[float], str],
) -> str:
    """Say where a line starts and ends, and how high or low it goes between."""
    values, places = rows["mean"], rows[panel.x]
    if (values == values.iloc[0]).all() and (places.iloc[0], places.iloc[-1]) == ends:
        return naming.text("alternative", "always").format(value=say(values.iloc[0]))
    shown = []
    for at, usual in zip((0, -1), ends, strict=True):
        value, place = say(values.iloc[at]), _at(panel, places.iloc[at], naming)
        here = naming.text("alternative", "here").format(value=value, place=place)
        shown.append(value if places.iloc[at] == usual else here)
    beyond = ""
    for what, sign in (("highest", 1), ("lowest", -1)):
        at = int((sign * values).to_numpy().argmax())
        if sign * values.iloc[at] > max(sign * values.iloc[0], sign * values.iloc[-1]) + least:
            place = _at(panel, places.iloc[at], naming)
            value = say(values.iloc[at])
            beyond += naming.text("alternative", what).format(value=value, place=place)
    if shown[0] == shown[1] and not beyond:
        return naming.text("alternative", "steady").format(value=shown[0])
    return naming.text("alternative", "from_to").format(start=shown[0], end=shown[1]) + beyond


def _range(
    panel: Lines, lines: list[Line], place: float, say: Callable[[float], str], naming: Naming
) -> str:
    """Say which lines are lowest and highest at a place."""
    there = sorted(
        (float(value), name)
        for name, rows in lines
        for value in rows["mean"][rows[panel.x] == place].dropna()
    )
    low, high = say(there[0][0]), say(there[-1][0])

    def those(shown: str) -> str:
        names = [name for value, name in there if say(value) == shown]
        crowd = naming.text("alternative", "crowd").format(count=len(names))
        return crowd if len(names) > NAMED else naming.text("alternative", "together").join(names)

    return naming.text("alternative", "same" if low == high else "many").format(
        place=_at(panel, place, naming), low=low, lowest=those(low), high=high, highest=those(high)
    )


def _beyond(
    panel: Lines,
    lines: list[Line],
    ends: tuple[float, float],
    naming: Naming,
    *,
    least: float,
    say: Callable[[float], str],
) -> Iterator[str]:
    """Say how high and how low the highest and the lowest line go between the ends."""
    points = [
        (float(value), place, name)
        for name, rows in lines
        for value, place in zip(rows["mean"], rows[panel.x], strict=True)
        if not math.isnan(value)
    ]
    outer = [value for value, place, _ in points if place in ends]
    for what, (value, place, name), far in (
        ("most", max(points), max(points)[0] > max(outer) + least),
        ("least", min(points), min(points)[0] < min(outer) - least),
    ):
        if far:
            at = _at(panel, place, naming)
            yield naming.text("alternative", what).format(value=say(value), place=at, name=name)


def _teller(panel: Lines, every: pd.Series[float], naming: Naming) -> Callable[[float], str]:
    """Return what writes the numbers of a panel: three digits, or 0 where that is all one sees."""
    unseen = 0.0 if panel.scale == "log" else UNSEEN * float(every.max() - every.min())

    def say(value: float) -> str:
        return naming.measured(panel.y, float(f"{value:.3g}") if abs(value) > unseen else 0.0)

    return say


def _at(panel: Lines, place: float, naming: Naming) -> str:
    return naming.place(panel.x, float(f"{place:.3g}"))
