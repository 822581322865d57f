"""Descriptions: a trace in sentences, for readers who do not see its pictures.

At 0 s, Client sends Server message 0, which is lost. At 0.2 s, Client has waited in vain for …
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from typing import Final

from simulator.drawing.journeys import Journey, usual_ns
from simulator.drawing.selection import choose, nodes_of
from simulator.drawing.words import Words
from simulator.event import TraceRow
from simulator.languages.texts import texts

MOST: Final = 400
"""Most journeys and events in a description: as many as in a space-time diagram."""

ONCE: Final = {"gave_up", "completed", "released"}
"""Events of a message, not of one of its attempts."""


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
    said = []
    for time_ns, group in groupby(sorted(parts, key=_when), key=_when):
        what = sentences["and"].join(_clause(part, words, sentences) for part in group)
        said.append(sentences["at"].format(time=_seconds(time_ns, words), what=what))
    return " ".join(said)


def _when(part: Journey | TraceRow) -> int:
    """Return when it starts, in nanoseconds."""
    return part.sent_ns if isinstance(part, Journey) else part.time_ns


def _clause(part: Journey | TraceRow, words: Words, sentences: Mapping[str, str]) -> str:
    message = words.message(part.message, part.attempt, part.copy)
    if isinstance(part, Journey):
        start, end = _name(part.start, words), _name(part.end, words)
        what = sentences[part.kind].format(start=start, end=end, message=message)
        return what + sentences[f"went_{part.fate}"].format(time=_seconds(part.ended_ns, words))
    if part.event in ONCE:
        message = words.message(part.message)
    node = _name(part.node, words)
    link = "→".join(_name(name, words) for name in nodes_of(part))
    return sentences[part.event].format(node=node, link=link, message=message)


def _name(node: str, words: Words) -> str:
    """Return the name of a node, with a capital."""
    name = words.node(node)
    return name[:1].upper() + name[1:]


def _seconds(nanoseconds: int, words: Words) -> str:
    return words.number(round(nanoseconds / 1e9, words.decimals))
