"""At least once: a message is sent until acknowledged, and may be handed over twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

from simulator.policies import Promise, Retry
from simulator.protocols.checks import check_acknowledge, check_retry
from simulator.protocols.resending import send_until_acknowledged

if TYPE_CHECKING:
    from simulator.message import Message
    from simulator.network import Channel, Copy, Steps


@dataclass(frozen=True, slots=True, kw_only=True)
class AtLeastOnce:
    """Resend until acknowledged; hand over every copy, acknowledge each.

    Promises that no message is lost in silence: it is handed over, or the sender knows that it
    gave up. Acknowledging before handling breaks that when the receiver crashes or refuses.

    Attributes:
        retry: When to send again, and when to give up.
        acknowledge: Whether a copy is acknowledged "after" it is handled, or "before".
    """

    retry: Retry = field(default_factory=Retry)
    acknowledge: Literal["before", "after"] = "after"

    promises: ClassVar[frozenset[Promise]] = frozenset({Promise.NEVER_LOST_IN_SILENCE})
    acknowledges: ClassVar[bool] = True

    def __post_init__(self) -> None:
        """Refuse bad parameters."""
        check_retry("AtLeastOnce.retry", self.retry)
        check_acknowledge("AtLeastOnce.acknowledge", self.acknowledge)

    def send(self, channel: Channel, message: Message) -> Steps:
        """Resend until acknowledged."""
        yield from send_until_acknowledged(channel, message, self.retry)

    def receive(self, channel: Channel, copy: Copy) -> Steps:
        """Hand over every copy, acknowledge each."""
        if self.acknowledge == "before":
            channel.acknowledge(copy)
            yield channel.hand_over(copy)
        else:
            reply = yield channel.hand_over(copy)
            channel.acknowledge(copy, reply)
