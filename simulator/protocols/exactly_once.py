"""Exactly once: at-least-once delivery, at-most-once processing.

The network cannot deliver a message exactly once. A sender that resends until acknowledged and a
receiver that drops duplicates have the same effect for the application.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from simulator.fields import BOOLEAN, Checked
from simulator.policies import MAX_AGE, WINDOW, Promise, Retry
from simulator.protocols.at_least_once import AtLeastOnce
from simulator.protocols.channel import Copy, ReceiverEnd, Steps
from simulator.protocols.checks import ACKNOWLEDGE, RETRY


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactlyOnce(Checked):
    """Resend until acknowledged; hand over the first copy only, acknowledge each.

    Promises that no message is handed over twice, nor lost in silence. A memory that is bounded or
    lost in a crash breaks the first promise: a copy that arrives after its message was forgotten is
    handed over again. So is a message whose handling failed or was interrupted by a crash; since
    neither has an effect, it takes effect only once. Acknowledging before handling breaks the
    second promise when the receiver crashes or refuses.

    Attributes:
        retry: When to send again, and when to give up.
        window: How many identifiers the receiver remembers. None: all of them.
        max_age: How long it remembers one, in seconds. None: for ever.
        durable: Whether its memory survives a crash.
        acknowledge: Whether a copy is acknowledged "after" its message is handled, or "before".
    """

    retry: Retry = field(default_factory=Retry, metadata=RETRY)
    window: int | None = field(default=None, metadata=WINDOW)
    max_age: float | None = field(default=None, metadata=MAX_AGE)
    durable: bool = field(default=True, metadata=BOOLEAN)
    acknowledge: Literal["before", "after"] = field(default="after", metadata=ACKNOWLEDGE)

    promises: ClassVar[frozenset[Promise]] = frozenset(
        {Promise.NEVER_TWICE, Promise.NEVER_LOST_IN_SILENCE}
    )
    acknowledges: ClassVar[bool] = True

    send = AtLeastOnce.send

    def receive(self, channel: ReceiverEnd, copy: Copy) -> Steps:
        """Hand over the first copy, drop the others, acknowledge each.

        A copy that arrives while the first is being handled is acknowledged once that is done.
        """
        if self.acknowledge == "before":
            channel.acknowledge(copy)
        seen = channel.memory(self.window, self.max_age, durable=self.durable)
        if copy.message.id in seen:
            channel.suppress(copy)
        else:
            seen.remember(copy.message.id, channel.hand_over(copy))
        reply = yield seen.reply_to(copy.message.id)
        if self.acknowledge == "after":
            channel.acknowledge(copy, reply)
