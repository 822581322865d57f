"""A peer: a host that sends messages, each under a guarantee, and knows what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

import simpy

from simulator.callables import hashable
from simulator.ledger import Ledger, Row
from simulator.message import Message
from simulator.network.host import Host
from simulator.network.payload import own_copy
from simulator.network.processes import HostTask, Processes
from simulator.network.reply_queue import ReplyQueue
from simulator.network.timers import Phase, now_ns
from simulator.protocols import AtLeastOnce
from simulator.validation import has_method, integer, number, refuse

if TYPE_CHECKING:
    from simulator.network.channel import Channel
    from simulator.network.end import Sending
    from simulator.network.network import Network
    from simulator.protocols.channel import Guarantee, Steps


FEW_BYTES: Final = 2**31
"""A size below which a number of bytes needs no second look."""


class SendingTask(HostTask):
    """The sender's part of a guarantee at work on a message."""

    def __init__(
        self, processes: Processes, steps: Steps, number: int, running: dict[int, SendingTask]
    ) -> None:
        """Start it when, at this instant, new messages are sent: last."""
        self._number = number
        self._sendings = running
        super().__init__(processes, steps, start=Phase.SENDING)

    def _end(self, *, ok: bool, value: Any) -> None:
        if ok:
            del self._sendings[self._number]
        else:
            self.callbacks.insert(0, self._forget)
        super()._end(ok=ok, value=value)

    def _forget(self, _: simpy.Event) -> None:
        del self._sendings[self._number]


class Peer(Host):
    """A host that sends messages to others of its kind."""

    replies: ClassVar[bool] = True
    """Whether it replies by itself to what it handles, where a reply is wanted."""

    def __init__(
        self, network: Network, name: str, workers: int | None = None, backlog: int | None = None
    ) -> None:
        """Make a node; `Network.node` is the way to."""
        super().__init__(network.env, network.trace, name, workers, backlog)
        self._network = network
        self.rows: list[Row] = []
        self._drivers = 0
        self._on_their_way: dict[int, SendingTask] = {}
        self._channels: dict[tuple[int, int], Channel] = {}

    def send(
        self,
        receiver: Peer,
        topic: str,
        data: Any = None,
        *,
        guarantee: Guarantee,
        reply_to: ReplyQueue | None = None,
        size_bytes: int = 1000,
        **headers: Any,
    ) -> simpy.Process:
        """Send a message, and go on.

        Args:
            receiver: The node that it is for.
            topic: Which of its handlers it is for.
            data: The payload.
            guarantee: How it is carried.
            reply_to: Where the handler's result is to be sent, as a message of its own.
            size_bytes: Size on the wire, in bytes.
            headers: Other fields of the message: priority, delay_s, correlation_id.

        Returns:
            The sender's process. Yield it to wait until the sender is done with the message; its
            value is then what the sender believes: "acknowledged", "gave_up", or "sent" if its
            guarantee ended with neither.
        """
        if not isinstance(reply_to, ReplyQueue | None):
            refuse("Node.send.reply_to", reply_to, "a reply queue, from node.reply_queue()")
        if reply_to is not None and isinstance(receiver, Peer) and receiver.replies:
            self._network.wire(receiver.name, reply_to.node.name)
        if headers:
            _check_headers(headers)
        channel, sending = self._open(
            receiver, topic, data, guarantee, size_bytes, reply_to=reply_to, **headers
        )
        number = sending.message.number
        steps = self._send(channel, sending, guarantee)
        task = SendingTask(self._processes, steps, number, self._on_their_way)
        self._on_their_way[number] = task
        return task

    def reply_queue(self, *, guarantee: Guarantee | None = None) -> ReplyQueue:
        """Make a queue for replies to `send(reply_to=…)`; at least once, unless told otherwise."""
        carried = AtLeastOnce() if guarantee is None else guarantee
        topic = f"replies {len(self.reply_queues)}"
        self.reply_queues.append(ReplyQueue(self.env, self, topic, carried))
        return self.reply_queues[-1]

    def reply(self, request: Message, result: Any) -> None:
        """Send the result of a request to where its sender wants it."""
        queue: ReplyQueue = request.reply_to
        self.send(
            queue.node, queue.topic, result, guarantee=queue.guarantee, correlation_id=request.id
        )

    def confirmation(self, message_id: str) -> simpy.Event:
        """Wait until this node is done with a message that it sent: a publisher confirm.

        Returns:
            An event to yield. Its value is what the node believes of the message by then.
        """
        if not isinstance(message_id, str):
            refuse("Node.confirmation.message_id", message_id, "the identifier of a message")
        name, _, place = message_id.rpartition("-")
        if name != self.name or not place.isdigit() or int(place) >= len(self.rows):
            allowed = f"the identifier of a message that {self.name} sent"
            refuse("Node.confirmation.message_id", message_id, allowed)
        if int(place) in self._on_their_way:
            return self._on_their_way[int(place)]
        return simpy.Event(self.env).succeed(value=self.rows[int(place)].belief)

    @property
    def last_sent(self) -> str:
        """The identifier of the message that it sent last: the correlation id of its replies."""
        return f"{self.name}-{len(self.rows) - 1}"

    @property
    def ledger(self) -> Ledger:
        """What became of each message that this node has sent so far."""
        return Ledger.from_rows(self.rows)

    def _open(
        self,
        receiver: Peer,
        topic: str,
        data: Any,
        guarantee: Guarantee,
        size_bytes: int,
        *,
        wants_reply: bool = False,
        **headers: Any,
    ) -> tuple[Channel, Sending]:
        channel = self._channels.get((id(receiver), id(guarantee)))
        if channel is None:
            channel = self._open_channel(receiver, guarantee)
        if type(size_bytes) is not int or not 0 <= size_bytes < FEW_BYTES:
            integer("Node.send.size_bytes", size_bytes, low=0)
        self._check_up()
        channel.check_way_back(wants_reply=wants_reply)
        if not isinstance(topic, str) or not receiver.handles(topic):
            known = ", ".join(f'"{t}"' for t in receiver.topics) or "none yet"
            refuse("Node.send.topic", topic, f"a topic that {receiver.name} handles ({known})")
        message = Message(
            self.name,
            receiver.name,
            len(self.rows),
            topic,
            own_copy(data),
            now_ns(self.env),
            size_bytes,
            service_times=self._network.service_times,
            **headers,
        )
        row = Row(message.number, message.created_ns)
        self.rows.append(row)
        return channel, channel.open(message, row, wants_reply=wants_reply)

    def _open_channel(self, receiver: Peer, guarantee: Guarantee) -> Channel:
        """Return the channel to a node under a guarantee, which is checked once."""
        expected = "a delivery guarantee, such as AtLeastOnce()"
        has_method("Node.send.guarantee", guarantee, "send", expected)
        has_method("Node.send.guarantee", guarantee, "receive", expected)
        allowed = "a value, with all its parts: @dataclass(frozen=True)"
        hashable("Node.send.guarantee", guarantee, allowed)
        channel = self._network.channel(self, receiver, guarantee)
        if channel.guarantee is guarantee:  # which it keeps, so that no other can have its place
            self._channels[id(receiver), id(guarantee)] = channel
        return channel

    def _send(self, channel: Channel, sending: Sending, guarantee: Guarantee) -> Steps:
        channel.note_creation(sending.message)
        steps = guarantee.send(channel, sending.message)
        if steps is not None:
            yield from steps
        if sending.row.belief == "waiting":  # nobody waits any more, and nobody gave up
            sending.row.belief = "sent"
        return sending.row.belief


def _check_headers(headers: dict[str, Any]) -> None:
    """Refuse a bad value of a message's other fields."""
    if not isinstance(headers.get("correlation_id"), str | None):
        allowed = "the identifier of a message, such as message.id, or None"
        refuse("Node.send.correlation_id", headers["correlation_id"], allowed)
    if "priority" in headers:
        integer("Node.send.priority", headers["priority"], low=0)
    if "delay_s" in headers:
        number("Node.send.delay_s", headers["delay_s"], low=0)
