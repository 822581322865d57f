"""An outbox: the messages that a node has sent, and the channels that carry them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

import simpy

from simulator.callables import hashable
from simulator.errors import Crashed
from simulator.ledger import Row
from simulator.message import Message
from simulator.network.channel.sending import Sending
from simulator.network.payload import ATOMS, own_copy
from simulator.validation import has_method, integer, number, refuse

if TYPE_CHECKING:
    from simulator.network.channel.sender_end import SenderEnd
    from simulator.network.node.node import Node
    from simulator.network.node.reply_queue import ReplyQueue
    from simulator.network.surroundings import Surroundings
    from simulator.protocols.channel import Guarantee

make_message: Final[Callable[[tuple[Any, ...]], Message]] = partial(tuple.__new__, Message)
"""Makes a message of all its fields; quicker than by name."""

HEADERS: Final = ("priority", "delay_s", "correlation_id")
"""What a program may set of a message, besides what `Node.send` names."""

USUAL_BYTES: Final = 1000
NO_PRIORITY: Final = 0
NO_DELAY: Final = 0.0
"""What holds for a message of which nothing else is said; these very objects need no check."""

S = TypeVar("S", bound=Sending)


class Headers(NamedTuple):
    """The fields of a message that few messages have; see `Message`."""

    kind: str = ""
    story: str = ""
    delivers: int = 0
    correlation_id: str | None = None
    priority: int = NO_PRIORITY
    delay_s: float = NO_DELAY
    delivery: int = 1


NO_HEADERS: Final = Headers()


class Outbox:
    """The messages that a node has sent.

    Attributes:
        rows: Their rows in the ledger, by number.
    """

    def __init__(self, node: Node, network: Surroundings) -> None:
        """Start with none."""
        self.rows = node.rows
        self._node = node
        self._network = network
        self._last = (network.service_times,)
        self._usual = NO_HEADERS[1:] + self._last
        self._ends: dict[tuple[int, int], SenderEnd] = {}
        self._ends_by_value: dict[tuple[Node, Guarantee], SenderEnd] = {}

    def send(  # noqa: PLR0917 - what `Node.send` was called with, as quickly as can be
        self,
        receiver: Node,
        topic: str,
        data: Any,
        guarantee: Guarantee,
        size_bytes: int,
        kind: type[S],
        reply_to: ReplyQueue | None = None,
        headers: Headers = NO_HEADERS,
    ) -> S:
        """Send a message.

        Args:
            receiver: The node that it is for.
            topic: Which of its handlers it is for.
            data: The payload.
            guarantee: How it is carried.
            size_bytes: Size on the wire, in bytes.
            kind: What is at work on it: for a request, what waits for its reply too.
            reply_to: Where the handler's result is to be sent.
            headers: Other fields of the message.
        """
        node = self._node
        end = self._ends.get((id(receiver), id(guarantee))) or self._open(receiver, guarantee)
        if size_bytes is not USUAL_BYTES:
            integer("Node.send.size_bytes", size_bytes, low=0)
        if not node.is_up:
            raise Crashed(f"{node.name} is down")
        if end.way_back is None and (end.is_surely_answered or kind.wants_reply):
            end.find_way_back()
        try:
            handler = receiver.handlers.by_topic[topic]
        except (KeyError, TypeError):
            known = ", ".join(f'"{t}"' for t in receiver.topics) or "none yet"
            refuse("Node.send.topic", topic, f"a topic that {receiver.name} handles ({known})")
        rows = self.rows
        number, now_ns = len(rows), end.env.instant_ns
        if type(data) not in ATOMS:
            data = own_copy(data)
        what = headers.kind or handler.kind
        if not what:
            what = "request" if reply_to is not None or kind.wants_reply else "message"
        rest = self._usual
        if headers is not NO_HEADERS:
            if handler.kind == "reply" and not headers.story:  # one that a program sends by itself
                headers = headers._replace(story=headers.correlation_id or "")
            rest = headers[1:] + self._last
        first = (node.name, receiver.name, number, topic, data, now_ns, size_bytes, reply_to, what)
        message = make_message(first + rest)
        row = Row(number, now_ns)
        rows.append(row)
        return kind(end, message, row)

    def confirmation(self, message_id: str) -> simpy.Event:
        """Wait until the node is done with a message; see `Node.confirmation`."""
        if not isinstance(message_id, str):
            refuse("Node.confirmation.message_id", message_id, "the identifier of a message")
        name, _, place = message_id.rpartition("-")
        if name != self._node.name or not place.isdigit() or int(place) >= len(self.rows):
            allowed = f"the identifier of a message that {self._node.name} sent"
            refuse("Node.confirmation.message_id", message_id, allowed)
        row = self.rows[int(place)]
        sending: Sending | None = row.sending
        if sending is not None and not sending.wants_reply:
            return sending
        return simpy.Event(self._node.env).succeed(value=row.belief)

    def _open(self, receiver: Node, guarantee: Guarantee) -> SenderEnd:
        """Return the sender's end of a channel under a guarantee, which is checked once."""
        try:
            known = self._ends_by_value.get((receiver, guarantee))
        except TypeError:
            known = None
        if known is not None:
            return known
        expected = "a delivery guarantee, such as AtLeastOnce()"
        has_method("Node.send.guarantee", guarantee, "send", expected)
        has_method("Node.send.guarantee", guarantee, "receive", expected)
        allowed = "a value, with all its parts: @dataclass(frozen=True)"
        hashable("Node.send.guarantee", guarantee, allowed)
        channel = self._network.channel(self._node, receiver, guarantee)
        if channel.guarantee is guarantee:  # which it keeps, so that no other can have its place
            self._ends[id(receiver), id(guarantee)] = channel.sender
        end: SenderEnd = channel.sender
        self._ends_by_value[receiver, guarantee] = end
        return end


def checked_headers(headers: dict[str, Any]) -> Headers:
    """Refuse a bad value of a message's other fields, and what a sender may not set."""
    for name in headers:
        if name not in HEADERS:
            raise TypeError(f"Node.send() got an unexpected keyword argument {name!r}")
    if not isinstance(headers.get("correlation_id"), str | None):
        allowed = "the identifier of a message, such as message.id, or None"
        refuse("Node.send.correlation_id", headers["correlation_id"], allowed)
    if "priority" in headers:
        integer("Node.send.priority", headers["priority"], low=0)
    if "delay_s" in headers:
        number("Node.send.delay_s", headers["delay_s"], low=0)
    return Headers(**headers)
