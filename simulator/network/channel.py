"""A channel: what a delivery guarantee can do, from one node to another.

A guarantee is written with the verbs of its two ends. At the sender: transmit, wait for the
acknowledgement, give up, release. At the receiver: hand over, suppress, acknowledge, remember,
forget.
"""

from simulator.network.end import Copy
from simulator.network.receiver_end import ReceiverEnd
from simulator.network.sender_end import SenderEnd
from simulator.protocols.channel import Steps


class Channel(SenderEnd, ReceiverEnd):
    """The way from a sender to a receiver under one guarantee."""

    def _receive(self, copy: Copy) -> Steps | None:
        return self.guarantee.receive(self, copy)
