"""Tables: what a page plays, with indices into tables in place of repeated names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple
from typing import Any, Final, Generic, TypeVar

from simulator.drawing.journeys import Journey
from simulator.drawing.parts import Part, usual_ns
from simulator.drawing.selection import names_of
from simulator.drawing.spans import Span
from simulator.drawing.subjects import Subject, Subjects
from simulator.drawing.words import FORMS, Words
from simulator.event import TraceRow
from simulator.languages import LANGUAGES
from simulator.languages.numbers import numbers
from simulator.languages.texts import texts
from simulator.message import Message

Key = TypeVar("Key")

LONGEST: Final = 200
"""Characters shown of a message's contents."""


class Places(dict[Key, int], Generic[Key]):
    """Indices of keys, in the order of their first use."""

    def __call__(self, key: Key) -> int:
        """Return the index of a key, a new one if it has none."""
        return self.setdefault(key, len(self))


class Tables:
    """The names that a page repeats: of nodes, links, fates, events and subjects.

    Attributes:
        run: Which of the runs that a page plays side by side is being added. Each has nodes and
            links of its own, whatever their names.
    """

    def __init__(self) -> None:
        """Start without any."""
        self.run = 0
        self._nodes, self._links = Places[tuple[int, str]](), Places[tuple[int, str]]()
        self._fates, self._events = Places[str](), Places[str]()
        self._about = Places[Subject]()

    def name(self, rows: Iterable[TraceRow], parts: Sequence[Part]) -> None:
        """Note the links and nodes of events, and of the parts that they make."""
        for row in rows:
            if row.link:
                self.link(row.link)
        ends = (name for run, link in self._links if run == self.run for name in link.split("→"))
        for name in (*names_of(parts), *ends):
            self.node(name)

    def node(self, name: str) -> int:
        """Return the index of a node of this run."""
        return self._nodes((self.run, name))

    def link(self, name: str) -> int:
        """Return the index of a link of this run."""
        return self._links((self.run, name))

    def rows(self, rows: Iterable[TraceRow], subjects: Subjects) -> list[tuple[Any, ...]]:
        """Return events."""
        return [
            (
                row.time_ns,
                self._events(row.event),
                self.node(row.node) if row.node else -1,
                self.link(row.link) if row.link else -1,
                *row[4:7],
                self._about(subjects.of(row)) if row.message >= 0 else -1,
            )
            for row in rows
        ]

    def journeys(self, parts: Iterable[Part], subjects: Subjects) -> list[tuple[Any, ...]]:
        """Return the journeys among parts."""
        return [
            (
                self.node(part.start),
                self.node(part.end),
                part.message,
                part.attempt,
                part.copy,
                part.sent_ns,
                part.ended_ns,
                self._fates(part.fate),
                int(part.is_answer),
                self._about(subjects.of(part)),
            )
            for part in parts
            if isinstance(part, Journey)
        ]

    def spans(self, parts: Iterable[Part], subjects: Subjects) -> list[tuple[Any, ...]]:
        """Return what is shown at a node for as long as it lasts."""
        return [
            (
                self._events(part.kind),
                self.node(part.row.node),
                part.started_ns,
                part.ended_ns,
                int(part.is_whole),
                self._about(subjects.of(part)),
            )
            for part in _lasting(parts)
        ]

    def contents(self, contents: Mapping[tuple[str, int], Any]) -> dict[str, str]:
        """Return what messages carry."""
        return {
            f"{self.link(link)}:{number}": _shown(content)
            for (link, number), content in contents.items()
            if (self.run, link) in self._links
        }

    def named(self) -> dict[str, Any]:
        """Return the tables."""
        return {
            "subjects": [astuple(subject) for subject in self._about],
            "nodes": [name for _, name in self._nodes],
            "runOf": [run for run, _ in self._nodes],
            "links": [
                [self._nodes[run, name] for name in link.split("→")] for run, link in self._links
            ],
            "fates": list(self._fates),
            "events": list(self._events),
        }


def spoken(parts: Iterable[Part], language: str, *sections: str) -> dict[str, Any]:
    """Return what a page says, in all languages, and the one that it begins with.

    Args:
        parts: What is played, whose delays say how exact instants must be.
        language: The first language.
        sections: Sections of the texts, beside that of the player.
    """
    usual = usual_ns(parts)
    return {
        "usual": usual,
        "decimals": Words(language, usual_ns=usual).decimals,
        "language": language,
        "words": {one: _words(one, sections) for one in LANGUAGES},
    }


def _lasting(parts: Iterable[Part]) -> Iterator[Span]:
    """Yield what lasts; going on ends as it begins."""
    for part in parts:
        if isinstance(part, Span):
            if part.takes_time and part.kind != "queued":  # in a queue, places fill
                yield part
        elif isinstance(part, TraceRow) and part.event in {"goes_on", "resumed"}:
            yield Span(part.event, part, part.time_ns, is_whole=True)


def _words(language: str, sections: Iterable[str]) -> dict[str, Any]:
    """Return all that the page says in a language, and how it writes numbers."""
    said = texts(language)
    forms = {form: said.section(form) for form in (*FORMS, "the labelled", "of labelled")}
    more = {key: text for section in sections for key, text in said.section(section).items()}
    return {**said.section("words"), **more, **forms, "decimal": numbers(language).decimal}


def _shown(content: Any) -> str:
    if isinstance(content, Message):  # a broker passes on the message that it received
        return _shown(content.data)
    text = content if isinstance(content, str) else repr(content)
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
