"""Narration: the events of a trace in words, one per line."""

from __future__ import annotations

from collections.abc import Iterable

from simulator.drawing.parts import parts_of, told, usual_ns
from simulator.drawing.subjects import Subjects
from simulator.drawing.words import Words
from simulator.event import TraceRow


def narrate(rows: Iterable[TraceRow], *, language: str = "en") -> str:
    """Return the events in words: when, where, what.

    Args:
        rows: The events.
        language: "en" or "fr".

    Raises:
        ValueError: If `language` is neither.
    """
    rows = told(rows)
    subjects = Subjects(rows)
    words = Words(language, usual_ns=usual_ns(parts_of(rows)))
    lines = [
        (words.seconds(row.time_ns), words.place(row.node or row.link), _what(row, subjects, words))
        for row in rows
    ]
    times, places = (max((len(line[part]) for line in lines), default=0) for part in (0, 1))
    return "\n".join(f"{time:>{times}} s  {place:<{places}}  {what}" for time, place, what in lines)


def _what(row: TraceRow, subjects: Subjects, words: Words) -> str:
    if row.message < 0:  # an event of a node or a link
        return words(row.event, row.link)
    return words.say(row.event, subjects.of(row))
