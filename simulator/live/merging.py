"""Merging: what both ends and the proxy wrote, as one run: ledger, trace, counts, lateness."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from simulator.engines.run import Run
from simulator.event import NO_MESSAGE, TraceRow
from simulator.ledger import Ledger, Row
from simulator.live.datagram import ANSWER, DATA, RELEASE
from simulator.live.journal import Past, Step
from simulator.live.lives import lives_of
from simulator.live.peer import all_rows, creations
from simulator.network import CopyCounts
from simulator.randomness import link_name
from simulator.scenario import RECEIVER, SENDER, Scenario
from simulator.trace import Trace

THERE, BACK = link_name(SENDER, RECEIVER), link_name(RECEIVER, SENDER)
PLACES: Final = (SENDER, RECEIVER, "proxy")
AT_RECEIVER: Final = (
    *("arrivals", "handovers", "effects", "suppressed", "delivered_ns", "acks_sent"),
)
"""The fields of a row that the receiver fills in."""

SENDS: Final = frozenset({"sent", "release_sent", "ack_sent"})
"""The events at which a datagram leaves an end."""

TAKEN: Final = ("lost", "passed", "duplicated")
"""What the proxy writes of a datagram that comes to it."""

Key = tuple[bool, int, int, int, int]
"""Which copy: whether it is an answer; its message, attempt, number, and number as an answer."""


@dataclass(frozen=True, slots=True)
class Lateness:
    """How late the machine was, each time that anything was due.

    Attributes:
        due_ns: When it was due, in nanoseconds. Shape (steps,), as the others.
        done_ns: When it was done.
        place: Where: an index into `PLACES`.
    """

    due_ns: npt.NDArray[np.int64]
    done_ns: npt.NDArray[np.int64]
    place: npt.NDArray[np.int8]

    @property
    def late_ns(self) -> npt.NDArray[np.int64]:
        """By how much, in nanoseconds."""
        return self.done_ns - self.due_ns


@dataclass(slots=True, kw_only=True)
class LiveRun(Run):
    """The result of a live run.

    Attributes:
        lateness: How late the machine was.
        mislaid: The messages of which the machine itself lost a datagram, in a full buffer.
    """

    lateness: Lateness
    mislaid: frozenset[int] = frozenset()


def merge(
    journals: Mapping[str, Sequence[Step]], scenario: Scenario, replication: int = 0
) -> LiveRun:
    """Merge the journals of a run that has ended.

    Args:
        journals: What each process wrote, by `PLACES`.
        scenario: What was run.
        replication: Which repetition.
    """
    near, far = (Past.of(journals[role]).rows for role in (SENDER, RECEIVER))
    proxy = journals["proxy"]
    events = [TraceRow(*row) for step in _both(journals) for row in step.get("events", ())]
    too_late = [step for step in _both(journals) if _is_too_late(step)]
    undelivered = [*_of(proxy, "on its way"), *too_late]
    in_flight = Counter(step["datagram"][1] for step in undelivered if step["datagram"][0] == DATA)
    is_down = [step["what"] for step in proxy if step.get("role") == SENDER][-1:] == ["kill"]
    rows = [
        _merged(row, far.get(row.message), in_flight[row.message], is_down=is_down)
        for row in all_rows(near, creations(scenario, replication, lives_of(scenario)[SENDER]))
    ]
    unread = list(_unread(journals, events))
    return LiveRun(
        ledger=Ledger.from_rows(rows),
        tally=None,
        judge=None,
        links={name: _counts(proxy, events, undelivered, name) for name in (THERE, BACK)},
        trace=_trace(events, proxy, rows),
        lateness=_lateness(journals, unread),
        mislaid=frozenset(each.message for each in unread if each.killed_ns is None),
    )


class Unread(NamedTuple):
    """A datagram that left one process, and that the next never read.

    Attributes:
        message: The number of its message.
        due_ns: When it was to come.
        killed_ns: When the process was killed that was to read it, or that sent it; None if it
            was not: then the machine has lost it.
    """

    message: int
    due_ns: int
    killed_ns: int | None


def _unread(journals: Mapping[str, Sequence[Step]], events: Iterable[TraceRow]) -> Iterator[Unread]:
    """Find the datagrams that one process sent, and the next never read."""
    proxy = journals["proxy"]
    due = {_key(step): (step["due"], step["done"]) for step in _of(proxy, "delivered")}
    came = Counter(_key(step) for step in _both(journals) if step["what"] == "arrival")
    for key in Counter(_key(step) for step in _of(proxy, "delivered")) - came:
        due_ns, done_ns = due[key]
        yield Unread(key[1], due_ns, _killed_ns(proxy, SENDER if key[0] else RECEIVER, done_ns))
    left = {_sent(event): event.time_ns for event in events if event.event in SENDS}
    taken = Counter(_key(step) for step in _of(proxy, *TAKEN))
    for key in Counter(_sent(event) for event in events if event.event in SENDS) - taken:
        killed_ns = _killed_ns(proxy, RECEIVER if key[0] else SENDER, left[key])
        yield Unread(key[1], left[key], killed_ns)


def _killed_ns(proxy: Iterable[Step], role: str, since_ns: int) -> int | None:
    """Return when a process was killed, for the first time since an instant."""
    kills = (step["done"] for step in _of(proxy, "kill") if step["role"] == role)
    return next((done_ns for done_ns in kills if done_ns >= since_ns), None)


def _both(journals: Mapping[str, Sequence[Step]]) -> Iterator[Step]:
    for role in (SENDER, RECEIVER):
        yield from journals[role]


def _of(proxy: Iterable[Step], *what: str) -> Iterator[Step]:
    """Yield the steps of some kinds that the proxy wrote."""
    return (step for step in proxy if step["what"] in what)


def _key(step: Step) -> Key:
    kind, *which = step["datagram"]
    return (kind >= ANSWER, *which)


def _sent(event: TraceRow) -> Key:
    return event.event == "ack_sent", event.message, event.attempt, event.copy, 0


def _is_too_late(step: Step) -> bool:
    """Whether a copy came after the horizon: then nothing happened."""
    return step["what"] == "arrival" and "events" not in step


def _merged(near: Row, far: Row | None, in_flight: int, *, is_down: bool) -> Row:
    """Return the row of a message: what its sender knows of it, and what its receiver does."""
    row = dataclasses.replace(near, in_flight=in_flight)
    if is_down and row.belief == "waiting":
        row.belief = "forgot"
    for name in AT_RECEIVER:
        setattr(row, name, getattr(far or Row(row.message, 0), name))
    return row


def _counts(
    proxy: Sequence[Step], events: Iterable[TraceRow], undelivered: Iterable[Step], link: str
) -> CopyCounts:
    """Count what became of the copies on a link; what the machine lost was dropped."""
    fates = Counter(step["what"] for step in proxy if "datagram" in step and _link(step) == link)
    arrived = sum(event.event == "arrived" and event.link == link for event in events)
    counts = CopyCounts(
        sent=sum(fates[fate] for fate in TAKEN),
        duplicated=fates["duplicated"],
        arrived=arrived,
        lost=fates["lost"],
        in_flight=sum(_link(step) == link for step in undelivered),
    )
    ends = counts.arrived + counts.lost + counts.in_flight
    counts.dropped = counts.sent + counts.duplicated - ends
    return counts


def _link(step: Step) -> str:
    return BACK if step["datagram"][0] >= ANSWER else THERE


def _trace(events: Iterable[TraceRow], proxy: Iterable[Step], rows: Iterable[Row]) -> Trace:
    """Return all events, in order of time; at one instant, the ends' before the network's."""
    trace = Trace()
    found = [row for step in proxy for row in _events(step)]
    trace.rows = sorted([*events, *found], key=lambda row: row.time_ns)
    trace.undecided = {f"{SENDER}-{row.message}" for row in rows if row.undecided}
    return trace


def _events(step: Step) -> Iterator[TraceRow]:
    """Yield the event of what the proxy did, if a trace has one for it."""
    what, role = step["what"], step.get("role")
    if role is not None:
        event = "crashed" if what == "kill" else "restarted"
        yield TraceRow(step["done"], event, role, "", NO_MESSAGE, 0, 0)
    elif what in {"lost", "duplicated", "dropped"}:
        kind, message, attempt, copy, _ = step["datagram"]
        name = {DATA: "message", RELEASE: "release"}.get(kind, "acknowledgement")
        node = (SENDER if kind >= ANSWER else RECEIVER) if what == "dropped" else ""
        instant_ns = step["done"] if what == "dropped" else step["due"]
        place = node, _link(step), message, attempt, copy
        yield TraceRow(instant_ns, what, *place, name, f"{SENDER}-{message}")


def _lateness(journals: Mapping[str, Sequence[Step]], unread: Iterable[Unread]) -> Lateness:
    """Return how late everything was; what a process was killed before doing, until then."""
    found = [
        (step["due"], step["done"], place)
        for place, name in enumerate(PLACES)
        for step in journals[name]
        if step["what"] in {"timer", "arrival", "beat", "delivered", "kill", "revive"}
    ]
    for kill in _of(journals["proxy"], "kill"):
        lived = [step for step in journals[kill["role"]] if step["done"] <= kill["done"]]
        clear_ns = [step["clear"] for step in lived[-1:] if "clear" in step] or [0]
        found.append((clear_ns[0], kill["done"], PLACES.index(kill["role"])))
    found += [
        (each.due_ns, each.killed_ns, PLACES.index("proxy"))
        for each in unread
        if each.killed_ns is not None
    ]
    due_ns, done_ns, place = np.array(found, dtype=np.int64).reshape(-1, 3).T
    return Lateness(due_ns, done_ns, place.astype(np.int8))
