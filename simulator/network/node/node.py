"""A node: it sends messages, and handles those that come. Nodes share nothing else.

Data and replies are copied on their way, so that to change them changes nothing at another node.

The chapter's patterns are its verbs: `ask` (request-response), `notify` (fire-and-forget),
`publish` and `subscribe` (through a broker), and `send` with `reply_to`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol

import simpy

from simulator.ledger import Ledger, Row
from simulator.message import Message
from simulator.network.channel.sending import Sending
from simulator.network.node.calls import AT_LEAST_ONCE, ask
from simulator.network.node.driver import drive, send_each
from simulator.network.node.hedging import ask_hedged
from simulator.network.node.host import Host
from simulator.network.node.outbox import (
    NO_DELAY,
    NO_HEADERS,
    NO_PRIORITY,
    USUAL_BYTES,
    Headers,
    Outbox,
    checked_headers,
)
from simulator.network.node.reply_queue import ReplyQueue
from simulator.protocols import AtMostOnce
from simulator.validation import has_method, integer, number, refuse

if TYPE_CHECKING:
    from simulator.network.surroundings import Surroundings
    from simulator.protocols.channel import Guarantee


AT_MOST_ONCE: Final = AtMostOnce()
A_BROKER: Final = "a broker, from net.broker()"


class Distributor(Protocol):
    """What a node can subscribe to: a broker."""

    def add_subscriber(
        self,
        node: Any,
        name: str,
        handler: Callable[[Message], Any],
        *,
        prefetch: int = 1,
        group: str | None = None,
    ) -> None:
        """Hand the messages of a queue or a topic to a node."""


class Node(Host):
    """A node of a network. Make one with `net.node(name)`.

    Attributes:
        network: The network.
        rows: What is known of the messages that it has sent, by their number.
        outbox: Sends them.
        drivers: How many workloads it has begun.
        reply_queues: Its queues for replies.
    """

    replies: ClassVar[bool] = True
    """Whether it replies by itself to what it handles, where a reply is wanted."""

    def __init__(
        self,
        network: Surroundings,
        name: str,
        workers: int | None = None,
        backlog: int | None = None,
    ) -> None:
        """Make a node; use `Network.node` instead."""
        super().__init__(network.env, network.trace, name, workers, backlog)
        self.network = network
        self.rows: list[Row] = []
        self.outbox = Outbox(self, network)
        self.drivers = 0
        self.reply_queues: list[ReplyQueue] = []

    def send(
        self,
        receiver: Node,
        topic: str,
        data: Any = None,
        *,
        guarantee: Guarantee,
        reply_to: ReplyQueue | None = None,
        size_bytes: int = USUAL_BYTES,
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
        if reply_to is not None:
            self._check_reply_to(reply_to, receiver)
        rest = checked_headers(headers) if headers else NO_HEADERS
        return self.outbox.send(
            receiver, topic, data, guarantee, size_bytes, Sending, reply_to, rest
        )

    def notify(
        self,
        receiver: Node,
        topic: str,
        data: Any = None,
        *,
        guarantee: Guarantee | None = None,
        size_bytes: int = USUAL_BYTES,
    ) -> str:
        """Send a message and forget it (fire-and-forget); at most once by default.

        Returns:
            The message's identifier, at once.
        """
        carried = AT_MOST_ONCE if guarantee is None else guarantee
        self.send(receiver, topic, data, guarantee=carried, size_bytes=size_bytes)
        return self.last_sent

    ask = ask
    ask_hedged = ask_hedged
    drive = drive
    send_each = send_each

    def publish(
        self,
        broker: Node,
        topic: str,
        data: Any = None,
        *,
        guarantee: Guarantee | None = None,
        reply_to: ReplyQueue | None = None,
        priority: int = NO_PRIORITY,
        delay: float = NO_DELAY,
        size_bytes: int = USUAL_BYTES,
    ) -> str:
        """Hand a message to a broker, and go on. It crosses the network like any other.

        Args:
            broker: The broker.
            topic: Name of one of its queues or topics.
            data: The payload.
            guarantee: How it is carried to the broker. None: at least once, whose acknowledgement
                is the broker's word that it has the message (publisher confirm).
            reply_to: Where the worker's result is to be sent.
            priority: In a queue with priorities, the higher goes first.
            delay: How long the broker keeps it before it hands it to anyone, in seconds.
            size_bytes: Size on the wire, in bytes.

        Returns:
            The message's identifier, at once.
        """
        headers = NO_HEADERS
        if priority is not NO_PRIORITY or delay is not NO_DELAY:
            headers = Headers(
                priority=integer("Node.publish.priority", priority, low=0),
                delay_s=number("Node.publish.delay", delay, low=0),
            )
        if reply_to is not None:
            self._check_reply_to(reply_to, broker)
        carried = AT_LEAST_ONCE if guarantee is None else guarantee
        self.outbox.send(broker, topic, data, carried, size_bytes, Sending, reply_to, headers)
        return self.last_sent

    def subscribe(
        self,
        broker: Distributor,
        topic: str,
        handler: Callable[[Message], Any],
        *,
        prefetch: int = 1,
        group: str | None = None,
    ) -> None:
        """Handle the messages of a queue or a topic, as its broker hands them out.

        A message is acknowledged when the handler returns, and goes back to the queue when it
        raises (on purpose: `Failed`), or when its visibility timeout ends first.

        Args:
            broker: The broker.
            topic: Name of a queue, whose messages its subscribers share; or of a topic, of which
                each subscriber, or group of subscribers, gets every message.
            handler: Called with each message; a function, or a generator that takes time.
            prefetch: How many messages this node may have at a time, and how many it handles.
            group: On a topic, the group that shares messages with others of its name. None: alone.
        """
        has_method("Node.subscribe.broker", broker, "add_subscriber", A_BROKER)
        broker.add_subscriber(self, topic, handler, prefetch=prefetch, group=group)

    def reply_queue(
        self,
        *,
        guarantee: Guarantee | None = None,
        broker: Distributor | None = None,
        **settings: Any,
    ) -> ReplyQueue:
        """Make a queue for replies to `send(reply_to=…)` and `publish(reply_to=…)`.

        Args:
            guarantee: How replies are carried to it. None: at least once.
            broker: Where it is kept: whoever replies sends to the broker, which hands the reply to
                this node. None: here, so that whoever replies needs a link to this node.
            settings: What its queue at the broker is like, as for `Broker.queue`.
        """
        carried = AT_LEAST_ONCE if guarantee is None else guarantee
        if broker is not None:
            has_method("Node.reply_queue.broker", broker, "add_subscriber", A_BROKER)
        elif settings:
            name, value = next(iter(settings.items()))
            refuse(f"Node.reply_queue.{name}", value, "left out where there is no broker")
        self.reply_queues.append(ReplyQueue(self, carried, broker, **settings))
        return self.reply_queues[-1]

    def reply(self, request: Message, result: Any) -> None:
        """Send the result of a request to where its sender wants it."""
        queue: ReplyQueue = request.reply_to
        kind = "result" if request.kind in {"task", "event"} else "reply"
        about = Headers(kind=kind, story=request.story_id, correlation_id=request.id)
        ends = queue.receiver, queue.topic
        self.outbox.send(*ends, result, queue.guarantee, USUAL_BYTES, Sending, None, about)

    def confirmation(self, message_id: str) -> simpy.Event:
        """Wait until this node is done with a message that it sent: a publisher confirm.

        Returns:
            An event to yield. Its value is what the node believes of the message by then.
        """
        return self.outbox.confirmation(message_id)

    @property
    def last_sent(self) -> str:
        """The identifier of the message that it sent last: the correlation id of its replies."""
        return f"{self.name}-{len(self.rows) - 1}"

    @property
    def ledger(self) -> Ledger:
        """What became of each message that this node has sent so far."""
        return Ledger.from_rows(self.rows)

    def _check_reply_to(self, reply_to: object, receiver: Node) -> None:
        if not isinstance(reply_to, ReplyQueue):
            refuse("Node.send.reply_to", reply_to, "a reply queue, from node.reply_queue()")
        if isinstance(receiver, Node) and receiver.replies:
            self.network.wire(receiver.name, reply_to.receiver.name)

    def _go_down(self) -> None:
        super()._go_down()
        for queue in self.reply_queues:
            queue.forget()
