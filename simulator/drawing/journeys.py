"""Journeys: the passage of each copy over a link, from its sending to its arrival or its loss.

A trace has one row for the sending of a copy and another for its fate; a picture has one arrow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import median
from typing import Final

from simulator.event import TraceRow

KINDS: Final = {
    "sent": "data",
    "release_sent": "release",
    "ack_sent": "acknowledgement",
    "refused": "refusal",
}
"""What each event puts on a link. A refusal leaves by the link back, as an acknowledgement does."""

IMPLIED: Final = {"created", "acknowledged", "duplicated"}
"""Events implied by the journeys beside them."""

UNDRAWN: Final = {"handled"}
"""Events that no picture shows: that a handling ended."""

Place = tuple[str, int, int, int]
"""Where a copy is while it travels: link, message, attempt, copy."""


@dataclass(frozen=True, slots=True)
class Journey:
    """The passage of one copy over a link.

    Attributes:
        kind: One of the values of `KINDS`.
        start: Name of the node that sends it.
        end: Name of the node that it is sent to.
        message: Number of the message, per sender.
        attempt: Which sending of the message.
        copy: 0, or 1 for the network's duplicate.
        sent_ns: When it left.
        ended_ns: When it arrived, was lost or dropped; the end of the trace, if it is on its way.
        fate: "arrived", "lost", "dropped" or "travelling".
    """

    kind: str
    start: str
    end: str
    message: int
    attempt: int
    copy: int
    sent_ns: int
    ended_ns: int
    fate: str


def parts_of(rows: Iterable[TraceRow], *, unfinished: bool = False) -> Iterator[Journey | TraceRow]:
    """Yield the journeys and the other events of a trace, each journey where it ends.

    A journey stands for the rows of its start and its end. Implied events are left out: that a
    message is created, that it is acknowledged, and that a broker handles what it then queues.

    Args:
        rows: The events.
        unfinished: Whether to yield, last, the copies still on their way at the end of the trace.
    """
    events = [row for row in rows if row.event not in UNDRAWN]
    travelling: defaultdict[Place, list[tuple[str, int]]] = defaultdict(list)
    for row, after in zip(events, [*events[1:], None], strict=False):
        place = row.link, *row[4:7]
        if row.event in KINDS:
            travelling[_leaves(row)].append((KINDS[row.event], row.time_ns))
        elif row.event == "duplicated":  # the row after the original's
            kind, sent_ns = travelling[place][-1]
            copy = row.copy + (kind in {"data", "release"})
            travelling[*place[:3], copy].append((kind, sent_ns))
        elif row.event in {"arrived", "lost", "dropped"} and travelling[place]:
            kind, sent_ns = travelling[place].pop(_which(travelling[place], row, after))
            yield _journey(kind, place, sent_ns, row.time_ns, row.event)
        elif row.event not in IMPLIED and not _queues(row, after):
            yield row
    if unfinished:
        for place, left in travelling.items():
            for kind, sent_ns in left:
                if kind != "refusal":  # if nobody waits for it, no row follows
                    yield _journey(kind, place, sent_ns, events[-1].time_ns, "travelling")


def usual_ns(parts: Iterable[Journey | TraceRow]) -> float:
    """Return the usual delay: the median of the delays above 0 of what arrived; 0 without any."""
    journeys = (part for part in parts if isinstance(part, Journey) and part.fate == "arrived")
    delays = [one.ended_ns - one.sent_ns for one in journeys if one.ended_ns > one.sent_ns]
    return median(delays) if delays else 0


def _journey(kind: str, place: Place, sent_ns: int, ended_ns: int, fate: str) -> Journey:
    link, message, attempt, copy = place
    start, end = _ends(link)
    return Journey(kind, start, end, message, attempt, copy, sent_ns, ended_ns, fate)


def _leaves(row: TraceRow) -> Place:
    """Return the place of a copy that is sent: answers take the link back."""
    answer = row.event in {"ack_sent", "refused"}
    return "→".join(reversed(_ends(row.link))) if answer else row.link, *row[4:7]


def _which(left: list[tuple[str, int]], row: TraceRow, after: TraceRow | None) -> int:
    """Return which of the copies at the same place a row is about.

    Two peers number their messages independently: data of one and an answer of the other may have
    the same place, and only what the receiver does next distinguishes them.
    """
    if not row.node:  # lost or dropped when sent, in the row before
        return -1
    same = after is not None and (after.time_ns, after.link, *after[4:6]) == (
        row.time_ns,
        row.link,
        *row[4:6],
    )
    known = same and after is not None and after.event == "acknowledged"
    kinds = {"acknowledgement", "refusal"} if known or not same else {"data", "release"}
    return next((place for place, (kind, _) in enumerate(left) if kind in kinds), 0)


def _ends(link: str) -> list[str]:
    return link.split("→")


def _queues(row: TraceRow, after: TraceRow | None) -> bool:
    """Whether a row is a handover to a broker, which then queues the message or has no queue."""
    to_queue = after is not None and after.event in {"enqueued", "unrouted"}
    return to_queue and row.event == "handed_over"
