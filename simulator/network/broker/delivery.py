"""A delivery: a message on its way from a queue to a worker, once, until its fate is known."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, Protocol

from simulator.network.channel.sending import Sending
from simulator.network.failures import say_where_it_left
from simulator.network.timers import Occurrence
from simulator.policies import Retry
from simulator.protocols import AtLeastOnce

if TYPE_CHECKING:
    from simulator.network.broker.queue import Entry, MessageQueue
    from simulator.network.broker.subscription import Subscription

RETURNED: Final = object()
"""What a worker answers when its handler raised: the message goes back to the queue."""


class Deliverer(Protocol):
    """What a broker does about a delivery.

    Attributes:
        life: Which life it is in: a crash ends one.
    """

    life: int

    def deliver(self, queue: MessageQueue, entry: Entry, subscription: Subscription) -> None:
        """Send a message to a worker."""

    def settle(self, delivery: Delivery) -> None:
        """Do what the fate of a delivery asks for."""


@cache
def sent_once(visibility_timeout: float) -> AtLeastOnce:
    """Return the guarantee of a delivery: one attempt, whose answer counts up to the timeout."""
    return AtLeastOnce(retry=Retry(timeout=visibility_timeout, max_attempts=1))


class Departure(Occurrence):
    """The start of a delivery, at the instant at which it was planned, before any data arrive."""

    __slots__ = ("_broker", "_entry", "_life", "_queue", "_subscription")

    def __init__(
        self, broker: Deliverer, queue: MessageQueue, entry: Entry, subscription: Subscription
    ) -> None:
        """Make one, which is to be scheduled."""
        self._broker = broker
        self._life = broker.life
        self._queue = queue
        self._entry = entry
        self._subscription = subscription

    def happen(self) -> None:
        """Send the message, unless the broker has crashed meanwhile."""
        if self._life != self._broker.life:
            return
        try:
            self._broker.deliver(self._queue, self._entry, self._subscription)
        except Exception as error:
            say_where_it_left(error)
            raise


class Delivery(Sending):
    """A message sent to a worker, as the data of an envelope; the broker settles it in the end.

    A crash of the broker ends it unsettled.

    Attributes:
        broker: The broker.
        queue: The queue that the message comes from.
        entry: The message in that queue.
        subscription: The worker.
    """

    __slots__ = ("broker", "entry", "queue", "subscription")

    wants_reply = True
    broker: Deliverer
    queue: MessageQueue
    entry: Entry
    subscription: Subscription

    @property
    def is_answered(self) -> bool:
        """Whether the worker has answered: it has handled the message, or gives it back."""
        return self.row.belief == "acknowledged"

    def _end(self, *, ok: bool, value: Any) -> None:
        super()._end(ok=ok, value=value)
        if ok:
            self.broker.settle(self)
