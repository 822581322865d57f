"""The receiver's end of a channel: hand over, suppress, acknowledge, remember, forget."""

from __future__ import annotations

from types import GeneratorType
from typing import TYPE_CHECKING, Any, Final, Protocol

import simpy

from simulator.callables import generator
from simulator.errors import Failed, Refused
from simulator.network.channel.copies import Answer, Refusal
from simulator.network.channel.end import End
from simulator.network.channel.receiving import NotAdmitted, Receiving, was_done, when_done
from simulator.network.failures import say_where_it_left
from simulator.network.payload import ATOMS, as_sent, own_copy
from simulator.policies import SeenMessages

if TYPE_CHECKING:
    from simulator.message import Message
    from simulator.network.channel.copies import Copy
    from simulator.network.channel.sender_end import Sender, SenderEnd
    from simulator.network.gauge import Gauge
    from simulator.network.processes import Processes
    from simulator.network.schedule import Schedule
    from simulator.network.wire import Wire
    from simulator.protocols.channel import Guarantee, Steps
    from simulator.trace import Trace

ACKNOWLEDGEMENT_BYTES: Final = 40
"""Size of an acknowledgement or a refusal on the wire: a TCP/IP header without options.

Source: W. Eddy (ed.), "Transmission Control Protocol (TCP)", RFC 9293, 2022, and RFC 791.
"""


class Receiver(Protocol):
    """What a channel needs of the node that receives."""

    name: str
    life: int
    is_up: bool
    refuses_while_down: bool
    refused: Gauge
    processes: Processes

    def take(self, copy: Copy) -> simpy.Event | None:
        """Let the handler of a copy's message run, now or later; None if there is no room."""

    def reply(self, request: Message, result: Any) -> None:
        """Send the result of a request to where its sender wants it."""


class ReceiverEnd(End):
    """What a guarantee can do at the receiver.

    Attributes:
        receiver: The node at this end.
        sender: The node at the other end.
        far_end: The sender's end.
        acknowledges: Whether the guarantee answers what it receives.
    """

    far_end: SenderEnd

    def __init__(  # noqa: PLR0917 - it joins two nodes, a wire and a guarantee
        self,
        env: Schedule,
        sender: Sender,
        receiver: Receiver,
        wire: Wire,
        guarantee: Guarantee,
        trace: Trace,
    ) -> None:
        """Open this end of the channel."""
        super().__init__(env, trace, wire.name)
        self.sender = sender
        self.receiver = receiver
        self.acknowledges: bool = getattr(guarantee, "acknowledges", True)
        acknowledges_after = getattr(guarantee, "acknowledge", "after") == "after"
        self._answers_failures = self.acknowledges and acknowledges_after
        self._node = receiver.name
        self._guarantee = guarantee
        self._memory: SeenMessages | None = None
        self._memory_is_durable = True

    def hand_over(self, copy: Copy) -> simpy.Event:
        """Let the application's handler run, now or when a worker is free.

        Returns:
            An event to yield. Its value is what the handler returned, when it is done.

        Raises:
            Refused: If the receiver has neither a worker nor room to wait. The sender learns of it,
                unless the network's other copy of it was let in: then it was not refused.
        """
        receiver = self.receiver
        handling = receiver.take(copy)
        if handling is None:
            other = copy.twin
            was_let_in = receiver.life in {copy.let_in, other.let_in if other else None}
            self.refuse(copy, silently=was_let_in)
            raise NotAdmitted(f"{receiver.name} refused {copy.message.id}: it was full")
        copy.let_in = receiver.life
        if copy.wants_reply and not self.acknowledges:
            when_done(handling, lambda event: self._answer(copy, event))
        if copy.message.reply_to is not None:
            when_done(handling, lambda event: self._reply(copy, event))
        return handling

    def suppress(self, copy: Copy) -> None:
        """Drop a copy whose message was already seen."""
        copy.row.suppressed += 1
        if self.trace.enabled:
            self._record("suppressed", copy)

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
            self._memory = SeenMessages(window, max_age, lambda: self.env.instant_ns)
            self._memory_is_durable = durable
        return self._memory

    def release(self, copy: Copy) -> None:
        """Forget a message that its sender will not send again."""
        self.memory().forget(copy.message.id)
        if self.trace.enabled:
            self._record("released", copy, "release")

    def acknowledge(self, copy: Copy, reply: Any = None) -> None:
        """Send an acknowledgement of a copy back; it carries the reply, if any."""
        if type(reply) not in ATOMS:
            reply = own_copy(reply)
        self._send(Answer(self.far_end, copy, reply), copy)

    # The rest is for the network.

    def note_failure(self, copy: Copy, failure: Failed | NotAdmitted) -> None:
        """Forget a handling that failed, so that a retry begins another; say so if it is awaited.

        A guarantee that acknowledges before handling has answered.
        """
        memory, message_id = self._memory, copy.message.id
        if memory is not None and message_id in memory:
            handling = memory.reply_to(message_id)
            if isinstance(handling, simpy.Event) and handling.triggered and not handling.ok:
                memory.forget(message_id)
        if isinstance(failure, Failed) and self._answers_failures:
            self._fail(copy, failure)

    def _answer(self, copy: Copy, handling: simpy.Event) -> None:
        """Answer somebody who waits for a reply that the guarantee does not send."""
        if handling.ok:
            self.acknowledge(copy, handling.value)
        elif isinstance(handling.value, Failed):
            self._fail(copy, handling.value)

    def _reply(self, copy: Copy, handling: simpy.Event) -> None:
        """Send the result of a handling to the reply queue that its sender named."""
        if handling.ok:
            self.receiver.reply(copy.message, handling.value)

    def _fail(self, copy: Copy, failure: Failed) -> None:
        self._send(Refusal(self.far_end, copy, as_sent(failure)), copy)

    def _send(self, answer: Answer, copy: Copy) -> None:
        """Put an answer to a copy on its way back."""
        copy.row.acks_sent += 1
        trace = self.trace
        if trace.enabled:
            now_ns, node, link = self.env.instant_ns, self._node, self.link
            message, attempt, number = copy.message, copy.attempt, copy.number
            trace.log.extend(
                (now_ns, "ack_sent", node, link, message, attempt, number, answer.kind)
            )
        way_back = self.far_end.way_back or self._way_back
        way_back.carry(answer, ACKNOWLEDGEMENT_BYTES)

    def arrive(self, copy: Copy) -> bool:
        """Let a copy in, unless the receiver is down and silent."""
        row, receiver = copy.row, self.receiver
        if not copy.is_release:
            row.in_flight -= 1
        is_up, trace = receiver.is_up, self.trace
        if not is_up and not receiver.refuses_while_down:
            if trace.enabled:
                self._record("dropped", copy, copy.kind)
            return False
        row.arrivals += 1
        if trace.enabled:
            now_ns, node, link = self.env.instant_ns, self._node, self.link
            message, attempt, number = copy.message, copy.attempt, copy.number
            kind = "release" if copy.is_release else None
            trace.log.extend((now_ns, "arrived", node, link, message, attempt, number, kind))
        if not is_up:
            self.refuse(copy)
            return True
        try:
            steps = self._guarantee.receive(self, copy)
        except NotAdmitted:
            return True  # and the sender learns of it
        if steps is not None:
            if type(steps) is not GeneratorType:
                generator("Guarantee.receive", steps)
            self._carry_out(steps, copy)
        return True

    def _carry_out(self, steps: Steps, copy: Copy) -> None:
        """Carry out the guarantee's part: in line as far as it need not wait, then as a task."""
        receiver = self.receiver
        life = receiver.life
        try:
            event = steps.send(None)
            if getattr(event, "callbacks", False) is None:  # it has happened
                value: Any = event._value
                event = steps.send(value) if event._ok else steps.throw(value)
        except StopIteration:
            return
        except (NotAdmitted, Failed) as failure:
            self.note_failure(copy, failure)
            return
        except Exception as error:
            say_where_it_left(error)
            raise
        if receiver.life == life:
            Receiving(copy, receiver.processes, steps, event)
        else:
            steps.close()  # it has crashed its own host

    def forget(self) -> None:
        """Lose what the receiver keeps in memory: it has crashed.

        Durable memory stays, but for messages whose handling was cut short: the memory of a message
        is kept together with the effect of handling it, or not at all.
        """
        if self._memory is not None:
            self._memory.keep(was_done if self._memory_is_durable else lambda _: False)

    @property
    def _way_back(self) -> Wire:
        """The wire that answers take."""
        far_end = self.far_end
        if far_end.way_back is None:
            far_end.find_way_back()
        way_back: Wire = far_end.way_back  # type: ignore[assignment]  # it has been found
        return way_back

    def refuse(self, copy: Copy, reason: str = "", *, silently: bool = False) -> None:
        """Refuse a copy, and say so to a sender that waits for an answer.

        Args:
            copy: The copy.
            reason: Why, where it is not that the node is down or full.
            silently: Whether to say nothing.
        """
        self.receiver.refused.add(1)
        if self.trace.enabled:
            self._record("refused", copy)
        if not silently and (self.acknowledges or copy.wants_reply):
            refusal = Refusal(self.far_end, copy, Refused(reason) if reason else None)
            self._way_back.carry(refusal, ACKNOWLEDGEMENT_BYTES)

    def _record(self, event: str, copy: Copy, kind: str | None = None) -> None:
        now_ns, node, link = self.env.instant_ns, self._node, self.link
        message, attempt, number = copy.message, copy.attempt, copy.number
        self.trace.log.extend((now_ns, event, node, link, message, attempt, number, kind))
