"""A message queue: what waits at a broker until a worker has handled it.

Every message that a queue accepts is in exactly one state at every instant:

    delayed ──► waiting ──► delivered ──► acknowledged
                  ▲ │            │
                  └─┼── returned ┴──► dead-lettered, or dropped where there is no such queue
                    └──► dropped (drop-oldest), lost (the broker crashed, and it was not durable)
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Final, Literal

import simpy

from simulator.network.gauge import Gauge
from simulator.validation import choice, integer, number, refuse

if TYPE_CHECKING:
    from simulator.message import Message

OVERFLOWS: Final = ("reject", "drop-oldest", "block")
State = Literal[
    "delayed", "waiting", "delivered", "acknowledged", "dead_lettered", "dropped", "lost"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueSettings:
    """What `broker.queue` was asked for; see there."""

    capacity: int | None = None
    overflow: Literal["reject", "drop-oldest", "block"] = "reject"
    visibility_timeout: float = 30.0
    max_deliveries: int | None = 5
    dead_letter: MessageQueue | None = None
    durable: bool = True
    priority: bool = False

    def __post_init__(self) -> None:
        """Refuse bad parameters."""
        choice("Broker.queue.overflow", self.overflow, OVERFLOWS)
        if self.capacity is not None:
            allowed = "a whole number at least 1, or None for no limit"
            integer("Broker.queue.capacity", self.capacity, low=1, allowed=allowed)
        if self.max_deliveries is not None:
            allowed = "a whole number at least 1, or None for ever"
            integer("Broker.queue.max_deliveries", self.max_deliveries, low=1, allowed=allowed)
        number("Broker.queue.visibility_timeout", self.visibility_timeout, low=0, open_low=True)
        if not isinstance(self.dead_letter, MessageQueue | None):
            refuse("Broker.queue.dead_letter", self.dead_letter, "a queue, or None to drop")
        if self.dead_letter is not None and not self.dead_letter.always_accepts:
            allowed = 'a queue that takes every message: no capacity, or overflow="drop-oldest"'
            refuse("Broker.queue.dead_letter", self.dead_letter, allowed)
        for name in ("durable", "priority"):
            if not isinstance(getattr(self, name), bool):
                refuse(f"Broker.queue.{name}", getattr(self, name), "True or False")


@dataclass(slots=True, eq=False)
class Entry:
    """A message in a queue: its place, its state, how often it has been delivered."""

    message: Message
    place: int
    state: State
    deliveries: int = 0


@dataclass(slots=True)
class QueueCounts:
    """What became of the messages that a queue accepted, and how often it refused one."""

    accepted: int = 0
    delayed: int = 0
    waiting: int = 0
    delivered: int = 0
    acknowledged: int = 0
    dead_lettered: int = 0
    dropped: int = 0
    lost: int = 0
    rejected: int = 0
    redeliveries: int = 0

    @property
    def conserved(self) -> bool:
        """Whether every message is in one state."""
        states = (self.delayed, self.waiting, self.delivered, self.acknowledged)
        return self.accepted == sum(states) + self.dead_lettered + self.dropped + self.lost


@dataclass(eq=False)
class MessageQueue:
    """A queue of a broker. Make one with `broker.queue(name)`.

    Attributes:
        name: Its name at the broker.
        settings: What it was asked for.
        counts: What became of its messages so far.
        depth: How many messages wait, over time.
        errors: How often handlers raised, by what they raised.
    """

    name: str
    settings: QueueSettings
    env: simpy.Environment
    counts: QueueCounts = field(default_factory=QueueCounts)
    errors: Counter[str] = field(default_factory=Counter)
    _heap: list[tuple[int, int, Entry]] = field(default_factory=list)
    _alive: dict[int, Entry] = field(default_factory=dict)
    _makers_of_room: list[simpy.Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start empty."""
        self.depth = Gauge(self.env)

    @property
    def is_full(self) -> bool:
        """Whether as many messages wait as may."""
        capacity = self.settings.capacity
        return capacity is not None and self.counts.waiting + self.counts.delayed >= capacity

    @property
    def always_accepts(self) -> bool:
        """Whether it takes every message, if it must at the expense of an older one."""
        return self.settings.capacity is None or self.settings.overflow == "drop-oldest"

    def room(self) -> simpy.Event:
        """Return an event that happens when there is room: now, or when a message leaves."""
        event = simpy.Event(self.env)
        if not self.is_full:
            return event.succeed()
        self._makers_of_room.append(event)
        return event

    def put(self, message: Message) -> Entry:
        """Accept a message; it waits from now on, or when its delay is over."""
        state: State = "delayed" if message.delay_s > 0 else "waiting"
        entry = Entry(message, self.counts.accepted, state)
        self.counts.accepted += 1
        self._alive[entry.place] = entry
        self._count(state, 1)
        if state == "waiting":
            self._push(entry)
        return entry

    def take(self) -> Entry | None:
        """Take the message that is first in line, to deliver it; None if none waits."""
        while self._heap:
            entry = heappop(self._heap)[2]
            if entry.state == "waiting":
                self.move(entry, "delivered")
                entry.deliveries += 1
                self.counts.redeliveries += entry.deliveries > 1
                return entry
        return None

    def drop_oldest(self) -> Entry | None:
        """Drop the message that has waited longest."""
        for entry in self._alive.values():
            if entry.state == "waiting":
                self.move(entry, "dropped")
                return entry
        return None

    def move(self, entry: Entry, state: State) -> None:
        """Let a message go from its state to another."""
        self._count(entry.state, -1)
        entry.state = state
        self._count(state, 1)
        if state == "waiting":
            self._push(entry)
        elif state not in {"delayed", "delivered"}:
            del self._alive[entry.place]
        while self._makers_of_room and not self.is_full:
            self._makers_of_room.pop(0).succeed()
            if self.settings.capacity is not None:
                break  # one left, one may come

    def used_up(self, entry: Entry) -> bool:
        """Whether a message has been delivered as often as it may."""
        limit = self.settings.max_deliveries
        return limit is not None and entry.deliveries >= limit

    def crash(self) -> None:
        """Keep what is durable, which waits again; lose the rest."""
        self._makers_of_room.clear()
        for entry in list(self._alive.values()):
            if not self.settings.durable:
                self.move(entry, "lost")
            elif entry.state == "delivered":
                self.move(entry, "waiting")

    def _push(self, entry: Entry) -> None:
        priority = entry.message.priority if self.settings.priority else 0
        heappush(self._heap, (-priority, entry.place, entry))

    def _count(self, state: State, change: int) -> None:
        setattr(self.counts, state, getattr(self.counts, state) + change)
        if state == "waiting":
            self.depth.add(change)
