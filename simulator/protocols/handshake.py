"""Exactly once by a four-way handshake: the sender says when the receiver may forget.

    sender                          receiver
       data      →                     hand over, and remember the identifier
                           ←  received
       release   →                     forget the identifier
                           ←  complete

The sender repeats the data until the answer "received" comes, then the release until the answer
"complete" does. Deduplication remembers every message for ever; the handshake, only those between
"received" and their release.

Its price, beside two more transmissions: to a receiver that has forgotten a message, a copy of its
data that arrives after the release is new, and is handed over again. The handshake keeps its
promise only over a link that preserves order, `Link(ordered=True)`, as TCP does for MQTT.

Source: A. Banks, E. Briggs, K. Borgendale, R. Gupta (ed.), "MQTT Version 5.0", OASIS Standard,
2019, section 4.3.3 (QoS 2: exactly once delivery; PUBLISH, PUBREC, PUBREL, PUBCOMP).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from simulator.fields import BOOLEAN, Checked
from simulator.message import Message
from simulator.policies import Promise, Retry
from simulator.protocols.channel import Copy, ReceiverEnd, SenderEnd, Steps
from simulator.protocols.checks import RETRY


@dataclass(frozen=True, slots=True, kw_only=True)
class Handshake(Checked):
    """Resend until received, release until complete; remember a message until its release.

    Promises that no message is handed over twice, nor lost in silence. A link that lets copies
    overtake each other breaks the first promise, and so does a memory lost in a crash. A receiver
    never forgets a message whose sender stops releasing, out of attempts or crashed.

    The sender's belief is "acknowledged" once it knows that the message was received; it is done
    with the message when that is complete, or when it stops releasing.

    Attributes:
        retry: When to send again, and when to give up: for the data, then for the release.
        durable: Whether the receiver's memory survives a crash.
    """

    retry: Retry = field(default_factory=Retry, metadata=RETRY)
    durable: bool = field(default=True, metadata=BOOLEAN)

    promises: ClassVar[frozenset[Promise]] = frozenset(
        {Promise.NEVER_TWICE, Promise.NEVER_LOST_IN_SILENCE}
    )
    acknowledges: ClassVar[bool] = True

    def send(self, channel: SenderEnd, message: Message) -> Steps:
        """Send the data until received, then releases until complete."""
        for attempt in channel.attempts(message, self.retry):
            channel.transmit(message, attempt)
            if (yield channel.acknowledgement(message, within=attempt.timeout)):
                break
            if (yield channel.pause(attempt)):
                break
        else:
            channel.give_up(message)
            return
        for attempt in channel.attempts(message, self.retry, release=True):
            channel.transmit(message, attempt)
            if (yield channel.acknowledgement(message, within=attempt.timeout)):
                return
            if (yield channel.pause(attempt)):
                return

    def receive(self, channel: ReceiverEnd, copy: Copy) -> Steps:
        """Hand over the first copy and remember its message until the release; answer each copy."""
        seen = channel.memory(durable=self.durable)
        reply = None
        if copy.is_release:
            channel.release(copy)
        else:
            if copy.message.id in seen:
                channel.suppress(copy)
            else:
                seen.remember(copy.message.id, channel.hand_over(copy))
            reply = yield seen.reply_to(copy.message.id)
        channel.acknowledge(copy, reply)
