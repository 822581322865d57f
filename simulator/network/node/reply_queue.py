"""A reply queue: where replies come to be received later, each with its correlation id.

    replies = client.reply_queue()
    client.send(server, "order", data, reply_to=replies, guarantee=AtLeastOnce())
    ...                                                     # later
    reply = yield replies.receive()

Between the two, the client does what it likes. `client.reply_queue(broker=broker)` is kept at a
broker: whoever replies needs no link to the client, nor to know where it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import simpy

from simulator.clock import to_ns
from simulator.errors import TimedOut
from simulator.network.node.handlers import Handler
from simulator.network.timers import Phase, Revocable, is_awaited, now_ns
from simulator.validation import number, refuse

if TYPE_CHECKING:
    from simulator.message import Message
    from simulator.network.node.node import Node
    from simulator.network.schedule import Schedule
    from simulator.protocols.channel import Guarantee

AT_A_TIME: Final = 1_000
"""How many replies a broker hands to their receiver before it hears of any: it only keeps them."""


@dataclass(slots=True, eq=False)
class Waiter:
    """Somebody who waits for a reply: for that to one request, or for any."""

    correlation_id: str | None
    event: simpy.Event


class ReplyQueue:
    """The replies that came to a node and were not received yet.

    Attributes:
        node: The node that receives them.
        receiver: Where replies are sent: the node, or the broker that hands them to it.
        topic: The topic under which they are sent there.
        guarantee: How they are carried there.
    """

    def __init__(
        self, node: Node, guarantee: Guarantee, broker: Any = None, **settings: Any
    ) -> None:
        """Make an empty queue; use `Node.reply_queue` instead."""
        self.node = node
        self.guarantee = guarantee
        self._env: Schedule = node.env
        self._replies: list[Message] = []
        self._waiters: list[Waiter] = []
        self.topic = f"replies {len(node.reply_queues)}"
        self.receiver: Node = node if broker is None else broker
        if broker is None:
            handler = Handler(self._take, owner="a reply queue", kind="reply")
            node.register(self.topic, handler, "Node.reply_queue")
        else:
            self.topic += f" to {node.name}"
            broker.queue(self.topic, **settings)
            node.subscribe(broker, self.topic, self._take, prefetch=AT_A_TIME)

    def __len__(self) -> int:
        """Count the replies that wait to be received."""
        return len(self._replies)

    def receive(
        self, correlation_id: str | None = None, *, timeout: float | None = None
    ) -> simpy.Event:
        """Receive a reply, now or when it comes.

        Args:
            correlation_id: The identifier of the request. None: the first reply to any.
            timeout: Longest wait, in seconds. None: for ever.

        Returns:
            An event to yield. Its value is the reply: a message with `data` and `correlation_id`.

        Raises:
            TimedOut: Where it is yielded, if no such reply came in time.
        """
        if not isinstance(correlation_id, str | None):
            allowed = "the identifier of a request, such as node.last_sent, or None"
            refuse("ReplyQueue.receive.correlation_id", correlation_id, allowed)
        if timeout is not None:
            timeout = number("ReplyQueue.receive.timeout", timeout, low=0)
        event = simpy.Event(self._env)
        for reply in self._replies:
            if correlation_id in {None, reply.correlation_id}:
                self._replies.remove(reply)
                return event.succeed(value=reply)
        waiter = Waiter(correlation_id, event)
        self._waiters.append(waiter)
        if timeout is not None:
            end_ns = now_ns(self._env) + to_ns(timeout)
            self._env.at(end_ns, Phase.TIMER, Patience(self, waiter))
        return event

    def forget(self) -> None:
        """Lose the replies, and whoever waits: the node has crashed."""
        self._replies.clear()
        self._waiters.clear()

    def _take(self, reply: Message) -> None:
        for waiter in self._waiters:
            if waiter.correlation_id in {None, reply.correlation_id}:
                self._waiters.remove(waiter)
                waiter.event.succeed(value=reply)
                return
        self._replies.append(reply)

    def waits(self, waiter: Waiter) -> bool:
        """Whether somebody's wait goes on: no reply has come, and the node has not crashed."""
        return waiter in self._waiters

    def give_up(self, waiter: Waiter) -> None:
        """End a wait in vain."""
        self._waiters.remove(waiter)
        about = waiter.correlation_id or "any request"
        waiter.event.fail(TimedOut(f"no reply to {about} came to {self.node.name}"))
        waiter.event.defused = True  # raised where it is yielded, be that later


class Patience(Revocable):
    """The end of the wait for a reply."""

    __slots__ = ("_queue", "_waiter")

    def __init__(self, queue: ReplyQueue, waiter: Waiter) -> None:
        """Make the end of a wait, which is to be scheduled."""
        self._queue = queue
        self._waiter = waiter

    def matters(self) -> bool:
        """Whether somebody waits, and for nothing else that has come."""
        return not self.is_over and is_awaited(self._waiter.event)

    @property
    def is_over(self) -> bool:
        """Whether the wait has ended before."""
        return not self._queue.waits(self._waiter)

    def happen(self) -> None:
        """Let whoever waits know that it was in vain."""
        if not self.is_over:
            self._queue.give_up(self._waiter)
