"""A subscription: a worker to which a queue hands its messages, and what it does with one."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import simpy

from simulator.callables import synchronous
from simulator.clock import to_ns
from simulator.errors import CallFailed
from simulator.message import Message
from simulator.network.broker.mistakes import Mistakes
from simulator.network.broker.queue import MessageQueue
from simulator.network.channel.copies import RETURNED
from simulator.network.node.node import Node
from simulator.network.timers import Phase, Timer

if TYPE_CHECKING:
    from simulator.network.schedule import Schedule
    from simulator.protocols.channel import Steps


@dataclass(slots=True, eq=False)
class Subscription:
    """A worker that takes messages from a queue.

    Attributes:
        node: The worker.
        inbox: The topic under which deliveries are sent to it.
        prefetch: How many messages it may have at a time.
        credit: How many more it may have now.
        is_left_out: Whether it gets none: it was down when a delivery to it went unanswered, and
            has not been restarted since.
    """

    node: Node
    inbox: str
    prefetch: int
    credit: int
    is_left_out: bool = False

    @property
    def has_place(self) -> bool:
        """Whether the broker may deliver a message to it now."""
        return self.credit > 0 and not self.is_left_out

    def note_silence(self) -> None:
        """Leave it out, if it is down: a delivery to it went unanswered."""
        self.is_left_out = not self.node.is_up


class Rest(Timer):
    """The end of a pause, in which a worker that refused a delivery gets no other in its place."""

    def __init__(self, env: Schedule, queue: MessageQueue, subscription: Subscription) -> None:
        """Let it last for the queue's visibility timeout, from now on."""
        super().__init__(env, to_ns(queue.settings.visibility_timeout), Phase.TIMER)
        self._queue = queue
        self._subscription = subscription

    def matters(self) -> bool:
        """Whether anything would come of it: a message waits, and the worker would get it."""
        gets_it = bool(self.callbacks) and not self._subscription.is_left_out
        return gets_it and self._queue.counts.waiting > 0


def work_through(
    node: Node,
    handler: Callable[[Message], Any],
    message: Message,
    queue: MessageQueue,
    mistakes: Mistakes,
) -> Steps:
    """Handle a delivery at a worker: to return acknowledges it, to raise gives it back."""
    try:
        result = handler(message)
        if isinstance(result, Generator):
            result = yield from result
    except simpy.Interrupt:
        raise  # the worker crashed
    except Exception as error:  # noqa: BLE001 - whatever a handler raises, its message goes back
        queue.errors[repr(error)] += 1
        if not isinstance(error, CallFailed):
            mistakes.warn(handler, queue.name, error)
        return RETURNED
    if result is not None:
        name = getattr(handler, "__name__", type(handler).__name__)
        field = f"the result of {name}, a handler of the queue {queue.name},"
        synchronous(field, result, "a value")
    if message.reply_to is not None:
        node.reply(message, result)
    return "handled"
