"""Alternative text: what a figure shows, in a short paragraph, for those who do not see it.

Its numbers are the table's, to three digits: where each line starts and ends, and how high or low
it goes between, where that shows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Final

import pandas as pd

from experiments.figures.labels import Labels
from experiments.figures.naming import name_of, tick_of, title_of
from experiments.figures.panels import lines_of
from experiments.framework.experiment import Experiment
from experiments.framework.figure import Bars, Figure, Lines, Timeline
from experiments.framework.tables import Tables

FEW: Final = 4
"""How many different lines of a panel are told one by one; of more, the lowest and the highest."""

NOTABLE: Final = 0.05
"""How far beyond both ends a line goes before that is told, as a share of the panel's height."""

UNSEEN: Final = 0.002
"""A number closer to 0 than this share of the panel's height is told as 0."""

NAMED: Final = 3
"""How many lines that are lowest, or highest, are named; more are counted."""

Line = tuple[str, pd.DataFrame]


def describe(experiment: Experiment, figure: Figure, tables: Tables, text: Labels) -> str:
    """Return what a figure shows: kinds of chart, axes, and the numbers of each panel."""
    told: list[str] = []
    before = ""
    for panel in figure.panels:
        table = tables.of(panel)
        lines = [
            (name_of(panel.color, key, text), rows)
            for key, _, rows in lines_of(table, panel, experiment)
            if rows["mean"].notna().any()
        ]
        if not lines:
            continue
        across = _across(panel, lines, text)
        told += [across] if across != before else []
        before = across
        numbers = text("alternative", "apart").join(_numbers(panel, lines, text))
        about = title_of(panel, experiment, text)
        told.append(text("alternative", "panel").format(title=about, numbers=numbers))
    return " ".join(told)


def _across(panel: Lines, lines: list[Line], text: Labels) -> str:
    """Say what kind of chart it is, and what goes along the bottom."""
    if isinstance(panel, Bars):
        return text("alternative", "bars")
    places = pd.concat([rows[panel.x] for _, rows in lines])
    across = text("alternative", "lines").format(
        axis=text("axes", panel.x_label or panel.x),
        start=_at(panel, places.min(), text),
        end=_at(panel, places.max(), text),
    )
    shade = panel.shade if isinstance(panel, Timeline) else None
    if shade:
        start, end = (_at(panel, place, text) for place in shade)
        across += " " + text("alternative", "shade").format(start=start, end=end)
    return across


def _numbers(panel: Lines, lines: list[Line], text: Labels) -> Iterator[str]:
    """Say the numbers of a panel; lines of which the same is to be said are told together."""
    every = pd.concat([rows["mean"] for _, rows in lines])
    say = _teller(panel, every, text)
    told: dict[str, list[str]] = {}
    if isinstance(panel, Bars):
        for name, rows in lines:
            for place, value in zip(rows[panel.x], rows["mean"], strict=True):
                bar = name_of(panel.x, place, text)
                bar = bar if panel.x == panel.color else f"{name}, {bar}"
                told.setdefault(say(value), []).append(bar)
    else:
        places = pd.concat([rows[panel.x] for _, rows in lines])
        ends = places.min(), places.max()
        least = NOTABLE * float(every.max() - every.min())
        for name, rows in lines:
            known = rows.dropna(subset="mean")
            course = _course(panel, known, ends, text, least=least, say=say)
            told.setdefault(course, []).append(name)
        if len(told) > FEW:
            for place in ends:
                yield _range(panel, lines, place, say, text)
            yield from _beyond(panel, lines, ends, text, least=least, say=say)
            return
    for numbers, names in told.items():
        those = text("alternative", "together").join(names)
        line = text("alternative", "line").format(numbers=numbers, names=those)
        yield line if len(lines) > 1 else numbers


def _course(
    panel: Lines,
    rows: pd.DataFrame,
    ends: tuple[float, float],
    text: Labels,
    *,
    least: float,
    say: Callable[[float], str],
) -> str:
    """Say where a line starts and ends, and how high or low it goes between."""
    values, places = rows["mean"], rows[panel.x]
    if (values == values.iloc[0]).all() and (places.iloc[0], places.iloc[-1]) == ends:
        return text("alternative", "always").format(value=say(values.iloc[0]))
    told = []
    for at, usual in zip((0, -1), ends, strict=True):
        value, place = say(values.iloc[at]), _at(panel, places.iloc[at], text)
        here = text("alternative", "here").format(value=value, place=place)
        told.append(value if places.iloc[at] == usual else here)
    beyond = ""
    for what, sign in (("highest", 1), ("lowest", -1)):
        at = int((sign * values).to_numpy().argmax())
        if sign * values.iloc[at] > max(sign * values.iloc[0], sign * values.iloc[-1]) + least:
            place = _at(panel, places.iloc[at], text)
            beyond += text("alternative", what).format(value=say(values.iloc[at]), place=place)
    if told[0] == told[1] and not beyond:
        return text("alternative", "steady").format(value=told[0])
    return text("alternative", "from_to").format(start=told[0], end=told[1]) + beyond


def _range(
    panel: Lines, lines: list[Line], place: float, say: Callable[[float], str], text: Labels
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
        crowd = text("alternative", "crowd").format(count=len(names))
        return crowd if len(names) > NAMED else text("alternative", "together").join(names)

    return text("alternative", "same" if low == high else "many").format(
        place=_at(panel, place, text), low=low, lowest=those(low), high=high, highest=those(high)
    )


def _beyond(
    panel: Lines,
    lines: list[Line],
    ends: tuple[float, float],
    text: Labels,
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
            at = _at(panel, place, text)
            yield text("alternative", what).format(value=say(value), place=at, name=name)


def _teller(panel: Lines, every: pd.Series[float], text: Labels) -> Callable[[float], str]:
    """Return what writes the numbers of a panel: three digits, or 0 where that is all one sees."""
    unseen = 0.0 if panel.scale == "log" else UNSEEN * float(every.max() - every.min())

    def say(value: float) -> str:
        return tick_of(panel.y, float(f"{value:.3g}") if abs(value) > unseen else 0.0, text)

    return say


def _at(panel: Lines, place: float, text: Labels) -> str:
    return tick_of(panel.x_label or panel.x, float(f"{place:.3g}"), text)
