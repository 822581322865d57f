"""Store and forward: messages that cannot be delivered now are kept, and sent later.

    wait for one's turn: the messages to a receiver go in order, `parallel` at a time
    until acknowledged:
        attempt to send, as the retry policy says
        rest

While the receiver is down, only the messages whose turn it is are sent; the others wait in the
sender's store. Compare a sender that gives up, and one that keeps sending all its messages.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from simulator.fields import COUNT, DURATION, Checked
from simulator.message import Message
from simulator.policies import Promise, Retry
from simulator.protocols.channel import Copy, ReceiverEnd, SenderEnd, Steps
from simulator.protocols.checks import RETRY


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreAndForward(Checked):
    """Queue at the sender until the receiver answers; hand over every copy, acknowledge each.

    Promises that no message is lost in silence; only a crash of the sender, which keeps its store
    in memory, breaks the promise. The sender never gives up, except at the timeout of an `ask`; so
    a run needs a receiver that answers in the end, or a horizon.

    Attributes:
        retry: The retry policy of one round of attempts.
        rest: How long to wait between rounds, in seconds, above 0.
        parallel: How many messages may be in their turn at a time, at least 1.
    """

    retry: Retry = field(default_factory=Retry, metadata=RETRY)
    rest: float = field(default=1.0, metadata=DURATION)
    parallel: int = field(default=1, metadata=COUNT)

    promises: ClassVar[frozenset[Promise]] = frozenset({Promise.NEVER_LOST_IN_SILENCE})
    acknowledges: ClassVar[bool] = True
    gives_up: ClassVar[bool] = False

    def send(self, channel: SenderEnd, message: Message) -> Steps:
        """Wait for one's turn; attempt and rest until acknowledged."""
        channel.await_turn(message)
        with channel.turns(self.parallel).request() as turn:
            yield turn
            while not channel.expired(message):
                for attempt in channel.attempts(message, self.retry, patient=True):
                    channel.transmit(message, attempt)
                    if (yield channel.acknowledgement(message, within=attempt.timeout)):
                        return
                    if (yield channel.pause(attempt)):
                        return
                if (yield channel.acknowledgement(message, within=self.rest)):
                    return
        channel.give_up(message)

    def receive(self, channel: ReceiverEnd, copy: Copy) -> Steps:
        """Hand over every copy, acknowledge each."""
        reply = yield channel.hand_over(copy)
        channel.acknowledge(copy, reply)
