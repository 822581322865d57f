"""Best effort: the raw network, with nothing added."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from simulator.message import Message
from simulator.policies import Promise
from simulator.protocols.channel import Copy, ReceiverEnd, SenderEnd


@dataclass(frozen=True, slots=True)
class BestEffort:
    """Send once, hand over every copy. Promises nothing.

    A message may be lost, and handed over twice if the network duplicates it.
    """

    promises: ClassVar[frozenset[Promise]] = frozenset()
    acknowledges: ClassVar[bool] = False

    def send(self, channel: SenderEnd, message: Message) -> None:
        """Send once."""
        channel.transmit(message, attempt=1)

    def receive(self, channel: ReceiverEnd, copy: Copy) -> None:
        """Hand over every copy."""
        channel.hand_over(copy)
