"""Best effort: the raw network, with nothing added."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from simulator.message import Message
    from simulator.network import Channel, Copy
    from simulator.policies import Promise


@dataclass(frozen=True, slots=True)
class BestEffort:
    """Send once, hand over every copy. Promises nothing.

    A message may be lost, and handed over twice if the network duplicates it.
    """

    promises: ClassVar[frozenset[Promise]] = frozenset()
    acknowledges: ClassVar[bool] = False

    def send(self, channel: Channel, message: Message) -> None:
        """Send once."""
        channel.transmit(message, attempt=1)

    def receive(self, channel: Channel, copy: Copy) -> None:
        """Hand over every copy."""
        channel.hand_over(copy)
