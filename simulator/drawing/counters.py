"""Counters: what a page counts while it plays, and which event counts.

Messages, requests, tasks and events are counted, each with all that is about it: a reply or a
result is part of its request. A broker takes them for another node: they are handed over where a
subscriber handles them, and since what waits in a queue is neither lost nor in doubt, nothing is
counted as such.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from typing import Final

from simulator.event import TraceRow

COUNTERS: Final = ("sent", "handed_over", "duplicates", "lost", "in_doubt")
"""Messages; those handed over; handovers beyond the first; messages that are lost; messages that
their senders gave up, yet were handed over."""

KINDS: Final = {"message", "request", "task", "event"}
BROKERED: Final = {"task", "event"}


def counters_of(rows: Sequence[TraceRow]) -> tuple[str, ...]:
    """Return the counters that mean something in a trace."""
    return COUNTERS[:3] if any(row.kind in BROKERED for row in rows) else COUNTERS


def counts_of(rows: Sequence[TraceRow], undecided: Container[str]) -> Iterator[tuple[int, str]]:
    """Yield which event counts as what: its place in the trace, and a counter.

    A message is lost with the last event that is about it.

    Args:
        rows: The events of a whole trace.
        undecided: Ids of the messages whose outcome is open where it ends.
    """
    sent: set[str] = set()
    came: set[str] = set()
    where: set[tuple[str, str]] = set()
    given_up: set[str] = set()
    last: dict[str, int] = {}
    for place, row in enumerate(rows):
        last[row.story] = place
        if row.kind not in KINDS or row.message < 0:
            continue
        if row.event == "created" and not row.delivery and row.story not in sent:
            sent.add(row.story)
            yield place, "sent"
        elif row.event == "handed_over" and (row.delivery or row.kind not in BROKERED):
            one = row.story, row.node if row.kind == "event" else ""  # each subscriber has its own
            if row.story not in came:
                yield place, "handed_over"
            elif one in where:
                yield place, "duplicates"
            if row.story not in came and row.story in given_up:
                yield place, "in_doubt"
            came.add(row.story)
            where.add(one)
        elif row.event == "gave_up" and not row.delivery and row.story not in given_up:
            given_up.add(row.story)
            if row.story in came:
                yield place, "in_doubt"
    yield from ((last[one], "lost") for one in sent if one not in came and one not in undecided)
