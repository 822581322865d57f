"""Parts: what a picture of a trace is made of, in order: journeys, spans and other events."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from statistics import median
from typing import Final, TypeAlias, overload

from simulator.drawing.journeys import END, LEAVE, Copies, Journey
from simulator.drawing.spans import Span, Work, calls_of, data_link, spans_of, unanswered_of
from simulator.event import TraceRow

Part: TypeAlias = Journey | Span | TraceRow

IMPLIED: Final = {"created", "acknowledged", "dequeued", "redelivered", "handled"}
"""Events implied by the journeys and spans beside them."""

AT_ONCE: Final = {"request", "task", "event"}
"""Kinds of what is sent without waiting, unless it is a call; so is an unanswered message."""

RECEIVED: Final = {"reply", "result"}
"""Kinds that a reply queue keeps: their arrival is all."""


def parts_of(rows: Iterable[TraceRow], *, unfinished: bool = False) -> Iterator[Part]:
    """Yield the parts of a trace: each journey where it ends, each span where it begins.

    A journey stands for the rows of its start and its end. Implied events are left out: that a
    message is created, that it is acknowledged, and that a broker handles what it then queues.
    Two events are added: "goes_on", a sender that does not wait for a reply, and "resumed", one
    that waited and has it. A wait, or going on, follows the first journey of its message.

    Args:
        rows: The events.
        unfinished: Whether to yield, last, the copies still on their way at the end of the trace.
    """
    events = list(rows)
    calls = calls_of(events)
    spans = spans_of(events, calls)
    copies, first = Copies(), _AfterFirst(spans, unanswered_of(events))
    for place, row in enumerate(events):
        if row.event in LEAVE:
            copies.leave(row)
        elif row.event == "duplicated":  # the row after the original's
            copies.duplicate(row)
        elif row.event in END and (journey := copies.end(row)):
            yield journey
            yield from first.follow(journey)
        elif row.event == "created":
            first.note(place, row)
        elif row.event == "acknowledged" and row.kind == "reply" and _whose(row) in calls:
            yield row._replace(event="resumed")
        elif row.event not in IMPLIED and not _is_told(place, events, spans):
            yield spans.get(place, row)
    if unfinished:
        for journey in copies.unfinished(events[-1].time_ns if events else 0):
            yield journey
            yield from first.follow(journey)


class _AfterFirst:
    """What follows the first journey of a message: that its sender waits, or goes on."""

    def __init__(self, spans: dict[int, Span], unanswered: set[Work]) -> None:
        self._spans, self._unanswered = spans, unanswered
        self._later: dict[Work, Span | TraceRow] = {}
        self._gone_on: set[tuple[str, int]] = set()

    def note(self, place: int, row: TraceRow) -> None:
        """Note what is to follow the first journey of a message that is created."""
        whose, when = _whose(row), (row.node, row.time_ns)
        at_once = row.kind in AT_ONCE and not row.delivery
        if row.kind == "message":
            at_once = whose in self._unanswered
        if place in self._spans:
            self._later[whose] = self._spans[place]
        elif at_once and when not in self._gone_on:
            self._gone_on.add(when)  # whatever it sends at once, it goes on once
            self._later[whose] = row._replace(event="goes_on")

    def follow(self, journey: Journey) -> Iterator[Span | TraceRow]:
        """Yield what follows a journey."""
        later = self._later.pop((journey.link, journey.message), None)
        if later:
            yield later


def told(rows: Iterable[TraceRow]) -> list[TraceRow]:
    """Return the events that a list tells: all but the ends of handlings that take no time."""
    begun: dict[tuple[object, ...], int] = {}
    kept = []
    for row in rows:
        if row.event == "handed_over":
            begun[row[2:7]] = row.time_ns
        if row.event != "handled" or begun.get(row[2:7]) != row.time_ns:
            kept.append(row)
    return kept


def usual_ns(parts: Iterable[Part]) -> float:
    """Return the usual delay: the median of the delays above 0 of what arrived; 0 without any."""
    journeys = (part for part in parts if isinstance(part, Journey) and part.fate == "arrived")
    delays = [one.ended_ns - one.sent_ns for one in journeys if one.ended_ns > one.sent_ns]
    return median(delays) if delays else 0


def start_of(part: Part) -> int:
    """Return when a part begins, in nanoseconds."""
    if isinstance(part, Journey):
        return part.sent_ns
    return part.started_ns if isinstance(part, Span) else part.time_ns


@overload
def row_of(part: Journey) -> Journey: ...
@overload
def row_of(part: Span | TraceRow) -> TraceRow: ...
def row_of(part: Part) -> Journey | TraceRow:
    """Return the row that a part begins with; of a journey, itself."""
    return part.row if isinstance(part, Span) else part


def end_of(part: Part) -> int:
    """Return when a part ends, in nanoseconds; when it begins, if the trace does not say."""
    if isinstance(part, TraceRow):
        return part.time_ns
    return start_of(part) if part.ended_ns is None else part.ended_ns


def extent_of(parts: Collection[Part], between: object) -> tuple[int, int]:
    """Return the first and last instants of a picture of some parts, in nanoseconds.

    In a picture of some time, a span that begins before it or ends after it does not stretch it.
    """
    inside = [part for part in parts if between is None or not isinstance(part, Span)] or parts
    return min(map(start_of, inside)), max(map(end_of, inside))


def _whose(row: TraceRow) -> Work:
    return data_link(row), row.message


def _is_told(place: int, events: list[TraceRow], spans: dict[int, Span]) -> bool:
    """Whether an event is told by what follows or precedes it.

    A handover is, by the queue of a broker, which may have none for it, or by the arrival of a
    reply; so is a message that waits in no queue, since it leaves as it comes; and that a broker
    gives up a delivery, by its timeout or by the worker's refusal.
    """
    row = events[place]
    if row.event == "gave_up":
        return row.delivery > 0
    if row.event == "enqueued":
        return not spans[place].takes_time
    if row.event != "handed_over":
        return False
    after = events[place + 1].event if place + 1 < len(events) else ""
    received = row.kind in RECEIVED and not spans[place].takes_time
    return after in {"enqueued", "unrouted"} or received
