"""At most once: a message may be lost, but it is never handed over twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from simulator.policies import Promise

if TYPE_CHECKING:
    from simulator.message import Message
    from simulator.network import Channel, Copy


@dataclass(frozen=True, slots=True)
class AtMostOnce:
    """Send once, drop copies already seen.

    Promises that no message is handed over twice, even if the network duplicates it.
    """

    promises: ClassVar[frozenset[Promise]] = frozenset({Promise.NEVER_TWICE})
    acknowledges: ClassVar[bool] = False

    def send(self, channel: Channel, message: Message) -> None:
        """Send once, and never know."""
        channel.transmit(message, attempt=1)

    def receive(self, channel: Channel, copy: Copy) -> None:
        """Hand over the first copy, drop the others."""
        seen = channel.memory()
        if copy.message.id in seen:
            channel.suppress(copy)
        else:
            channel.hand_over(copy)
            seen.remember(copy.message.id)
