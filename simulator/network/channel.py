"""A channel: what a delivery guarantee can do, from one node to another.

A guarantee is written with the verbs of this file. At the sender: transmit, wait for the
acknowledgement, give up. At the receiver: hand over, suppress, acknowledge, remember.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import simpy

from simulator.clock import END_OF_TIME, to_ns, to_seconds
from simulator.errors import Refused
from simulator.ledger import NEVER, Row
from simulator.message import Message, Transmission
from simulator.network.timers import Phase, Timer, now_ns
from simulator.policies import Retry, Retrying, SeenMessages
from simulator.randomness import Blocks, Lane, Purpose, Randomness
from simulator.validation import refuse

if TYPE_CHECKING:
    from simulator.network.guarantee import Guarantee, Steps
    from simulator.network.node import Node
    from simulator.network.wire import Wire
    from simulator.trace import Trace

ACKNOWLEDGEMENT_BYTES: Final = 40
"""Size of an acknowledgement or a refusal on the wire: a TCP/IP header without options.

Source: W. Eddy (ed.), "Transmission Control Protocol (TCP)", RFC 9293, 2022, and RFC 791.
"""


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
    wants_reply: bool = False
    expiry_ns: int = END_OF_TIME
    reply: Any = None
    waiter: simpy.Event | None = None
    failed_attempt: int = 0
    refused: bool = False
    held_back: bool = False


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
        self.acknowledges: bool = getattr(guarantee, "acknowledges", True)
        self._env = env
        self._wire = wire
        self._return_wire = return_wire
        self._guarantee = guarantee
        self._trace = trace
        self._memory: SeenMessages | None = None
        self._memory_is_durable = True
        self._shared: Retrying | None = None
        self._turns: simpy.Resource | None = None
        self._sendings: dict[int, Sending] = {}
        self._backoff_luck: Blocks[float] = Blocks(lambda *block: randomness.draws(*block).tolist())

    @property
    def now(self) -> float:
        """The clock, in seconds."""
        return to_seconds(now_ns(self._env))

    def open(self, message: Message, row: Row, *, wants_reply: bool = False) -> Sending:
        """Begin to keep account of a message."""
        sending = self._sendings[message.number] = Sending(message, row, wants_reply)
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
            size_bytes=message.size_bytes,
        )
        sending.row.in_flight += self._wire.carry(
            transmission, lambda number: self._arrive(sending, Copy(message, attempt, number))
        )

    def set_deadline(self, message: Message, seconds: float | None) -> None:
        """Let every wait for this message end `seconds` from now at the latest. None: no limit."""
        if seconds is not None:
            sending = self._sendings[message.number]
            sending.expiry_ns = min(sending.expiry_ns, now_ns(self._env) + to_ns(seconds))

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
            instant of the wait included, and False if the wait ends before, or the latest attempt
            is refused.
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

    def time_out(self, message: Message, attempt: int) -> bool:
        """Note that an attempt failed: it went unanswered for its timeout, or it was refused.

        Returns:
            Whether it was refused.
        """
        sending = self._sendings[message.number]
        refused = sending.refused and sending.failed_attempt == attempt
        sending.failed_attempt, sending.refused = attempt, refused
        if not refused:
            self._record("timed_out", message, self.sender, attempt=attempt)
        return refused

    def hold_back(self, message: Message) -> None:
        """Note that the circuit breaker did not let the message through."""
        self._sendings[message.number].held_back = True

    def await_turn(self, message: Message) -> None:
        """Note that the message is kept, to be sent later."""
        self._sendings[message.number].row.belief = "waiting"

    def attempts(self, message: Message) -> int:
        """Return how many times the message has been sent."""
        return self._sendings[message.number].row.attempts

    def give_up(self, message: Message) -> None:
        """Stop trying. An acknowledgement that comes later changes nothing."""
        row = self._sendings[message.number].row
        row.belief = "gave_up"
        row.gave_up_ns = now_ns(self._env)
        self._record("gave_up", message, self.sender)

    def shared(self, retry: Retry) -> Retrying:
        """Return what all messages of this channel share: breaker, budget, round-trip estimate."""
        if self._shared is None:
            self._shared = retry.start()
        return self._shared

    def turns(self, parallel: int) -> simpy.Resource:
        """Return what lets so many messages of this channel be sent at a time, in order."""
        if self._turns is None:
            self._turns = simpy.Resource(self._env, capacity=parallel)
        return self._turns

    # At the receiver.

    def hand_over(self, copy: Copy) -> simpy.Event:
        """Let the application's handler run, now or when a worker is free.

        Returns:
            An event to yield. Its value is what the handler returned, when it is done.

        Raises:
            Refused: If the receiver has neither a worker nor room to wait. The sender is told.
        """
        message = copy.message
        sending = self._sendings[message.number]
        if not self.receiver.has_room(message):
            self._refuse(copy)
            raise Refused(f"{self.receiver.name} refused {message.id}: it was full")

        def begin() -> None:
            sending.row.handovers += 1
            if sending.row.delivered_ns == NEVER:
                sending.row.delivered_ns = now_ns(self._env)
            self._record_copy("handed_over", copy)

        done = self.receiver.handle(message, sending.row, begin)
        if sending.wants_reply and not self.acknowledges:
            done.callbacks.append(lambda event: self.acknowledge(copy, event.value))
        if message.reply_to is not None:
            done.callbacks.append(lambda event: self.receiver.reply(message, event.value))
        return done

    def suppress(self, copy: Copy) -> None:
        """Drop a copy whose message was already seen."""
        self._sendings[copy.message.number].row.suppressed += 1
        self._record_copy("suppressed", copy)

    def memory(
        self, window: int | None = None, max_age: float | None = None, *, durable: bool = True
    ) -> SeenMessages:
        """Return what the receiver remembers of the messages that it has seen.

        Args:
            window: How many identifiers it remembers at most. None: all of them.
            max_age: How long it remembers one, in seconds. None: for ever.
            durable: Whether it outlives a crash of the receiver.
        """
        if self._memory is None:
            self._memory = SeenMessages(window, max_age, lambda: now_ns(self._env))
            self._memory_is_durable = durable
        return self._memory

    def acknowledge(self, copy: Copy, reply: Any = None) -> None:
        """Send an acknowledgement of a copy back; it carries the reply, if any."""
        sending = self._sendings[copy.message.number]
        sending.row.acks_sent += 1
        self._record_copy("ack_sent", copy)
        self._answer(copy, lambda link: self._learn(copy, link, reply))

    def _refuse(self, copy: Copy) -> None:
        self.receiver.refused.add(1)
        self._record_copy("refused", copy)
        if self.acknowledges or self._sendings[copy.message.number].wants_reply:
            self._answer(copy, lambda link: self._learn_refusal(copy, link))

    def _answer(self, copy: Copy, tell: Callable[[str], None]) -> None:
        """Send something small back to the sender, which is told if it is up when it comes."""
        wire = self._return_wire()
        transmission = Transmission(
            wire.name,
            copy.message.number,
            copy.attempt,
            copy.number,
            acknowledgement=True,
            sent_ns=now_ns(self._env),
            size_bytes=ACKNOWLEDGEMENT_BYTES,
        )

        def deliver(_: int) -> bool:
            if not self.sender.is_up:
                self._record_ack("dropped", copy, wire.name)
                return False
            tell(wire.name)
            return True

        wire.carry(transmission, deliver)

    # What the wires bring.

    def _arrive(self, sending: Sending, copy: Copy) -> bool:
        sending.row.in_flight -= 1
        if not self.receiver.is_up and not self.receiver.refuses_while_down:
            self._record_copy("dropped", copy)
            return False
        sending.row.arrivals += 1
        self._record_copy("arrived", copy)
        if not self.receiver.is_up:
            self._refuse(copy)
            return True
        try:
            steps = self._guarantee.receive(self, copy)
        except Refused:
            return True  # hand_over has told the sender
        if steps is not None:
            self.receiver.process(_unless_refused(steps))
        return True

    def _learn(self, copy: Copy, link: str, reply: Any) -> None:
        """Find whose acknowledgement it is by the message's number, and tell who waits for it."""
        sending = self._sendings[copy.message.number]
        row = sending.row
        self._record_ack("arrived", copy, link)
        if row.belief in {"acknowledged", "gave_up", "forgot"}:
            return
        row.belief = "acknowledged"
        row.acknowledged_ns = now_ns(self._env)
        sending.reply = reply
        self._record_ack("acknowledged", copy, link)
        if sending.waiter is not None and not sending.waiter.triggered:
            sending.waiter.succeed(value=True)

    def _learn_refusal(self, copy: Copy, link: str) -> None:
        """End the wait of the attempt that was refused, if it is the latest and still waits."""
        sending = self._sendings[copy.message.number]
        self._record_ack("arrived", copy, link)
        waits = sending.waiter is not None and not sending.waiter.triggered
        latest = copy.attempt == sending.row.attempts and copy.attempt > sending.failed_attempt
        if waits and latest and sending.row.belief == "waiting":
            assert sending.waiter is not None  # noqa: S101 - it waits
            sending.failed_attempt, sending.refused = copy.attempt, True
            sending.waiter.succeed(value=False)

    # A crash of either end.

    def forget_sendings(self) -> None:
        """Lose what the sender keeps in memory: it has crashed."""
        for sending in self._sendings.values():
            if sending.row.belief == "waiting":
                sending.row.belief = "forgot"
                sending.waiter = None
        self._shared = self._turns = None

    def forget_memory(self) -> None:
        """Lose what the receiver keeps in memory: it has crashed.

        Durable memory stays, but for messages whose handling was cut short: the memory of a message
        is kept together with the effect of handling it, or not at all.
        """
        if self._memory is not None:
            self._memory.keep(was_done if self._memory_is_durable else lambda _: False)

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


def was_done(reply: Any) -> bool:
    """Whether a handling whose reply this is had come to its end."""
    return not isinstance(reply, simpy.Event) or reply.triggered


def _unless_refused(steps: Steps) -> Steps:
    """Carry out the receiver's part; a refusal ends it, as the sender was told."""
    try:
        yield from steps
    except Refused:
        return
