"""A delivery: a message on its way from a queue to a worker, once, until its fate is known."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Protocol

from simulator.network.channel.sending import NOT_BEGUN, Sending
from simulator.network.failures import say_where_it_left
from simulator.network.node.outbox import Headers
from simulator.policies import Retry
from simulator.protocols import AtLeastOnce

if TYPE_CHECKING:
    import simpy

    from simulator.network.broker.entry import Entry
    from simulator.network.broker.queue import MessageQueue
    from simulator.network.broker.subscription import Subscription
    from simulator.network.node.outbox import Outbox
    from simulator.protocols.channel import Steps


class Deliverer(Protocol):
    """What a broker does about a delivery.

    Attributes:
        life: Which life it is in: a crash ends one.
        outbox: Sends its messages.
    """

    life: int
    outbox: Outbox

    def settle(self, delivery: Delivery) -> None:
        """Do what the fate of a delivery asks for."""


@cache
def sent_once(visibility_timeout: float) -> AtLeastOnce:
    """Return the guarantee of a delivery: one attempt, whose answer counts up to the timeout."""
    return AtLeastOnce(retry=Retry(timeout=visibility_timeout, max_attempts=1))


class Delivery(Sending):
    """A message sent to a worker once, as the data of an envelope; the broker settles it then.

    It is `AtLeastOnce` with one attempt, and no generator. A crash of the broker ends it unsettled.

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

    def happen(self) -> None:
        """Send it, and wait for the answer up to the visibility timeout."""
        if self._generator is not NOT_BEGUN:
            return  # a crash has ended it before
        self._generator = None
        end, message = self.end, self.message
        if end.trace.enabled:
            end.note_creation(message)
        try:
            end.transmit(message, 1)
        except Exception as error:
            say_where_it_left(error)
            raise
        wait = end.acknowledgement(message, within=self.queue.settings.visibility_timeout)
        if self in self._processes.running:  # else what interferes has crashed the broker
            wait.callbacks.append(self._settle)

    def crash(self) -> None:
        """End it, now that the broker has crashed."""
        self._generator = None
        self.row.sending = None
        if self.wait is not None and not self.wait.is_over:
            self.wait.callbacks.clear()

    def _settle(self, wait: simpy.Event) -> None:
        if not wait.value:
            self.end.time_out(self.message, 1)
            self.end.give_up(self.message)
        self._end(ok=True, value=None)
        self.broker.settle(self)


def deliver(
    broker: Deliverer, queue: MessageQueue, entry: Entry, subscription: Subscription
) -> None:
    """Send a message to a worker, once."""
    message, number = entry.message, entry.deliveries
    if number > 1:
        message = message._replace(delivery=number)
    about = Headers(kind=message.kind, story=message.story_id, delivers=number)
    delivery = broker.outbox.send(
        subscription.node,
        subscription.inbox,
        message,
        subscription.guarantee,
        message.size_bytes,
        Delivery,
        headers=about,
    )
    delivery.broker = broker
    delivery.queue, delivery.entry, delivery.subscription = queue, entry, subscription


def deliver_soon(
    broker: Deliverer, queue: MessageQueue, entry: Entry, subscription: Subscription
) -> Steps:
    """Do so as a process, when what runs now waits."""
    deliver(broker, queue, entry, subscription)
    yield from ()
