"""Fates: what becomes of a message that was delivered, and not acknowledged.

Its delivery went unanswered, or its worker gave it back, or the broker crashed meanwhile. It is
delivered again, after a pause where the queue has a redelivery delay, unless it has used up its
deliveries. The pause begins when the delivery failed, and goes on while the broker is down.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from simulator.clock import to_ns
from simulator.randomness import Lane, Purpose
from simulator.validation import number

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.network.broker.admission import Admission, Clerk
    from simulator.network.broker.entry import Entry
    from simulator.network.broker.queue import MessageQueue


class Fates:
    """Decides what becomes of the messages of a broker that come back."""

    def __init__(
        self, name: str, clerk: Clerk, admission: Admission, draw: Callable[[Lane, int], float]
    ) -> None:
        """Decide for a broker of that name, with the draws of its network."""
        self._name = name
        self._clerk = clerk
        self._admission = admission
        self._draw = draw

    def come_back(self, queue: MessageQueue, entry: Entry, *, at_once: bool = True) -> None:
        """Let a message be delivered again, unless it has used up its deliveries."""
        if not queue.used_up(entry):
            self._wait(queue, entry)
            return
        dead_letter = queue.settings.dead_letter
        fate: Literal["dropped", "dead_lettered"]
        fate = "dropped" if dead_letter is None else "dead_lettered"
        queue.move(entry, fate)
        self._clerk.note(fate, entry.message, entry.deliveries)
        if dead_letter is not None:
            message = entry.message._replace(delay_s=0.0)
            self._admission.put(dead_letter, message, at_once=at_once)

    def outlive(self, queue: MessageQueue, entry: Entry) -> None:
        """Keep a message whose delivery the broker's crash has cut short.

        One that has used up its deliveries waits for the broker to restart, too.
        """
        if queue.used_up(entry):
            queue.move(entry, "waiting")
        else:
            self._wait(queue, entry)

    def _wait(self, queue: MessageQueue, entry: Entry) -> None:
        pause_ns = to_ns(self._pause(queue, entry))
        if pause_ns:
            queue.move(entry, "delayed")
            self._admission.delay(queue, entry, pause_ns)
        else:
            queue.move(entry, "waiting")

    def _pause(self, queue: MessageQueue, entry: Entry) -> float:
        """Return the pause after the latest delivery of a message, in seconds.

        Its draw is addressed by the queue, the message and the delivery.
        """
        delay = queue.settings.redelivery_delay
        if isinstance(delay, float):
            return delay
        message, made = entry.message, entry.deliveries
        # No link has a name of three nodes, so that no other draw has this address.
        lane = Lane(f"{message.sender}→{self._name}→{queue.name}", Purpose.BACKOFF, made)
        pause = delay.pause_after(made, entry.pause_s, self._draw(lane, message.number))
        field = "the result of Broker.queue.redelivery_delay.pause_after"
        entry.pause_s = number(field, pause, low=0)
        return entry.pause_s
