"""A message: one payload, whatever the number of copies that carry it."""

from __future__ import annotations

from typing import Any, NamedTuple

from simulator.clock import to_seconds
from simulator.conditions import Delay
from simulator.service_times import ServiceTimes
from simulator.validation import refuse


class Message(NamedTuple):
    """One logical payload, whatever the number of copies that carry it.

    Attributes:
        sender: Name of the node that sends it.
        receiver: Name of the node that it is for.
        number: Its place among the messages of its sender, from 0.
        topic: Which handler of the receiver it is for.
        data: The payload, as it was when it was sent. Each handler has a copy of its own of lists,
            dictionaries, sets, NumPy arrays and dataclasses; instances of other classes are shared.
        created_ns: Instant of creation, in nanoseconds.
        size_bytes: Size on the wire, in bytes.
        reply_to: Where a reply is wanted: a reply queue. None: nowhere, or by the acknowledgement.
        kind: What it is: "message", "request", "reply"; to a queue "task", to a topic "event", and
            the reply to either "result".
        story: Identifier of the message that it is all about, where that is another: for a reply,
            its request; for a delivery by a broker, what was published. "": its own.
        delivers: For a delivery by a broker, which one it is of the message that it carries, from
            1; else 0.
        correlation_id: For a reply, the identifier of the request that it answers.
        priority: In a queue with priorities, the higher goes first.
        delay_s: How long a broker keeps it before it hands it to anyone, in seconds.
        delivery: From a broker, which delivery of it this is, from 1.
        service_times: Where `sample` finds the times of this message. None: it is in no network.
    """

    sender: str
    receiver: str
    number: int
    topic: str
    data: Any
    created_ns: int
    size_bytes: int = 1000
    reply_to: Any = None
    kind: str = "message"
    story: str = ""
    delivers: int = 0
    correlation_id: str | None = None
    priority: int = 0
    delay_s: float = 0.0
    delivery: int = 1
    service_times: ServiceTimes | None = None

    @property
    def id(self) -> str:
        """Identifier, unique in a network."""
        return f"{self.sender}-{self.number}"

    @property
    def story_id(self) -> str:
        """Identifier of the message that it is all about, which may be itself."""
        return self.story or self.id

    @property
    def created_s(self) -> float:
        """Instant of creation, in seconds."""
        return to_seconds(self.created_ns)

    def sample(self, delay: Delay, draw: int = 0) -> float:
        """Draw a time for this message, in seconds: how long it takes to handle, say.

        The draw is addressed by the message: the same whoever handles it, whenever, and however
        often. A message that takes longer than a queue's visibility timeout does so each time.

        Args:
            delay: What to draw from, such as Exponential(mean=0.02).
            draw: Which draw, where a message needs several; from 0.

        Raises:
            ValueError: If the message was made by hand, and is in no network.
        """
        if self.service_times is None:
            refuse("Message.sample", self.id, "called on a message that a node has sent")
        times = self.service_times.of(self.sender, self.receiver, delay, draw)
        return times(self.number)
