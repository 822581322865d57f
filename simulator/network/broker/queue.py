"""A message queue: what waits at a broker until a worker has handled it.

Every message that a queue accepts is in exactly one state at every instant:

    delayed ──► waiting ──► delivered ──► acknowledged
       ▲          ▲ │            │
       └──────────┴─┼── returned ┴──► dead-lettered, or dropped where there is no such queue
                    └──► dropped (drop-oldest), lost (the broker crashed, and it was not durable),
                         expired (its time to live was over)

A message that comes back keeps its place, and drops nobody: the queue may then be over its
capacity until others leave.
"""

from __future__ import annotations

from array import array
from collections import Counter, deque
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import numpy.typing as npt

from simulator.clock import SECOND, to_ns
from simulator.fields import BOOLEAN, DURATION, check_fields, checked, or_none
from simulator.network.broker.counts import QueueCounts
from simulator.network.broker.entry import IN_QUEUE, Entry, State
from simulator.network.gauge import Gauge
from simulator.policies.backoff import Backoff
from simulator.validation import choice, duration, instance, integer, number, refuse

if TYPE_CHECKING:
    from simulator.message import Message
    from simulator.network.schedule import Schedule

OVERFLOWS: Final = ("reject", "drop-oldest", "block")
CAPACITY: Final = or_none(integer, low=1, allowed="a whole number at least 1, or None for no limit")
TTL: Final = or_none(duration, allowed="a finite number of seconds above 0, or None for no limit")
DELIVERIES: Final = or_none(integer, low=1, allowed="a whole number at least 1, or None for ever")


def _queue(name: str, value: Any) -> MessageQueue:
    queue = instance(name, value, MessageQueue, "a queue, or None to drop")
    if not queue.always_accepts:
        allowed = 'a queue that takes every message: no capacity, or overflow="drop-oldest"'
        refuse(name, queue, allowed)
    return queue


def _pause(name: str, value: Any) -> float | Backoff:
    if callable(getattr(value, "pause_after", None)) and not isinstance(value, type):
        backoff: Backoff = value
        return backoff
    example = "a backoff, such as ExponentialBackoff(base=0.1)"
    return number(name, value, low=0, allowed=f"a finite number at least 0, or {example}")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueSettings:
    """What `broker.queue` was asked for; see there."""

    capacity: int | None = field(default=None, metadata=CAPACITY)
    overflow: Literal["reject", "drop-oldest", "block"] = field(
        default="reject", metadata=checked(choice, choices=OVERFLOWS)
    )
    visibility_timeout: float = field(default=30.0, metadata=DURATION)
    max_deliveries: int | None = field(default=5, metadata=DELIVERIES)
    dead_letter: MessageQueue | None = field(default=None, metadata=or_none(_queue))
    durable: bool = field(default=True, metadata=BOOLEAN)
    priority: bool = field(default=False, metadata=BOOLEAN)
    ttl: float | None = field(default=None, metadata=TTL)
    redelivery_delay: float | Backoff = field(default=0.0, metadata=checked(_pause))

    def __post_init__(self) -> None:
        """Refuse bad parameters, as those of a call that they are."""
        check_fields(self, "Broker.queue")


@dataclass(eq=False)
class MessageQueue:
    """A queue of a broker. Make one with `broker.queue(name)`.

    Attributes:
        name: Its name at the broker.
        owner: What it is, in words: a queue, or the queue of a group of a topic.
        settings: What it was asked for.
        counts: What became of its messages so far.
        depth: How many messages wait, over time.
        unacknowledged: How many are delivered and not yet acknowledged, over time.
        errors: How often handlers raised, by what they raised.
        line: The messages that wait for room, where it blocks: first come, first served.
        may_block: Whether a message has to wait for room where there is none.
        ttl_ns: Time to live of its messages, in nanoseconds. None: for ever.
    """

    name: str
    owner: str
    settings: QueueSettings
    env: Schedule
    counts: QueueCounts = field(default_factory=QueueCounts)
    errors: Counter[str] = field(default_factory=Counter)
    line: deque[Message] = field(default_factory=deque)
    _heap: list[tuple[int, int, Entry]] = field(default_factory=list)
    _alive: dict[int, Entry] = field(default_factory=dict)  # in the order of their acceptance
    _let_in: dict[str, bool] = field(default_factory=dict)  # where it blocks: had it to wait?

    def __post_init__(self) -> None:
        """Start empty."""
        self.depth = Gauge(self.env)
        self.unacknowledged = Gauge(self.env)
        self._waits_ns = array("q")  # -1: not of a delivery, since the worker refused it
        self.may_block = self.settings.overflow == "block"
        ttl = self.settings.ttl
        self.ttl_ns = None if ttl is None else to_ns(ttl)

    @property
    def is_full(self) -> bool:
        """Whether as many messages wait as may, delayed ones included."""
        capacity = self.settings.capacity
        return capacity is not None and self.counts.waiting + self.counts.delayed >= capacity

    @property
    def waits(self) -> npt.NDArray[np.float64]:
        """How long each message waited before its first delivery, in seconds.

        In the order of these deliveries; one that the worker refused is none. The delay with which
        a message was published is no waiting, and neither is a line before a full queue. It costs
        8 bytes a message. Shape (messages delivered,).
        """
        waits_ns = np.array(self._waits_ns)
        return waits_ns[waits_ns >= 0] / SECOND

    def has_room(self) -> bool:
        """Whether it lets a message in, or makes room for it; else it counts as rejected."""
        if not self.is_full or self.settings.overflow != "reject":
            return True
        self.counts.rejected += 1
        return False

    @property
    def always_accepts(self) -> bool:
        """Whether it takes every message, if it must at the expense of an older one."""
        return self.settings.capacity is None or self.settings.overflow == "drop-oldest"

    @property
    def blocks(self) -> bool:
        """Whether a message would have to wait for room."""
        return self.may_block and self.is_full

    def has_let_in(self, message: Message) -> bool:
        """Whether a queue that blocks has accepted a message, as far as it remembers."""
        return message.id in self._let_in

    def has_let_in_late(self, message: Message) -> bool:
        """Whether it has, after the message had to wait for room."""
        return self._let_in.get(message.id, False)

    def put(self, message: Message, *, late: bool = False) -> Entry:
        """Accept a message; it waits from now on, or when its delay is over.

        Args:
            message: The message.
            late: Whether it had to wait for room.
        """
        if self.may_block:
            self._let_in[message.id] = late
        counts = self.counts
        state: State = "delayed" if message.delay_s > 0 else "waiting"
        entry = Entry(message, counts.accepted, state, self.env.instant_ns)
        counts.accepted += 1
        self._alive[entry.place] = entry
        if entry.state == "delayed":
            counts.delayed += 1
        else:
            counts.waiting += 1
            self.depth.add(1)
            self._push(entry)
        return entry

    def take(self) -> Entry:
        """Take the message that is next, of those that wait, to deliver it."""
        entry = heappop(self._heap)[2]
        while entry.state != "waiting":  # it was dropped, or lost
            entry = heappop(self._heap)[2]
        entry.state = "delivered"
        entry.deliveries += 1
        counts = self.counts
        counts.waiting -= 1
        counts.delivered += 1
        now_ns = self.env.instant_ns
        if entry.deliveries > 1:
            counts.redeliveries += 1
            entry.check_progress(now_ns, self.name)
        else:
            waits_ns = self._waits_ns
            entry.wait = len(waits_ns)
            waits_ns.append(now_ns - entry.since_ns)
        self.unacknowledged.add(1)
        self.depth.add(-1)
        return entry

    def acknowledge(self, entry: Entry) -> None:
        """Be done with a message that was delivered, and handled."""
        entry.state = "acknowledged"
        self.counts.delivered -= 1
        self.counts.acknowledged += 1
        self.unacknowledged.add(-1)
        del self._alive[entry.place]

    def take_back(self, entry: Entry) -> None:
        """Let a message wait again whose worker refused it: that was no delivery."""
        self.counts.redeliveries -= entry.deliveries > 1
        entry.deliveries -= 1
        if not entry.deliveries:
            self._waits_ns[entry.wait] = -1
        self.move(entry, "waiting")

    def drop_oldest(self) -> Entry:
        """Drop the message that was accepted first, of those that wait or are delayed."""
        oldest = next(e for e in self._alive.values() if e.state in IN_QUEUE)
        self.move(oldest, "dropped")
        return oldest

    def spent(self) -> list[Entry]:
        """Return the messages whose deliveries or time are used up, and that a crash has kept."""
        now_ns = self.env.instant_ns
        kept = [entry for entry in self._alive.values() if entry.state in IN_QUEUE]
        return [entry for entry in kept if self.used_up(entry) or now_ns > entry.expiry_ns]

    def still_waits_at(self, instant_ns: int) -> bool:
        """Whether a message waits that will not have expired before an instant to come."""
        if self.ttl_ns is None:
            return self.counts.waiting > 0
        alive = self._alive.values()
        return any(e.state == "waiting" and e.expiry_ns >= instant_ns for e in alive)

    def end_delay(self, entry: Entry) -> None:
        """Let a message wait that was delayed."""
        entry.since_ns = self.env.instant_ns
        self.move(entry, "waiting")

    def move(self, entry: Entry, state: State) -> None:
        """Let a message go from its state to another."""
        self._count(entry.state, -1)
        entry.state = state
        self._count(state, 1)
        if state == "waiting":
            self._push(entry)
        elif state not in {"delayed", "delivered"}:
            del self._alive[entry.place]

    def used_up(self, entry: Entry) -> bool:
        """Whether a message has been delivered as often as it may."""
        limit = self.settings.max_deliveries
        return limit is not None and entry.deliveries >= limit

    def crash(self) -> list[Entry]:
        """Keep what is durable; lose the rest, and who waits for room.

        Returns:
            The messages that are kept, and were being delivered.
        """
        self.line.clear()
        if self.settings.durable:
            return [entry for entry in self._alive.values() if entry.state == "delivered"]
        self._let_in.clear()
        for entry in list(self._alive.values()):
            self.move(entry, "lost")
        return []

    def _push(self, entry: Entry) -> None:
        priority = entry.message.priority if self.settings.priority else 0
        heappush(self._heap, (-priority, entry.place, entry))

    def _count(self, state: State, change: int) -> None:
        setattr(self.counts, state, getattr(self.counts, state) + change)
        if state == "waiting":
            self.depth.add(change)
        elif state == "delivered":
            self.unacknowledged.add(change)
