"""A channel: what a delivery guarantee is, and the verbs that it is written in.

A guarantee is two processes, one at the sender, one at the receiver. A student's own is any object
with these two methods. Each is a SimPy generator, or a plain function where nothing has to be
waited for:

    class SendTwice:
        def send(self, channel, message):
            channel.transmit(message, attempt=1)
            yield channel.timeout(0.1)
            channel.transmit(message, attempt=2)

        def receive(self, channel, copy):
            channel.hand_over(copy)

Each method has one end of the channel. At the sender's end: transmit, wait for the acknowledgement,
give up, release. At the receiver's: hand over, suppress, acknowledge, remember, forget. Whatever
runs a guarantee, the network first of all, has ends with these verbs.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any, Protocol

import simpy

from simulator.message import Message
from simulator.policies import Retry, SeenMessages

Steps = Generator[simpy.Event, Any, Any]
"""What a process or a handler does: it yields the events that it waits for."""


class Copy(Protocol):
    """A copy of a message that has arrived at the receiver."""

    @property
    def message(self) -> Message:
        """The message that it carries."""

    @property
    def attempt(self) -> int:
        """Which sending of the message, from 1."""

    @property
    def number(self) -> int:
        """0, or 1 for the copy that the network made."""

    @property
    def is_release(self) -> bool:
        """Whether it carries no data, but the word that the message may be forgotten."""


class Attempt(Protocol):
    """One sending of a message, granted by a retry policy."""

    @property
    def number(self) -> int:
        """Which sending of the message, from 1; releases count on."""

    @property
    def timeout(self) -> float:
        """How long to wait for its acknowledgement, in seconds."""


class Endpoint(Protocol):
    """What both ends of a channel have: a clock."""

    @property
    def now(self) -> float:
        """The clock, in seconds."""

    def timeout(self, seconds: float) -> simpy.Event:
        """Return an event that happens after `seconds`."""


# A verb takes copies and attempts of the very channel that made them, of a class of its own. No
# annotation can say so; hence Any.


class SenderEnd(Endpoint, Protocol):
    """What a guarantee can do at the sender."""

    def attempts(
        self, message: Message, retry: Retry, *, release: bool = False, patient: bool = False
    ) -> Iterator[Attempt]:
        """Return the attempts to send a message that a retry policy grants, to iterate over.

        An acknowledgement of any attempt counts, unless the policy ignores late answers, and so
        does one at the very instant of a timeout.

        Args:
            message: The message.
            retry: When to send again, and when to stop.
            release: Whether to send the word that the message may be forgotten, not its data.
            patient: Whether the policy's deadline does not count: the sender keeps the message.
        """

    def transmit(self, message: Message, attempt: Any, *, release: bool = False) -> None:
        """Put a copy of the message on the link.

        Args:
            message: The message.
            attempt: Which sending of the message: one of `attempts`, or a number from 1.
            release: Whether to send no data, but the word that the message may be forgotten; of
                `attempts` to do so, each does.
        """

    def acknowledgement(
        self, message: Message, *, within: float, release: bool = False
    ) -> simpy.Event:
        """Wait for an acknowledgement of any attempt, up to a time or the deadline.

        Args:
            message: The message.
            within: Longest wait, in seconds.
            release: Whether to wait for the answer to a release, rather than to the data; of
                `attempts` to release, it is.

        Returns:
            An event to yield. Its value is True as soon as the message is acknowledged, at the last
            instant of the wait included, and False if the wait ends before, or the latest attempt
            is refused.
        """

    def pause(self, attempt: Any) -> simpy.Event:
        """Note that an attempt has failed; wait before the next, as the policy's backoff says.

        Args:
            attempt: The latest of `attempts`.

        Returns:
            An event to yield. Its value is whether an acknowledgement came meanwhile; False at once
            if no other attempt is granted.
        """

    def give_up(self, message: Message) -> None:
        """Stop trying. An acknowledgement that comes later changes nothing."""

    def sent(self, message: Message) -> int:
        """Return how many times the message has been sent."""

    def time_out(self, message: Message, attempt: int) -> bool:
        """Note that an attempt failed: it went unanswered for its timeout, or it was refused.

        Returns:
            Whether it was refused.
        """

    def set_deadline(self, message: Message, seconds: float | None) -> None:
        """Let every wait for this message end `seconds` from now at the latest. None: no limit."""

    def expired(self, message: Message) -> bool:
        """Whether the deadline of the message has come."""

    def draw(self, message: Message, attempt: int) -> float:
        """Return the draw, uniform on [0, 1), that spreads the pause after an attempt."""

    def await_turn(self, message: Message) -> None:
        """Note that the message is kept, to be sent later."""

    def turns(self, parallel: int) -> simpy.Resource:
        """Return what lets so many messages of this channel be sent at a time, in order."""


class ReceiverEnd(Endpoint, Protocol):
    """What a guarantee can do at the receiver."""

    def hand_over(self, copy: Any) -> simpy.Event:
        """Let the application's handler run, now or when a worker is free.

        Returns:
            An event to yield. Its value is what the handler returned, when it is done.

        Raises:
            Refused: If the receiver has neither a worker nor room to wait. The sender learns of it,
                unless another copy of the same attempt was let in: then it was not refused.
        """

    def suppress(self, copy: Any) -> None:
        """Drop a copy whose message was already seen."""

    def memory(
        self, window: int | None = None, max_age: float | None = None, *, durable: bool = True
    ) -> SeenMessages:
        """Return what the receiver remembers of the messages that it has seen.

        Args:
            window: How many identifiers it remembers at most. None: all of them.
            max_age: How long it remembers one, in seconds. None: for ever.
            durable: Whether it outlives a crash of the receiver.
        """

    def acknowledge(self, copy: Any, reply: Any = None) -> None:
        """Send an acknowledgement of a copy back; it carries the reply, if any."""

    def release(self, copy: Any) -> None:
        """Forget a message that its sender will not send again."""


class Guarantee(Protocol):
    """How a message is carried over an unreliable network."""

    def send(self, channel: SenderEnd, message: Message) -> Steps | None:
        """Carry out the sender's part for one message."""

    def receive(self, channel: ReceiverEnd, copy: Copy) -> Steps | None:
        """Carry out the receiver's part for one copy that arrived."""
