"""What a delivery guarantee is: two processes, one at the sender, one at the receiver.

A student's own is any object with these two methods. Each is a SimPy generator, or a plain
function where nothing has to be waited for:

    class SendTwice:
        def send(self, channel, message):
            channel.transmit(message, attempt=1)
            yield channel.timeout(0.1)
            channel.transmit(message, attempt=2)

        def receive(self, channel, copy):
            channel.hand_over(copy)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from simulator.network.tasks import Steps

if TYPE_CHECKING:
    from simulator.message import Message
    from simulator.network.channel.channel import Channel
    from simulator.network.channel.copies import Copy


class Guarantee(Protocol):
    """How a message is carried over an unreliable network."""

    def send(self, channel: Channel, message: Message) -> Steps | None:
        """Carry out the sender's part for one message."""

    def receive(self, channel: Channel, copy: Copy) -> Steps | None:
        """Carry out the receiver's part for one copy that arrived."""
