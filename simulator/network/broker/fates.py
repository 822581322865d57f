"""Fates: what becomes of a message that was delivered and not acknowledged, or whose time is up.

Its delivery went unanswered, or its worker gave it back, or the broker crashed meanwhile. It is
delivered again, after a pause where the queue has a redelivery delay, unless it has used up its
deliveries or its time to live. The pause begins when the delivery failed, and goes on while the
broker is down. So does the time to live; what has used it up expires when the broker restarts.
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
    from simulator.network.schedule import Schedule
    from simulator.policies import Backoff


class Fates:
    """Decides what becomes of the messages of a broker that come back."""

    def __init__(
        self,
        env: Schedule,
        name: str,
        clerk: Clerk,
        admission: Admission,
        draw: Callable[[Lane, int], float],
    ) -> None:
        """Decide for a broker of that name, with the draws of its network."""
        self._env = env
        self._name = name
        self._clerk = clerk
        self._admission = admission
        self._draw = draw

    def come_back(self, queue: MessageQueue, entry: Entry, *, at_once: bool = True) -> None:
        """Let a message be delivered again, unless its deliveries or its time are used up."""
        if queue.used_up(entry):
            kept = queue.settings.dead_letter is not None
            self._leave(queue, entry, "dead_lettered" if kept else "dropped", at_once=at_once)
        elif self._env.instant_ns > entry.expiry_ns:
            self.expire(queue, entry, at_once=at_once)
        else:
            self._wait(queue, entry)

    def take_back(self, queue: MessageQueue, entry: Entry) -> None:
        """Let a message wait again whose worker refused it, unless its time is over."""
        queue.take_back(entry)
        if self._env.instant_ns > entry.expiry_ns:
            self.expire(queue, entry)

    def expire(self, queue: MessageQueue, entry: Entry, *, at_once: bool = True) -> None:
        """End the life of a message, and let in who waits for its room."""
        self._leave(queue, entry, "expired", at_once=at_once)
        if queue.line:
            self._admission.let_in(queue)
            self._clerk.dispatch(queue, at_once=at_once)

    def outlive(self, queue: MessageQueue, entry: Entry) -> None:
        """Keep a message whose delivery the broker's crash has cut short.

        One that has used up its deliveries waits for the broker to restart, too.
        """
        if queue.used_up(entry):
            queue.move(entry, "waiting")
        else:
            self._wait(queue, entry)

    def _leave(
        self,
        queue: MessageQueue,
        entry: Entry,
        fate: Literal["dropped", "dead_lettered", "expired"],
        *,
        at_once: bool,
    ) -> None:
        """Let a message leave its queue, for the dead-letter queue if there is one."""
        queue.move(entry, fate)
        self._clerk.note(fate, entry.message, entry.deliveries)
        dead_letter = queue.settings.dead_letter
        if dead_letter is not None:
            message = entry.message._replace(delay_s=0.0)
            self._admission.put(dead_letter, message, at_once=at_once)

    def _wait(self, queue: MessageQueue, entry: Entry) -> None:
        delay = queue.settings.redelivery_delay
        pause_ns = 0 if delay == 0 else to_ns(self._pause(queue.name, entry, delay))
        if pause_ns:
            queue.move(entry, "delayed")
            self._admission.delay(queue, entry, pause_ns)
        else:
            queue.move(entry, "waiting")

    def _pause(self, queue: str, entry: Entry, delay: float | Backoff) -> float:
        """Return the pause after the latest delivery of a message, in seconds.

        Its draw is addressed by the queue, the message and the delivery.
        """
        if isinstance(delay, float):
            return delay
        message, made = entry.message, entry.deliveries
        previous = entry.pause_s if made > 1 else 0.0
        # No link has a name of three nodes, so that no other draw has this address.
        lane = Lane(f"{message.sender}→{self._name}→{queue}", Purpose.BACKOFF, made)
        pause = delay.pause_after(made, previous, self._draw(lane, message.number))
        field = "the result of Broker.queue.redelivery_delay.pause_after"
        entry.pause_s = number(field, pause, low=0)
        return entry.pause_s
