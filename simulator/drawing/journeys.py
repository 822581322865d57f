"""Journeys: the passage of each copy over a link, from its sending to its arrival or its loss.

A trace has one row for the sending of a copy and another for its fate; a picture has one arrow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from simulator.event import TraceRow

LEAVE: Final = {"sent", "release_sent", "ack_sent", "refused"}
"""Events that put a copy on a link."""

ANSWER: Final = {"ack_sent", "refused"}
"""Those that put an answer on the link back."""

END: Final = {"arrived", "lost", "dropped"}
"""Events that end a journey."""

ONWARD: Final = {"message", "request", "task", "event", "release"}
"""Kinds that are no answer of any sort: their arrows are solid, the others are dashed."""

Place = tuple[str, int, int, int]
"""Where a copy is while it travels: link, message, attempt, copy."""


@dataclass(frozen=True, slots=True)
class Journey:
    """The passage of one copy over a link.

    Attributes:
        kind: What it is, as in a trace.
        start: Name of the node that sends it.
        end: Name of the node that it is sent to.
        message: Number of the message, per sender.
        attempt: Which sending of the message.
        copy: 0, or 1 for the network's duplicate.
        story: Identifier of the message that it is all about.
        delivery: Which delivery by a broker, from 1; else 0.
        is_answer: Whether it takes the link back, and answers data.
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
    story: str
    delivery: int
    is_answer: bool
    sent_ns: int
    ended_ns: int
    fate: str

    @property
    def link(self) -> str:
        """The link that the data of its message take."""
        ends = (self.end, self.start) if self.is_answer else (self.start, self.end)
        return "→".join(ends)


class _Departure(NamedTuple):
    """What is known of a copy as it leaves."""

    kind: str
    row: TraceRow
    is_answer: bool


class Copies:
    """The copies on their way, while a trace is read."""

    def __init__(self) -> None:
        """Start with none."""
        self._travelling: defaultdict[Place, list[_Departure]] = defaultdict(list)

    def leave(self, row: TraceRow) -> None:
        """Note that a copy leaves."""
        is_answer = row.event in ANSWER
        kind = "refusal" if row.event == "refused" else row.kind
        link = reverse(row.link) if is_answer else row.link
        self._travelling[link, *row[4:7]].append(_Departure(kind, row, is_answer))

    def duplicate(self, row: TraceRow) -> None:
        """Note that the network duplicates what left in the row before."""
        departure = self._travelling[row[3:7]][-1]
        copy = row.copy + (not departure.is_answer)
        self._travelling[*row[3:6], copy].append(departure)

    def end(self, row: TraceRow) -> Journey | None:
        """Return the journey that a row ends; None if it did not begin in the trace."""
        place = row[3:7]
        left = self._travelling[place]
        # What is lost as it is sent left last. Two peers number their messages independently, and
        # data of one may be where an answer of the other is: only kind and story tell them apart.
        places = range(len(left)) if row.node else range(len(left) - 1, -1, -1)
        about = row.kind, row.story
        alike = (one for one in places if (left[one].kind, left[one].row.story) == about)
        which = next(alike, None)
        if which is None:
            return None
        return _journey(left.pop(which), place, row.time_ns, row.event)

    def unfinished(self, now_ns: int) -> Iterator[Journey]:
        """Yield what is still on its way."""
        for place, left in self._travelling.items():
            for departure in left:
                if departure.kind != "refusal":  # if nobody waits for it, no row follows
                    yield _journey(departure, place, now_ns, "travelling")


def _journey(departure: _Departure, place: Place, ended_ns: int, fate: str) -> Journey:
    link, message, attempt, copy = place
    start, end = _ends(link)
    row = departure.row
    about = row.story, row.delivery, departure.is_answer
    return Journey(
        departure.kind, start, end, message, attempt, copy, *about, row.time_ns, ended_ns, fate
    )


def reverse(link: str) -> str:
    """Return the link back."""
    return "→".join(reversed(_ends(link)))


def _ends(link: str) -> list[str]:
    return link.split("→")
