"""Spans: what takes time at a node, from the row that begins it to the row that ends it.

A caller waits for the reply to its request, a handler works, a message waits in a queue.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from simulator.drawing.journeys import reverse
from simulator.event import TraceRow

LEAVES: Final = {"dequeued", "dead_lettered", "expired", "dropped"}
"""Events that end a message's time in a queue."""

Work = tuple[str, int]
"""A message that its sender made: the link that its data take, and its number."""


@dataclass(frozen=True, slots=True)
class Span:
    """Something that takes time at a node.

    Attributes:
        kind: "waiting" for a reply, "working" in a handler, or "queued".
        row: The row that begins it.
        ended_ns: When it ended, or was cut short; None if the trace does not say.
        is_whole: Whether nothing cut it short.
    """

    kind: str
    row: TraceRow
    ended_ns: int | None
    is_whole: bool

    @property
    def started_ns(self) -> int:
        """When it began."""
        return self.row.time_ns

    @property
    def takes_time(self) -> bool:
        """Whether it began and ended at different instants."""
        return self.ended_ns != self.started_ns

    @property
    def event(self) -> str:
        """The name of its phrases: that of an instant, if it takes no time."""
        if not self.takes_time and self.is_whole:
            return self.row.event
        if self.kind != "working" or self.is_whole:
            return self.kind
        return "unfinished"


def data_link(row: TraceRow) -> str:
    """Return the link that the data of a row's message take; answers take the link back."""
    return reverse(row.link) if row.event in {"acknowledged", "completed"} else row.link


def calls_of(rows: Iterable[TraceRow]) -> set[Work]:
    """Return the messages whose sender waits for a reply: requests, but not to a reply queue."""
    requests: dict[Work, str] = {}
    answers: dict[Work, set[str]] = defaultdict(set)
    answered: set[str] = set()
    for row in rows:
        if row.event == "ack_sent":
            answers[row.link, row.message].add(row.kind)
        elif row.event == "created" and row.kind == "request":
            requests[row.link, row.message] = row.story
        elif row.event == "created" and row.kind in {"reply", "result"}:
            answered.add(row.story)
    waiting = {
        call
        for call, story in requests.items()
        if "acknowledgement" not in answers[call] and story not in answered
    }
    return waiting | {call for call, kinds in answers.items() if "reply" in kinds}


def unanswered_of(rows: Iterable[TraceRow]) -> set[Work]:
    """Return the messages that were handled, and that nobody answers or waits for."""
    handled: set[Work] = set()
    awaited: set[Work] = set()
    for row in rows:
        if row.event == "handled":
            handled.add((row.link, row.message))
        elif row.event in {"ack_sent", "timed_out", "gave_up"}:
            awaited.add((row.link, row.message))
    return handled - awaited


class _Begun:
    """What has begun and not ended yet, by kind and node, and by what it is about."""

    def __init__(self, rows: Sequence[TraceRow]) -> None:
        self._rows = rows
        self._open: defaultdict[tuple[str, str], dict[tuple[Any, ...], list[int]]]
        self._open = defaultdict(lambda: defaultdict(list))
        self.spans: dict[int, Span] = {}

    def begin(self, kind: str, about: tuple[Any, ...], place: int) -> None:
        row = self._rows[place]
        self.spans[place] = Span(kind, row, None, is_whole=True)
        self._open[kind, row.node][about].append(place)

    def end(self, kind: str, about: tuple[Any, ...], row: TraceRow) -> None:
        """End the earliest that is about something."""
        places = self._open[kind, row.node].get(about)
        if places:
            self._close(kind, places.pop(0), row.time_ns, is_whole=True)

    def cut(self, kind: str, row: TraceRow) -> None:
        """Cut short all at the node of a row."""
        for places in self._open.pop((kind, row.node), {}).values():
            for place in places:
                self._close(kind, place, row.time_ns, is_whole=False)

    def cut_unseen(self) -> None:
        """Cut short the handlings whose node handles the same story again.

        The trace of one story has no crashes.
        """
        latest = {
            (row.node, row.story): place
            for place, row in enumerate(self._rows)
            if row.event == "handed_over"
        }
        for place, span in self.spans.items():
            again = latest.get((span.row.node, span.row.story), place) > place
            if span.kind == "working" and span.ended_ns is None and again:
                self._close(span.kind, place, None, is_whole=False)

    def _close(self, kind: str, place: int, ended_ns: int | None, *, is_whole: bool) -> None:
        self.spans[place] = Span(kind, self._rows[place], ended_ns, is_whole)


def spans_of(rows: Sequence[TraceRow], calls: Container[Work]) -> dict[int, Span]:
    """Return what takes time at nodes, by the place of the row that begins it.

    Args:
        rows: The events.
        calls: What `calls_of` returns for them.
    """
    begun = _Begun(rows)
    for place, row in enumerate(rows):
        whose = data_link(row), row.message
        if row.event == "handed_over":
            begun.begin("working", row[3:7], place)
        elif row.event == "enqueued":
            begun.begin("queued", whose, place)
        elif row.event == "created" and whose in calls:
            begun.begin("waiting", whose, place)
        elif row.event == "handled":
            begun.end("working", row[3:7], row)
        elif row.event in LEAVES and row.node:
            begun.end("queued", whose, row)
        elif row.event == "gave_up" or (row.event == "acknowledged" and row.kind == "reply"):
            begun.end("waiting", whose, row)
        elif row.event == "crashed":
            begun.cut("working", row)
            begun.cut("waiting", row)
    begun.cut_unseen()
    return begun.spans
