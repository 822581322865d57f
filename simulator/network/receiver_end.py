"""The receiver's end of a channel: hand over, suppress, acknowledge, remember, forget."""

from __future__ import annotations

from typing import Any, Final

import simpy

from simulator.ledger import NEVER
from simulator.network.end import Copy, End
from simulator.network.job import NotAdmitted
from simulator.network.payload import own_copy, with_own_data
from simulator.network.wire import Parcel
from simulator.policies import SeenMessages

ACKNOWLEDGEMENT_BYTES: Final = 40
"""Size of an acknowledgement or a refusal on the wire: a TCP/IP header without options.

Source: W. Eddy (ed.), "Transmission Control Protocol (TCP)", RFC 9293, 2022, and RFC 791.
"""


class Answer(Parcel):
    """An acknowledgement of a copy, or its refusal, on its way to the sender."""

    __slots__ = ("_channel", "_copy", "_refusal", "_reply")

    def __init__(self, channel: End, copy: Copy, reply: Any, refusal: bool) -> None:  # noqa: FBT001
        """Make an answer, which a wire is to carry."""
        self._channel = channel
        self._copy = copy
        self._reply = reply
        self._refusal = refusal

    def twin(self) -> Answer:
        """Return the copy of it that the network makes."""
        return Answer(self._channel, self._copy, self._reply, self._refusal)

    def arrive(self) -> bool:
        """Reach the sender."""
        return self._channel._hear(self._copy, self._reply, refusal=self._refusal)  # noqa: SLF001


class ReceiverEnd(End):
    """What a guarantee can do at the receiver."""

    def __init__(self, *ends: Any) -> None:
        """Open this end of the channel."""
        super().__init__(*ends)
        self._memory: SeenMessages | None = None
        self._memory_is_durable = True

    def hand_over(self, copy: Copy) -> simpy.Event:
        """Let the application's handler run, now or when a worker is free.

        Returns:
            An event to yield. Its value is what the handler returned, when it is done.

        Raises:
            Refused: If the receiver has neither a worker nor room to wait. The sender learns of it,
                unless another copy of the same attempt was let in: then it was not refused.
        """
        message = copy.message
        sending = copy.sending
        this_attempt = copy.attempt, self.receiver.life
        if not self.receiver.has_room(message):
            self._refuse(copy, silently=sending.let_in == this_attempt)
            raise NotAdmitted(f"{self.receiver.name} refused {message.id}: it was full")

        sending.let_in = this_attempt
        done = self.receiver.handle(with_own_data(message), sending.row, copy.note_handover)
        if sending.wants_reply and not self.acknowledges:
            done.callbacks.append(lambda event: self.acknowledge(copy, event.value))
        if message.reply_to is not None:
            done.callbacks.append(lambda event: self.receiver.reply(message, event.value))
        return done

    def _note_handover(self, copy: Copy) -> None:
        row = copy.sending.row
        row.handovers += 1
        if row.delivered_ns == NEVER:
            row.delivered_ns = self.env.instant_ns
        self._record_copy("handed_over", copy)

    def suppress(self, copy: Copy) -> None:
        """Drop a copy whose message was already seen."""
        copy.sending.row.suppressed += 1
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
            self._memory = SeenMessages(window, max_age, lambda: self.env.instant_ns)
            self._memory_is_durable = durable
        return self._memory

    def release(self, copy: Copy) -> None:
        """Forget a message that its sender will not send again."""
        self.memory().forget(copy.message.id)
        self._record_copy("released", copy)

    def acknowledge(self, copy: Copy, reply: Any = None) -> None:
        """Send an acknowledgement of a copy back; it carries the reply, if any."""
        sending = copy.sending
        sending.row.acks_sent += 1
        self._record_copy("ack_sent", copy)
        self._answer(copy, own_copy(reply), refusal=False)

    def _refuse(self, copy: Copy, *, silently: bool = False) -> None:
        self.receiver.refused.add(1)
        self._record_copy("refused", copy)
        if silently:
            return
        if self.acknowledges or copy.sending.wants_reply:
            self._answer(copy, None, refusal=True)

    def _answer(self, copy: Copy, reply: Any, *, refusal: bool) -> None:
        """Send something small back to the sender."""
        wire = self._way_back
        if wire is None:
            wire = self._way_back = self._return_wire()
        wire.carry(
            Answer(self, copy, reply, refusal),
            copy.message.number,
            copy.attempt,
            copy.number,
            acknowledgement=True,
            size_bytes=ACKNOWLEDGEMENT_BYTES,
        )

    def _arrive(self, copy: Copy) -> bool:
        sending = copy.sending
        if not copy.is_release:
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
            steps = self._receive(copy)
        except NotAdmitted:
            return True  # hand_over has told the sender
        if steps is not None:
            self.receiver.start_receiving(steps)
        return True

    def forget_memory(self) -> None:
        """Lose what the receiver keeps in memory: it has crashed.

        Durable memory stays, but for messages whose handling was cut short: the memory of a message
        is kept together with the effect of handling it, or not at all.
        """
        if self._memory is not None:
            self._memory.keep(was_done if self._memory_is_durable else lambda _: False)

    def _record_copy(self, event: str, copy: Copy) -> None:
        if self._trace.enabled:
            self._record(event, copy.message, self.receiver, attempt=copy.attempt, copy=copy.number)


def was_done(reply: Any) -> bool:
    """Whether a handling whose reply this is had come to its end."""
    return not isinstance(reply, simpy.Event) or reply.triggered
