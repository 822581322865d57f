"""Descriptions: a trace in sentences, for readers who do not see its pictures.

At 0 s, Client sends Server message 0, which is lost on the way. At 0.2 s, Client has waited in …
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from typing import Final

from simulator.drawing.journeys import Journey
from simulator.drawing.parts import Part, start_of, usual_ns
from simulator.drawing.selection import choose, nodes_of
from simulator.drawing.spans import Span
from simulator.drawing.subjects import Subject, Subjects
from simulator.drawing.words import Words, capital
from simulator.event import TraceRow
from simulator.languages.texts import texts

MOST: Final = 400
"""Most journeys and events in a description: as many as in a space-time diagram."""


def describe(
    rows: Sequence[TraceRow],
    *,
    messages: Collection[int] | None = None,
    between: tuple[float, float] | None = None,
    language: str = "en",
) -> str:
    """Return a paragraph, with one sentence for everything that happens at one instant.

    Args:
        rows: The events.
        messages: Numbers of the messages to describe. None: all.
        between: Start and end, in seconds. None: the whole trace.
        language: "en" or "fr".

    Raises:
        ValueError: If there is nothing to describe, or more than `MOST` journeys and events.
    """
    Words(language)
    parts = choose(rows, "describe", messages=messages, between=between, most=MOST)
    words, sentences = (
        Words(language, usual_ns=usual_ns(parts)),
        texts(language).section("description"),
    )
    subjects = Subjects(rows)
    said = []
    for time_ns, group in groupby(sorted(parts, key=start_of), key=start_of):
        clauses = (_clause(part, subjects.of(part), words, sentences) for part in group)
        what = sentences["and"].join(clauses)
        said.append(sentences["at"].format(time=_seconds(time_ns, words), what=what))
    return " ".join(said)


def _clause(part: Part, subject: Subject, words: Words, sentences: Mapping[str, str]) -> str:
    if isinstance(part, Journey):
        ends = {"start": _name(part.start, words), "end": _name(part.end, words)}
        what = words.say("sent", subject, "description", **ends)
        return what + sentences[f"went_{part.fate}"].format(time=_seconds(part.ended_ns, words))
    row = part.row if isinstance(part, Span) else part
    node = _name(row.node, words)
    if row.message < 0:
        link = "→".join(_name(name, words) for name in nodes_of(row))
        return sentences[part.event].format(node=node, link=link)
    event = part.event
    if event == "working" and isinstance(part, Span) and part.ended_ns is None:
        event = "begun"
    what = words.say(event, subject, "description", node=node)
    if isinstance(part, Span) and part.is_whole and part.takes_time and part.ended_ns is not None:
        what += sentences["until"].format(time=_seconds(part.ended_ns, words))
    return what


def _name(node: str, words: Words) -> str:
    """Return the name of a node, with a capital."""
    return capital(words.node(node))


def _seconds(nanoseconds: int, words: Words) -> str:
    return words.number(round(nanoseconds / 1e9, words.decimals))
