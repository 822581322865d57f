"""Journeys: what a trace tells of each copy on a link, from where and when to where and when.

A trace has a row for the sending of a copy and one for what became of it; a picture has an arrow.
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

UNTOLD: Final = {"created", "acknowledged", "duplicated"}
"""Events that the journeys beside them tell already."""

Place = tuple[str, int, int, int]
"""Where a copy is while it travels: link, message, attempt, copy."""


@dataclass(frozen=True, slots=True)
class Journey:
    """One copy on its way.

    Attributes:
        kind: One of the values of `KINDS`.
        start: Name of the node that it leaves.
        end: Name of the node that it is for.
        message: Number of the message, per sender.
        attempt: Which sending of the message.
        copy: 0, or 1 for the copy that the network made.
        sent_ns: When it left.
        ended_ns: When it arrived, was lost or dropped; the trace's end, if it still travels.
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


def tell(rows: Iterable[TraceRow], *, unfinished: bool = False) -> Iterator[Journey | TraceRow]:
    """Go through a trace, with a journey at its end in place of the rows of its start and end.

    What goes without saying is left out: that a message is created, and acknowledged, and that a
    broker handles what then waits in its queue.

    Args:
        rows: The events.
        unfinished: Whether to tell, last, what still travels at the end of the trace.
    """
    told = list(rows)
    travelling: defaultdict[Place, list[tuple[str, int]]] = defaultdict(list)
    for row, after in zip(told, [*told[1:], None], strict=False):
        place = row.link, *row[4:]
        if row.event in KINDS:
            travelling[_leaves(row)].append((KINDS[row.event], row.time_ns))
        elif row.event == "duplicated":  # a row after what it copies
            kind, sent_ns = travelling[place][-1]
            copy = row.copy + (kind in {"data", "release"})
            travelling[*place[:3], copy].append((kind, sent_ns))
        elif row.event in {"arrived", "lost", "dropped"} and travelling[place]:
            kind, sent_ns = travelling[place].pop(_which(travelling[place], row, after))
            yield _journey(kind, place, sent_ns, row.time_ns, row.event)
        elif row.event not in UNTOLD and not _queues(row, after):
            yield row
    if unfinished:
        for place, left in travelling.items():
            for kind, sent_ns in left:
                if kind != "refusal":  # what nobody waits for is refused in silence
                    yield _journey(kind, place, sent_ns, told[-1].time_ns, "travelling")


def usual_ns(parts: Iterable[Journey | TraceRow]) -> float:
    """Return the usual delay, the median of those that arrived after one; 0 if none did."""
    journeys = (part for part in parts if isinstance(part, Journey) and part.fate == "arrived")
    delays = [one.ended_ns - one.sent_ns for one in journeys if one.ended_ns > one.sent_ns]
    return median(delays) if delays else 0


def _journey(kind: str, place: Place, sent_ns: int, ended_ns: int, fate: str) -> Journey:
    link, message, attempt, copy = place
    start, end = _ends(link)
    return Journey(kind, start, end, message, attempt, copy, sent_ns, ended_ns, fate)


def _leaves(row: TraceRow) -> Place:
    """Return where the copy is from now on: answers leave by the link back."""
    answer = row.event in {"ack_sent", "refused"}
    return "→".join(reversed(_ends(row.link))) if answer else row.link, *row[4:]


def _which(left: list[tuple[str, int]], row: TraceRow, after: TraceRow | None) -> int:
    """Return which of the copies that travel alike a row is about.

    Two peers number their own messages: data of one and an answer of the other may differ by
    nothing but what the receiver does with them.
    """
    if not row.node:  # lost or dropped as it left, a row after
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
    """Whether the handler is a broker's, which puts the message into a queue, if it has one."""
    to_queue = after is not None and after.event in {"enqueued", "unrouted"}
    return to_queue and row.event == "handed_over"
