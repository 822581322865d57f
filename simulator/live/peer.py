"""A peer: one end of a live run, the sender or the receiver, in a process of its own.

It is the network of the simulator, of which one node is here. What goes to the other leaves as a
datagram; what comes from it is let in at the instant at which it came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from simulator.clock import END_OF_TIME
from simulator.engines.creation import IntArray, creation_blocks, horizon_ns
from simulator.engines.discrete_event import TOPIC, stage
from simulator.ledger import Row
from simulator.live.datagram import (
    ANSWER,
    ANSWER_TO_RELEASE,
    DATA,
    FORMAT,
    RELEASE,
    Datagram,
    from_bytes,
)
from simulator.live.journal import Journal, Past, row_fields
from simulator.live.lives import Lives
from simulator.live.network import LiveNetwork
from simulator.message import Message
from simulator.network.channel.copies import Answer, Copy
from simulator.network.wire import CopyCounts, Parcel
from simulator.scenario import RECEIVER, SENDER, Scenario

Place = tuple[int, int, int]
"""When something is due: its instant, its phase in it, its turn in that."""


class Peer:
    """One end of a live run.

    Attributes:
        role: "sender" or "receiver".
        outbox: The datagrams that have not left yet.
        sent: How many it has sent so far.
        came: How many have come so far.
        known: The identifiers of messages that durable memory had when it began.
        seen: Those that it has learnt, and that are not written yet.
        forgotten: Those that it has forgotten, likewise.
    """

    def __init__(
        self,
        scenario: Scenario,
        replication: int,
        role: str,
        journal: Journal,
        *,
        life: int = 0,
        lives: Lives = ((0, END_OF_TIME),),
        past: Past | None = None,
        turn: Callable[[], int] | None = None,
    ) -> None:
        """Set up this end.

        Args:
            scenario: What is run.
            replication: Which repetition.
            role: Which end.
            journal: Where it writes what it does.
            life: Which life of it this is, from 0.
            lives: Start and end of each, in nanoseconds.
            past: What the earlier ones left behind.
            turn: Returns the next turn, where several share them. None: its own.
        """
        self.role = role
        self.outbox: list[Datagram] = []
        self.sent = self.came = 0
        self._journal = journal
        self._life = life
        self._end_ns = horizon_ns(scenario)
        self._scenario = scenario
        past = past or Past()
        self._net = net = LiveNetwork(scenario, replication, self)
        net.env.instant_ns = lives[life][0]
        if turn is not None:
            net.env.turn = turn
        self.seen: list[str] = []
        self.forgotten: list[str] = []
        self.known = past.seen
        self._is_mortal = lives[life][1] < END_OF_TIME
        created = creations(scenario, replication, lives[: life + 1]) if role == SENDER else []
        self._sender, receiver = stage(scenario, net, created[life:])
        self._channel = net.channel(self._sender, receiver, scenario.guarantee)
        if role == SENDER:
            self._channel.sender.find_way_back()  # answers to an earlier life may come
            self._sender.rows.extend(all_rows(past.rows, created[:life]))
            for row in self._sender.rows:
                if row.belief == "waiting":
                    row.belief = "forgot"
        self._rows = past.rows
        if past.rows:
            self._write(lives[life][0], lives[life][0], "began", set(past.rows))

    def next_place(self) -> Place | None:
        """Return when it next has something to do before the horizon; None: it has nothing."""
        place = self._net.env.next_place()
        return None if place is None or place[0] >= self._end_ns else place

    def fire(self, now_ns: int) -> None:
        """Do what is due next."""
        due_ns = self._net.env.happen_next()
        self._write(due_ns, now_ns, "timer")

    def beat(self, now_ns: int) -> None:
        """Write that it lives, and has nothing to do."""
        self._write(now_ns, now_ns, "beat")

    def take(self, data: bytes, now_ns: int) -> None:
        """Let in a datagram that has come."""
        datagram = from_bytes(data)
        self.came += 1
        late_ns = datagram.late_ns + abs(now_ns - datagram.due_ns)
        if now_ns < self._end_ns:
            parcel = self._parcel(datagram)
            self._net.env.let_in(parcel, now_ns, late_ns)
        self._write(now_ns - late_ns, now_ns, "arrival", came=datagram)

    @property
    def is_idle(self) -> bool:
        """Whether it has nothing more to do, unless something comes."""
        return not self._net.env.has_more(self._end_ns)

    def finish(self, now_ns: int) -> None:
        """Write all rows: the run is over."""
        if self.role == SENDER:
            self._write(now_ns, now_ns, "end", set(range(len(self._sender.rows))))

    # The rest is for its network.

    def leave(self, parcel: Parcel, size_bytes: int) -> None:
        """Let a parcel leave, as a datagram."""
        attempt, env = parcel.attempt, self._net.env
        if isinstance(parcel, Copy):
            kind = RELEASE if parcel.is_release else DATA
        else:
            to_release = isinstance(parcel, Answer) and parcel.to_release
            kind = ANSWER_TO_RELEASE if to_release else ANSWER
        self.outbox.append(
            Datagram(
                kind,
                parcel.message.number,
                attempt,
                parcel.number,
                0,
                self._life,
                env.instant_ns,
                late_ns=env.late_ns,
                size_bytes=max(size_bytes, FORMAT.size),
            )
        )

    def _parcel(self, datagram: Datagram) -> Parcel:
        """Return what a datagram carries, as it arrives here."""
        near, far = self._channel.sender, self._channel.receiver
        row = self._row(datagram.message)
        message = self._message(datagram.message, row.created_ns)
        attempt, number = datagram.attempt, datagram.copy
        copy = Copy(far, message, attempt, number, row, datagram.is_release, wants_reply=False)
        parcel: Parcel = Answer(near, copy) if datagram.is_answer else copy
        parcel.counts = CopyCounts()
        return parcel

    def _row(self, number: int) -> Row:
        if self.role == SENDER:
            return self._sender.rows[number]
        if number not in self._rows:
            self._rows[number] = Row(number, 0)
        return self._rows[number]

    def _message(self, number: int, created_ns: int) -> Message:
        size, times = self._scenario.workload.size_bytes, self._net.service_times
        return Message(SENDER, RECEIVER, number, TOPIC, None, created_ns, size, service_times=times)

    def _write(
        self,
        due_ns: int,
        done_ns: int,
        what: str,
        changed: set[int] | None = None,
        came: Datagram | None = None,
    ) -> None:
        """Write a step into the journal, before anything of it leaves."""
        trace = self._net.trace
        step: dict[str, Any] = {"due": due_ns, "done": done_ns, "what": what}
        if self._is_mortal:
            place = self._net.env.next_place()
            next_ns = done_ns if place is None else min(done_ns, place[0])
            step["clear"] = next_ns - self._net.env.pending_ns
        if came is not None:
            step["datagram"] = came.about
        if trace.log or changed:
            events, trace.rows = trace.rows, []
            numbers = changed or {event.message for event in events if event.message >= 0}
            step["events"] = events
            step["rows"] = [row_fields(self._row(number)) for number in sorted(numbers)]
        if self.seen:
            step["seen"], self.seen = self.seen, []
        if self.forgotten:
            step["forgotten"], self.forgotten = self.forgotten, []
        self._journal.write(step)


def creations(scenario: Scenario, replication: int, lives: Lives) -> list[IntArray]:
    """Return when messages are created in each life of their sender, in nanoseconds."""
    none = np.empty(0, dtype=np.int64)
    instants = np.concatenate([none, *creation_blocks(scenario, replication)])
    return [instants[(begin_ns <= instants) & (instants < end_ns)] for begin_ns, end_ns in lives]


def all_rows(known: Mapping[int, Row], created: Iterable[IntArray]) -> list[Row]:
    """Return the rows of all messages, those too that a sender was killed before creating."""
    instants = [instant_ns for times in created for instant_ns in times.tolist()]
    return [
        known.get(number) or Row(number, instant_ns, belief="forgot")
        for number, instant_ns in enumerate(instants)
    ]
