"""A delivery: a message on its way from a queue to a worker, once, until its fate is known."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, Protocol

from simulator.network.channel.sending import Sending
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

    def settle(self, delivery: Delivery) -> None:
        """Do what the fate of a delivery asks for."""


@cache
def sent_once(visibility_timeout: float) -> AtLeastOnce:
    """Return the guarantee of a delivery: one attempt, whose answer counts up to the timeout."""
    return AtLeastOnce(retry=Retry(timeout=visibility_timeout, max_attempts=1))


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
