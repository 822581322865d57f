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
    from simulator.network.broker.delivery import Deliverer
    from simulator.network.schedule import Schedule
    from simulator.protocols.channel import Guarantee, Steps


@dataclass(slots=True, eq=False)
class Subscription:
    """A worker that takes messages from a queue.

    Attributes:
        node: The worker.
        inbox: The topic under which deliveries are sent to it.
        guarantee: How they are carried.
        prefetch: How many messages it may have at a time.
        credit: How many more it may have now.
        is_left_out: Whether it gets none: it was down when a delivery to it went unanswered, and
            has not been restarted since.
    """

    node: Node
    inbox: str
    guarantee: Guarantee
    prefetch: int
    credit: int
    is_left_out: bool = False

    def note_silence(self) -> None:
        """Leave it out, if it is down: a delivery to it went unanswered."""
        self.is_left_out = not self.node.is_up


class Rest(Timer):
    """The end of a pause, in which a worker that refused a delivery gets no other in its place.

    Attributes:
        queue: The queue that the delivery came from.
        subscription: The worker.
        life: In which life of the broker it began.
        end_ns: The instant of the end.
    """

    __slots__ = ("_broker", "end_ns", "life", "queue", "subscription")

    def __init__(
        self, env: Schedule, broker: Deliverer, queue: MessageQueue, subscription: Subscription
    ) -> None:
        """Let it last for the queue's visibility timeout, from now on."""
        lasts_ns = to_ns(queue.settings.visibility_timeout)
        super().__init__(env, lasts_ns, Phase.TIMER)
        self.end_ns = env.instant_ns + lasts_ns
        self.queue = queue
        self.subscription = subscription
        self.life = broker.life
        self._broker = broker

    def matters(self) -> bool:
        """Whether anything would come of it: a message waits, and the worker would get it."""
        gets_it = self.life == self._broker.life and not self.subscription.is_left_out
        return gets_it and self.queue.still_waits_at(self.end_ns)


class Work:
    """What a worker does with the messages of a queue; called with the envelope of each.

    For its handler to return acknowledges the message, and to raise gives it back.
    """

    __slots__ = ("_handler", "_mistakes", "_node", "_queue")

    def __init__(
        self,
        node: Node,
        handler: Callable[[Message], Any],
        queue: MessageQueue,
        mistakes: Mistakes,
    ) -> None:
        """Let a node handle the messages of a queue."""
        self._node = node
        self._handler = handler
        self._queue = queue
        self._mistakes = mistakes

    def __call__(self, envelope: Message) -> Any:
        """Handle a message, or return the steps that do where that takes time."""
        message, life = envelope.data, self._node.life
        try:
            result = self._handler(message)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises, its message goes back
            return self._give_back(error)
        if result is not None and isinstance(result, Generator):
            return self._carry_out(result, message)
        if self._node.life != life:
            return None  # it has crashed its own node
        return self._acknowledge(message, result)

    def _carry_out(self, steps: Steps, message: Message) -> Steps:
        try:
            result = yield from steps
        except simpy.Interrupt:
            raise  # the worker crashed
        except Exception as error:  # noqa: BLE001 - as above
            return self._give_back(error)
        return self._acknowledge(message, result)

    def _give_back(self, error: Exception) -> object:
        self._queue.errors[repr(error)] += 1
        if not isinstance(error, CallFailed):
            self._mistakes.warn(self._handler, self._queue.name, error)
        return RETURNED

    def _acknowledge(self, message: Message, result: Any) -> str:
        if result is not None:
            name = getattr(self._handler, "__name__", type(self._handler).__name__)
            field = f"the result of {name}, a handler of the queue {self._queue.name},"
            synchronous(field, result, "a value")
        if message.reply_to is not None:
            self._node.reply(message, result)
        return "handled"
