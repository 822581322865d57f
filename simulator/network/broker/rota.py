"""A rota: who takes messages from each queue of a broker, and whose turn it is."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.network.broker.queue import MessageQueue
    from simulator.network.broker.subscription import Subscription


class Rota:
    """The subscriptions of the queues of a broker."""

    def __init__(self) -> None:
        """Start without queues."""
        self._subscriptions: dict[str, deque[Subscription]] = {}

    def open(self, queue: MessageQueue) -> None:
        """Begin with a queue, to which nobody has subscribed."""
        self._subscriptions[queue.name] = deque()

    def add(self, queue: MessageQueue, subscription: Subscription) -> None:
        """Let another worker take messages from a queue: the last to have a turn."""
        self._subscriptions[queue.name].append(subscription)

    def size(self, queue: MessageQueue) -> int:
        """Return how many subscriptions to a queue there are."""
        return len(self._subscriptions[queue.name])

    def next(self, queue: MessageQueue) -> Subscription | None:
        """Return whose turn it is, of those that have room for a message; None if none has."""
        subscriptions = self._subscriptions[queue.name]
        for _ in range(len(subscriptions)):
            subscription = subscriptions.popleft()
            subscriptions.append(subscription)
            if subscription.credit > 0 and not subscription.is_left_out:
                return subscription
        return None

    def takes_what_expires(self, queue: MessageQueue) -> bool:
        """Whether anybody takes what expires in a queue, from its dead-letter queue.

        If that has a time to live too, from the dead-letter queue of that one, and so on.
        """
        dead_letter = queue.settings.dead_letter
        while dead_letter is not None:
            if any(not each.is_left_out for each in self._subscriptions[dead_letter.name]):
                return True
            if dead_letter.ttl_ns is None:
                return False
            dead_letter = dead_letter.settings.dead_letter
        return False

    def restore(self) -> None:
        """Forget what workers have: the broker has crashed."""
        for subscriptions in self._subscriptions.values():
            for subscription in subscriptions:
                subscription.credit = subscription.prefetch
