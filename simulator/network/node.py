"""A node: it sends messages, and handles those that come. Nodes share nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from simulator.errors import TimedOut
from simulator.ledger import Ledger, Row
from simulator.message import Message
from simulator.network.timers import Phase, Timer, now_ns
from simulator.validation import has_method, integer, refuse

if TYPE_CHECKING:
    import simpy

    from simulator.network.channel import Channel, Sending
    from simulator.network.guarantee import Guarantee, Steps
    from simulator.network.network import Network

HandlerFunction = TypeVar("HandlerFunction", bound=Callable[[Message], Any])


@dataclass(frozen=True, slots=True)
class Handler:
    """What a node does with the messages of a topic.

    Attributes:
        function: Called with the message; a plain function, or a generator that takes time.
        idempotent: Whether handling a message twice changes no more than handling it once.
    """

    function: Callable[[Message], Any]
    idempotent: bool = False


class Node:
    """A node of a network. Make one with `net.node(name)`."""

    def __init__(self, network: Network, env: simpy.Environment, name: str) -> None:
        """Make a node; `Network.node` is the way to."""
        self.name = name
        self._network = network
        self._env = env
        self._handlers: dict[str, Handler] = {}
        self._rows: list[Row] = []

    def __repr__(self) -> str:
        """Say which node."""
        return f"<Node {self.name}>"

    def on(
        self, topic: str, *, idempotent: bool = False
    ) -> Callable[[HandlerFunction], HandlerFunction]:
        """Decorate the handler of a topic: a function of the message, or a generator.

        A generator takes time: it yields `net.timeout(seconds)` or any SimPy event. What it returns
        is the reply, which the acknowledgement carries.
        """
        if not isinstance(topic, str):
            refuse("Node.on.topic", topic, 'a topic in quotes, such as @server.on("order")')

        def register(function: HandlerFunction) -> HandlerFunction:
            self._handlers[topic] = Handler(function, idempotent)
            return function

        return register

    def handler(self, topic: str) -> Handler:
        """Return the handler of a topic."""
        return self._handlers[topic]

    def send(
        self,
        receiver: Node,
        topic: str,
        data: Any = None,
        *,
        guarantee: Guarantee,
        size_bytes: int = 1000,
    ) -> simpy.Process:
        """Send a message, and go on.

        Args:
            receiver: The node that it is for.
            topic: Which of its handlers it is for.
            data: The payload.
            guarantee: How it is carried.
            size_bytes: Size on the wire, in bytes.

        Returns:
            The sender's process. Yield it to wait until the sender is done with the message; its
            value is then what the sender believes: "sent", "acknowledged" or "gave_up".
        """
        channel, sending = self._open(receiver, topic, data, guarantee, size_bytes)
        return self._env.process(self._send(channel, sending, guarantee))

    def ask(
        self,
        receiver: Node,
        topic: str,
        data: Any = None,
        *,
        guarantee: Guarantee,
        size_bytes: int = 1000,
    ) -> simpy.Process:
        """Send a request whose acknowledgement is the reply.

        Returns:
            A process to yield. Its value is what the receiver's handler returned.

        Raises:
            TimedOut: Where the reply is waited for, when the sender gave up.
        """
        promises = getattr(guarantee, "acknowledges", True)
        if not promises:
            refuse("Node.ask.guarantee", guarantee, "one that acknowledges: a reply needs it")
        channel, sending = self._open(receiver, topic, data, guarantee, size_bytes)
        return self._env.process(self._ask(channel, sending, guarantee))

    @property
    def ledger(self) -> Ledger:
        """What became of each message that this node has sent so far."""
        return Ledger.from_rows(self._rows)

    def _open(
        self, receiver: Node, topic: str, data: Any, guarantee: Guarantee, size_bytes: int
    ) -> tuple[Channel, Sending]:
        expected = "a delivery guarantee, such as AtLeastOnce()"
        has_method("Node.send.guarantee", guarantee, "send", expected)
        has_method("Node.send.guarantee", guarantee, "receive", expected)
        if getattr(guarantee, "__hash__", None) is None:
            refuse("Node.send.guarantee", guarantee, "a value: @dataclass(frozen=True)")
        integer("Node.send.size_bytes", size_bytes, low=0)
        channel = self._network.channel(self, receiver, guarantee)
        if topic not in receiver._handlers:
            known = ", ".join(f'"{t}"' for t in receiver._handlers) or "none yet"
            refuse("Node.send.topic", topic, f"a topic that {receiver.name} handles ({known})")
        number = len(self._rows)
        message = Message(
            self.name, receiver.name, number, topic, data, now_ns(self._env), size_bytes
        )
        row = Row(number, message.created_ns)
        self._rows.append(row)
        return channel, channel.open(message, row)

    def _send(self, channel: Channel, sending: Sending, guarantee: Guarantee) -> Steps:
        # At one instant, new messages are sent last.
        yield Timer(self._env, 0, Phase.SENDING)
        channel.note_creation(sending.message)
        steps = guarantee.send(channel, sending.message)
        if steps is not None:
            yield from steps
        return sending.row.belief

    def _ask(self, channel: Channel, sending: Sending, guarantee: Guarantee) -> Steps:
        belief = yield from self._send(channel, sending, guarantee)
        if belief != "acknowledged":
            raise TimedOut(f"no reply to {sending.message.id} from {sending.message.receiver}")
        return sending.reply
