"""A channel: what a delivery guarantee can do, from one node to another.

A guarantee is written with the verbs of this file. At the sender: transmit, wait for the
acknowledgement, give up. At the receiver: hand over, suppress, acknowledge, remember.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import simpy

from simulator.clock import END_OF_TIME, to_ns
from simulator.ledger import NEVER, Row
from simulator.message import Message, Transmission
from simulator.network.timers import Phase, Timer, now_ns
from simulator.policies import SeenMessages
from simulator.randomness import Blocks, Lane, Purpose, Randomness
from simulator.validation import refuse

if TYPE_CHECKING:
    from simulator.network.guarantee import Guarantee
    from simulator.network.node import Node
    from simulator.network.wire import Wire
    from simulator.trace import Trace


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of a message, as it reached the receiver.

    Attributes:
        message: The message that it carries.
        attempt: Which sending of the message, from 1.
        number: 0, or 1 for the copy that the network made.
    """

    message: Message
    attempt: int
    number: int


@dataclass(slots=True, eq=False)
class Sending:
    """What the sender keeps of a message: its row, the reply, and who waits for it until when."""

    message: Message
    row: Row
    expiry_ns: int = END_OF_TIME
    reply: Any = None
    waiter: simpy.Event | None = None


class Channel:
    """The way from a sender to a receiver under one guarantee."""

    def __init__(  # noqa: PLR0917 - it joins two nodes, two wires and a guarantee
        self,
        env: simpy.Environment,
        sender: Node,
        receiver: Node,
        wire: Wire,
        return_wire: Callable[[], Wire],
        guarantee: Guarantee,
        randomness: Randomness,
        trace: Trace,
    ) -> None:
        """Open the channel. `return_wire` is asked for when the first acknowledgement is sent."""
        self.sender = sender
        self.receiver = receiver
        self._env = env
        self._wire = wire
        self._return_wire = return_wire
        self._guarantee = guarantee
        self._trace = trace
        self._memory: SeenMessages | None = None
        self._sendings: dict[int, Sending] = {}
        self._backoff_luck: Blocks[float] = Blocks(lambda *block: randomness.draws(*block).tolist())

    def open(self, message: Message, row: Row) -> Sending:
        """Begin to keep account of a message."""
        sending = self._sendings[message.number] = Sending(message, row)
        return sending

    def timeout(self, seconds: float) -> simpy.Event:
        """Return an event that happens after `seconds`."""
        return Timer(self._env, to_ns(seconds), Phase.TIMER)

    # At the sender.

    def note_creation(self, message: Message) -> None:
        """Note that the message is about to be sent for the first time."""
        self._record("created", message, self.sender)

    def transmit(self, message: Message, attempt: int) -> None:
        """Put a copy of the message on the link. Attempts count from 1."""
        sending = self._sendings[message.number]
        sending.row.attempts += 1
        self._record("sent", message, self.sender, attempt=attempt)
        transmission = Transmission(
            self._wire.name,
            message.number,
            attempt,
            0,
            acknowledgement=False,
            sent_ns=now_ns(self._env),
        )
        sending.row.in_flight += self._wire.carry(
            transmission, lambda number: self._arrive(sending, Copy(message, attempt, number))
        )

    def set_deadline(self, message: Message, seconds: float | None) -> None:
        """Let every wait for this message end `seconds` from now at the latest. None: no limit."""
        if seconds is not None:
            sending = self._sendings[message.number]
            sending.expiry_ns = min(now_ns(self._env) + to_ns(seconds), END_OF_TIME)

    def expired(self, message: Message) -> bool:
        """Whether the deadline of the message has come."""
        return now_ns(self._env) >= self._sendings[message.number].expiry_ns

    def acknowledgement(self, message: Message, *, within: float) -> simpy.Event:
        """Wait for an acknowledgement of any attempt, up to a time or the deadline.

        Args:
            message: The message.
            within: Longest wait, in seconds.

        Returns:
            An event to yield. Its value is True as soon as the message is acknowledged, at the last
            instant of the wait included, and False if the wait ends before.
        """
        if not within >= 0:  # NaN too, from a student's own backoff
            refuse("Channel.acknowledgement.within", within, "a number of seconds at least 0")
        sending = self._sendings[message.number]
        answer = simpy.Event(self._env)
        if sending.row.belief == "acknowledged":
            return answer.succeed(value=True)
        sending.row.belief = "waiting"
        sending.waiter = answer
        end_ns = min(now_ns(self._env) + to_ns(within), sending.expiry_ns)
        if end_ns < END_OF_TIME:
            timer = Timer(self._env, end_ns - now_ns(self._env), Phase.TIMER)

            def end_wait(_: simpy.Event) -> None:
                if not answer.triggered:
                    answer.succeed(value=False)

            timer.callbacks.append(end_wait)
        return answer

    def luck(self, message: Message, attempt: int) -> float:
        """Return the draw, uniform on [0, 1), that spreads the pause after an attempt."""
        return self._backoff_luck(Lane(self._wire.name, Purpose.BACKOFF, attempt), message.number)

    def time_out(self, message: Message, attempt: int) -> None:
        """Note that an attempt went unanswered for the length of its timeout."""
        self._record("timed_out", message, self.sender, attempt=attempt)

    def give_up(self, message: Message) -> None:
        """Stop trying. An acknowledgement that comes later changes nothing."""
        row = self._sendings[message.number].row
        row.belief = "gave_up"
        row.gave_up_ns = now_ns(self._env)
        self._record("gave_up", message, self.sender)

    # At the receiver.

    def hand_over(self, copy: Copy) -> simpy.Event:
        """Run the application's handler.

        Returns:
            An event to yield. Its value is what the handler returned, when it is done.
        """
        row = self._sendings[copy.message.number].row
        row.handovers += 1
        handler = self.receiver.handler(copy.message.topic)
        if not (handler.idempotent and row.effects):
            row.effects += 1
        if row.delivered_ns == NEVER:
            row.delivered_ns = now_ns(self._env)
        self._record_copy("handed_over", copy)
        result = handler.function(copy.message)
        if isinstance(result, Generator):
            return self._env.process(result)
        return simpy.Event(self._env).succeed(value=result)

    def suppress(self, copy: Copy) -> None:
        """Drop a copy whose message was already seen."""
        self._sendings[copy.message.number].row.suppressed += 1
        self._record_copy("suppressed", copy)

    def memory(self, window: int | None = None) -> SeenMessages:
        """Return what the receiver remembers of the messages that it has seen.

        Args:
            window: How many identifiers it remembers at most. None: all of them.
        """
        if self._memory is None:
            self._memory = SeenMessages(window)
        return self._memory

    def acknowledge(self, copy: Copy, reply: Any = None) -> None:
        """Send an acknowledgement of a copy back; it carries the reply, if any."""
        sending = self._sendings[copy.message.number]
        sending.row.acks_sent += 1
        self._record_copy("ack_sent", copy)
        wire = self._return_wire()
        transmission = Transmission(
            wire.name,
            copy.message.number,
            copy.attempt,
            copy.number,
            acknowledgement=True,
            sent_ns=now_ns(self._env),
        )
        wire.carry(transmission, lambda _: self._learn(sending, copy, wire.name, reply))

    # What the wires bring.

    def _arrive(self, sending: Sending, copy: Copy) -> None:
        sending.row.in_flight -= 1
        sending.row.arrivals += 1
        self._record_copy("arrived", copy)
        steps = self._guarantee.receive(self, copy)
        if steps is not None:
            self._env.process(steps)

    def _learn(self, sending: Sending, copy: Copy, link: str, reply: Any) -> None:
        row = sending.row
        self._record_ack("arrived", copy, link)
        if row.belief in {"acknowledged", "gave_up"}:
            return
        row.belief = "acknowledged"
        row.acknowledged_ns = now_ns(self._env)
        sending.reply = reply
        self._record_ack("acknowledged", copy, link)
        if sending.waiter is not None and not sending.waiter.triggered:
            sending.waiter.succeed(value=True)

    def _record_ack(self, event: str, copy: Copy, link: str) -> None:
        self._trace.record(
            now_ns(self._env),
            event,
            copy.message.number,
            node=self.sender.name,
            link=link,
            attempt=copy.attempt,
            copy=copy.number,
        )

    def _record_copy(self, event: str, copy: Copy) -> None:
        self._record(event, copy.message, self.receiver, attempt=copy.attempt, copy=copy.number)

    def _record(
        self, event: str, message: Message, node: Node, *, attempt: int = 0, copy: int = 0
    ) -> None:
        self._trace.record(
            now_ns(self._env),
            event,
            message.number,
            node=node.name,
            link=self._wire.name,
            attempt=attempt,
            copy=copy,
        )
