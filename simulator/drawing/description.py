"""Descriptions: a trace in sentences, for readers who do not see its pictures.

At 0 s, Client sends Server message 0, which is lost. At 0.2 s, Client has waited in vain for …
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Final

from simulator.drawing.chosen import choose, nodes_of
from simulator.drawing.journeys import Journey, usual_ns
from simulator.drawing.words import Words
from simulator.event import TraceRow

MOST: Final = 400
"""Most journeys and events in a description: as many as in a space-time diagram."""

SENTENCES: Final = {
    "en": {
        "at": "At {time} s, {what}.",
        "and": "; ",
        "data": "{start} sends {end} {message}",
        "release": "{start} sends {end} the release of {message}",
        "acknowledgement": "{start} sends {end} the acknowledgement of {message}",
        "refusal": "{start} sends {end} the refusal of {message}",
        "went_arrived": ", which arrives at {time} s",
        "went_lost": ", which is lost",
        "went_dropped": ", which is dropped",
        "went_travelling": ", which is still on its way at the end",
        "lost": "{message} is lost",
        "dropped": "{message} is dropped",
        "arrived": "{message} arrives",
        "handed_over": "{node} handles {message}",
        "suppressed": "{node} has already seen {message}, and suppresses it",
        "timed_out": "{node} has waited in vain for the acknowledgement of {message}",
        "gave_up": "{node} gives up {message}",
        "released": "{node} forgets {message}",
        "completed": "{message} is complete",
        "enqueued": "{message} waits in {node}",
        "dequeued": "{message} leaves {node}",
        "redelivered": "{node} again delivers {message}",
        "dead_lettered": "{message} goes to the dead letters",
        "unrouted": "{node} has no subscriber for {message}",
        "crashed": "{node} crashes",
        "restarted": "{node} restarts",
        "partitioned": "the link {link} is cut",
        "healed": "the link {link} is healed",
    },
    "fr": {
        "at": "À {time} s, {what}.",
        "and": " ; ",
        "data": "{start} envoie à {end} le {message}",
        "release": "{start} envoie à {end} la libération du {message}",
        "acknowledgement": "{start} envoie à {end} l'accusé de réception du {message}",
        "refusal": "{start} envoie à {end} le refus du {message}",
        "went_arrived": ", qui arrive à {time} s",
        "went_lost": ", qui se perd",
        "went_dropped": ", que le réseau rejette",
        "went_travelling": ", encore en route à la fin",
        "lost": "le {message} se perd",
        "dropped": "le {message} est rejeté",
        "arrived": "le {message} arrive",
        "handed_over": "{node} traite le {message}",
        "suppressed": "{node} a déjà vu le {message}, et le supprime",
        "timed_out": "{node} a attendu en vain l'accusé de réception du {message}",
        "gave_up": "{node} abandonne le {message}",
        "released": "{node} oublie le {message}",
        "completed": "le {message} est terminé",
        "enqueued": "le {message} attend dans {node}",
        "dequeued": "le {message} quitte {node}",
        "redelivered": "{node} livre de nouveau le {message}",
        "dead_lettered": "le {message} va aux lettres mortes",
        "unrouted": "{node} n'a pas d'abonné pour le {message}",
        "crashed": "{node} tombe en panne",
        "restarted": "{node} redémarre",
        "partitioned": "le lien {link} est coupé",
        "healed": "le lien {link} est rétabli",
    },
}
"""The sentence for each event, and the clauses for each journey."""

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
    words, sentences = Words(language, usual_ns=usual_ns(parts)), SENTENCES[language]
    said = []
    for time_ns, group in groupby(sorted(parts, key=_when), key=_when):
        what = sentences["and"].join(_clause(part, words, sentences) for part in group)
        said.append(sentences["at"].format(time=_seconds(time_ns, words), what=what))
    return " ".join(said)


def _when(part: Journey | TraceRow) -> int:
    """Return when it starts, in nanoseconds."""
    return part.sent_ns if isinstance(part, Journey) else part.time_ns


def _clause(part: Journey | TraceRow, words: Words, sentences: dict[str, str]) -> str:
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
