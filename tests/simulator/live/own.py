"""A guarantee of a student's own, in a file of its own, which another process can import."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SendTwice:
    """Send, and once more after a while, whatever happens."""

    after: float = 0.1

    def send(self, channel, message):
        channel.transmit(message, attempt=1)
        yield channel.timeout(self.after)
        channel.transmit(message, attempt=2)

    def receive(self, channel, copy):
        if copy.message.id in channel.memory():
            channel.suppress(copy)
        else:
            channel.memory().remember(copy.message.id, channel.hand_over(copy))
