"""Guarantees and losses of a student's own, in a file, which another process can import."""

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


@dataclass(frozen=True)
class SaysSo(SendTwice):
    """Send twice, and print what comes; in French too."""

    def receive(self, channel, copy):
        print("reçu", copy.message.number)  # noqa: T201 - that is what it is for
        print({"over": True})  # noqa: T201 - and no word of ours
        super().receive(channel, copy)


@dataclass(frozen=True)
class LosesAfter:
    """Lose what is sent after an instant."""

    seconds: float

    def loses(self, transmission, u):
        return transmission.sent_s >= self.seconds


@dataclass
class LosesEveryThird:
    """Lose every third transmission: it counts, and so is no value."""

    count: int = 0

    def loses(self, transmission, u):
        self.count += 1
        return self.count % 3 == 0
