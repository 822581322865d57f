"""Admission: how a message gets into queues, of which some may be full.

In a queue that blocks, a message that finds no room waits in line, and is accepted once: the copies
of it that come meanwhile wait with it, and those that come later are only acknowledged. A message
that never had to wait is accepted with each of its copies, as the guarantee that carries it allows;
but a copy does not wait for room where another copy is already in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import simpy

from simulator.clock import END_OF_TIME, to_ns
from simulator.message import Message
from simulator.network.broker.entry import DelayEnd, Entry, LifeEnd
from simulator.network.broker.queue import MessageQueue
from simulator.network.timers import Phase

if TYPE_CHECKING:
    from simulator.network.schedule import Schedule
    from simulator.protocols.channel import Steps


class Clerk(Protocol):
    """What a broker does about the messages in its queues."""

    def note(self, event: str, message: Message, deliveries: int = 0) -> None:
        """Record what happens to a message."""

    def dispatch(self, queue: MessageQueue, *, at_once: bool = True) -> None:
        """Deliver what waits in a queue, as far as workers have room, at once or a little later."""

    def expire(self, queue: MessageQueue, entry: Entry) -> None:
        """End the life of a message that waits or is delayed."""

    def heeds_expiry(self, queue: MessageQueue) -> bool:
        """Whether anything comes of it when a message expires."""


@dataclass(slots=True)
class Waiting:
    """A message that waits for room.

    Attributes:
        lines: In how many lines it stands.
        is_in: Happens when it is in every queue.
    """

    lines: int
    is_in: simpy.Event


class Admission:
    """Lets messages into the queues of a broker."""

    def __init__(self, env: Schedule, clerk: Clerk) -> None:
        """Start with nobody in line."""
        self._env = env
        self._clerk = clerk
        self._waiting: dict[str, Waiting] = {}

    def to(self, queue: MessageQueue) -> Callable[[Message], Steps | None]:
        """Return a handler that puts messages into one queue."""
        if queue.may_block:
            return lambda message: self.accept(message, [queue])
        return lambda message: self.put(queue, message)

    def accept(self, message: Message, queues: Sequence[MessageQueue]) -> Steps | None:
        """Put a copy of a message into queues; with "block", once there is room in each.

        Returns:
            None if it is in already; else the steps that end when it is.
        """
        if not any(queue.may_block for queue in queues):
            for queue in queues:
                self.put(queue, message)
            return None
        if message.id in self._waiting:
            return _until_in(self._waiting[message.id])
        is_late = any(
            queue.has_let_in_late(message) or (queue.blocks and not queue.has_let_in(message))
            for queue in queues
        )
        new = [q for q in queues if not q.has_let_in(message) or not (is_late or q.blocks)]
        blocked = [queue for queue in new if queue.blocks]
        for queue in new:
            if queue in blocked:
                queue.line.append(message)
            else:
                self.put(queue, message, late=is_late)
        if not blocked:
            return None
        waiting = Waiting(len(blocked), simpy.Event(self._env))
        self._waiting[message.id] = waiting
        return _until_in(waiting)

    def put(
        self, queue: MessageQueue, message: Message, *, late: bool = False, at_once: bool = True
    ) -> None:
        """Put a message into a queue that has room, makes some, or rejects it.

        Args:
            queue: The queue.
            message: The message.
            late: Whether it had to wait for room, in this queue or in another of its topic.
            at_once: Whether it may be delivered at once; see `Broker.dispatch`.
        """
        if queue.is_full and not self._make_room(queue):
            queue.counts.rejected += 1  # of a topic, where the other groups get it
            self._clerk.note("refused", message)
            return
        self._enqueue(queue, message, late=late)
        self._clerk.dispatch(queue, at_once=at_once)

    def let_in(self, queue: MessageQueue) -> None:
        """Let those who wait for room in, as far as there is any."""
        while queue.line and not queue.is_full:
            message = queue.line.popleft()
            self._enqueue(queue, message, late=True)
            waiting = self._waiting[message.id]
            waiting.lines -= 1
            if not waiting.lines:
                self._waiting.pop(message.id).is_in.succeed()

    def delay(self, queue: MessageQueue, entry: Entry, delay_ns: int) -> None:
        """Let a message that is delayed wait for a worker after so many nanoseconds.

        Unless it expires before: then nothing comes of the end of the delay.
        """
        end_ns = self._env.instant_ns + delay_ns
        if end_ns <= entry.expiry_ns:
            end = DelayEnd(entry, lambda: self._end_delay(queue, entry))
            self._env.at(end_ns, Phase.TIMER, end)

    def forget(self) -> None:
        """Lose who waits: the broker has crashed."""
        self._waiting.clear()

    def _make_room(self, queue: MessageQueue) -> bool:
        """Drop the oldest messages of a full queue, unless it rejects new ones."""
        overflow = queue.settings.overflow
        while queue.is_full and overflow == "drop-oldest":
            oldest = queue.drop_oldest()
            self._clerk.note("dropped", oldest.message, oldest.deliveries)
        return overflow != "reject"

    def _enqueue(self, queue: MessageQueue, message: Message, *, late: bool) -> None:
        entry = queue.put(message, late=late)
        self._clerk.note("enqueued", message)
        if queue.ttl_ns is not None:
            self._limit(queue, entry, queue.ttl_ns)
        if entry.state == "delayed":
            self.delay(queue, entry, to_ns(message.delay_s))

    def _limit(self, queue: MessageQueue, entry: Entry, ttl_ns: int) -> None:
        """Let a message expire that is in a queue after its time to live.

        All else at that instant comes before, so that it may still be delivered at it.
        """
        entry.expiry_ns = min(self._env.instant_ns + ttl_ns, END_OF_TIME)
        end = LifeEnd(
            entry,
            lambda: self._clerk.expire(queue, entry),
            lambda: self._clerk.heeds_expiry(queue),
        )
        self._env.at(entry.expiry_ns, Phase.SENDING, end)

    def _end_delay(self, queue: MessageQueue, entry: Entry) -> None:
        queue.end_delay(entry)
        self._clerk.dispatch(queue)


def _until_in(waiting: Waiting) -> Steps:
    yield waiting.is_in
