"""The part of a trace that a picture shows: some messages, or some time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from numbers import Integral

from simulator.clock import END_OF_TIME, to_ns
from simulator.drawing.journeys import Journey
from simulator.drawing.parts import Part, end_of, parts_of, start_of
from simulator.drawing.spans import Span
from simulator.event import TraceRow
from simulator.validation import number, parts, refuse


def choose(
    rows: Iterable[TraceRow],
    field: str,
    *,
    messages: Collection[int] | None,
    between: tuple[float, float] | None,
    most: int,
) -> list[Part]:
    """Return the parts of some messages in some time.

    Copies still on their way at the end of the trace are included.

    Args:
        rows: The events of a trace.
        field: Name of the caller, for the error.
        messages: Numbers of the messages. None: all.
        between: Start and end, in seconds; a journey belongs to the instant at which it ends. None:
            the whole trace.
        most: The largest number that makes a readable picture.

    Raises:
        ValueError: If there are none, or more than `most`.
    """
    start_ns, end_ns = 0, END_OF_TIME
    if between is not None:
        start_ns, end_ns = _window(between, f"{field}.between")
    if messages is not None:
        rows = _about(list(rows), messages, f"{field}.messages")
    parts = [part for part in parts_of(rows, unfinished=True) if _meets(part, start_ns, end_ns)]
    if not 0 < len(parts) <= most:
        choose_by = "choose with messages= or between= (--message, --between)"
        allowed = f"given 1 to {most} arrows and notes: {choose_by}"
        refuse(field, f"{len(parts)} of them", allowed)
    return parts


def _window(between: object, field: str) -> tuple[int, int]:
    """Return a start and an end, in nanoseconds."""
    allowed = "a start and an end in seconds, at least 0, the end not before the start"
    if not isinstance(between, Sequence) or isinstance(between, str) or len(between) != 2:  # noqa: PLR2004 - two ends
        refuse(field, between, allowed)
    start, end = (number(field, time, low=0, allowed=allowed) for time in between)
    if start > end:
        refuse(field, between, allowed)
    return to_ns(start), to_ns(end)


def _about(rows: list[TraceRow], messages: Collection[int], field: str) -> list[TraceRow]:
    """Return the events of some messages, and those of nodes and links."""
    known = {row.message for row in rows if row.message >= 0}
    there = f"{min(known)} to {max(known)}" if known else "none"
    allowed = f"numbers of messages that the run has ({there})"
    chosen = parts(field, messages, f"a list of {allowed}, such as [{min(known, default=0)}]")
    for message in chosen:
        whole = isinstance(message, Integral) and not isinstance(message, bool)
        if not whole or message not in known:
            refuse(field, message, allowed)
    wanted = {*chosen, -1}
    return [row for row in rows if row.message in wanted]


def nodes_of(part: Part) -> list[str]:
    """Return the names of the nodes that a part involves."""
    if isinstance(part, Journey):
        return [part.start, part.end]
    row = part.row if isinstance(part, Span) else part
    return [row.node] if row.node else row.link.split("→")


def names_of(parts: Iterable[Part]) -> list[str]:
    """Return the names of the nodes, in the order of their first sendings."""
    senders = sorted(
        (part for part in parts if isinstance(part, Journey)), key=lambda part: part.sent_ns
    )
    return list(dict.fromkeys(name for part in (*senders, *parts) for name in nodes_of(part)))


def _meets(part: Part, start_ns: int, end_ns: int) -> bool:
    """Whether a part belongs to some time: a journey by its end, a span by any of its instants."""
    first = start_of(part) if isinstance(part, Span) else end_of(part)
    return first <= end_ns and end_of(part) >= start_ns
