"""Journeys: what a trace tells of each copy on a link, from where and when to where and when.

A trace has a row for the sending of a copy and one for what became of it; a picture has an arrow.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from simulator.trace import TraceRow

KINDS: Final = {
    "sent": "data",
    "release_sent": "release",
    "ack_sent": "acknowledgement",
    "refused": "refusal",
}
"""What each event puts on a link. A refusal leaves by the link back, as an acknowledgement does."""

UNTOLD: Final = {"created", "acknowledged", "duplicated"}
"""Events that the journeys beside them tell already."""


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
        ended_ns: When it arrived, or was lost or dropped.
        fate: "arrived", "lost" or "dropped".
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


def tell(rows: Iterable[TraceRow]) -> Iterable[Journey | TraceRow]:
    """Go through a trace, with a journey at its end in place of the rows of its start and end.

    What still travels at the end of the trace is left out, and so is what goes without saying:
    that a message is created, and acknowledged, and that a broker handles what then waits in its
    queue.
    """
    told = list(rows)
    leaving: dict[tuple[str, int, int, int | None], tuple[str, int]] = {}
    for row, after in zip(told, [*told[1:], None], strict=False):
        if row.event in {"ack_sent", "refused"}:
            back = "→".join(reversed(row.link.split("→")))
            leaving[back, row.message, row.attempt, row.copy] = KINDS[row.event], row.time_ns
        elif row.event in KINDS:  # the network may make another copy of it
            leaving[row.link, row.message, row.attempt, None] = KINDS[row.event], row.time_ns
        elif row.event in {"arrived", "lost", "dropped"}:
            place = row.link, row.message, row.attempt
            left = leaving.get((*place, row.copy)) or leaving.get((*place, None))
            if left is None:  # a queue's doing
                yield row
                continue
            kind, sent_ns = left
            start, end = row.link.split("→")
            instants = sent_ns, row.time_ns
            yield Journey(kind, start, end, *row[4:], *instants, row.event)
        elif row.event not in UNTOLD and not _queues(row, after):
            yield row


def _queues(row: TraceRow, after: TraceRow | None) -> bool:
    """Whether the handler is a broker's, which only puts the message into a queue."""
    return row.event == "handed_over" and after is not None and after.event == "enqueued"
