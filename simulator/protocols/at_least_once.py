"""At least once: a message is sent until acknowledged, and may be handed over repeatedly."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal, Protocol

from simulator.fields import Checked
from simulator.message import Message
from simulator.policies import Promise, Retry
from simulator.protocols.channel import Copy, ReceiverEnd, SenderEnd, Steps
from simulator.protocols.checks import ACKNOWLEDGE, RETRY


class Resends(Protocol):
    """A guarantee with a retry policy."""

    @property
    def retry(self) -> Retry:
        """When to send again, and when to give up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtLeastOnce(Checked):
    """Resend until acknowledged; hand over every copy, acknowledge each.

    Promises that no message is lost in silence: it is handed over, or the sender knows that it
    gave up. Acknowledging before handling breaks this promise when the receiver crashes or refuses.

    Attributes:
        retry: When to send again, and when to give up.
        acknowledge: Whether a copy is acknowledged "after" it is handled, or "before".
    """

    retry: Retry = field(default_factory=Retry, metadata=RETRY)
    acknowledge: Literal["before", "after"] = field(default="after", metadata=ACKNOWLEDGE)

    promises: ClassVar[frozenset[Promise]] = frozenset({Promise.NEVER_LOST_IN_SILENCE})
    acknowledges: ClassVar[bool] = True

    def send(self: Resends, channel: SenderEnd, message: Message) -> Steps:
        """Resend until acknowledged."""
        for attempt in channel.attempts(message, self.retry):
            channel.transmit(message, attempt)
            if (yield channel.acknowledgement(message, within=attempt.timeout)):
                return
            if (yield channel.pause(attempt)):
                return
        channel.give_up(message)

    def receive(self, channel: ReceiverEnd, copy: Copy) -> Steps:
        """Hand over every copy, acknowledge each."""
        if self.acknowledge == "before":
            channel.acknowledge(copy)
            yield channel.hand_over(copy)
        else:
            reply = yield channel.hand_over(copy)
            channel.acknowledge(copy, reply)
