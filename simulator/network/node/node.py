"""A node: it sends messages, and handles those that come. Nodes share nothing else.

Data and replies are copied on their way, so that to change them changes nothing at another node.

The chapter's patterns are its verbs: `ask` (request-response), `notify` (fire-and-forget),
`publish` and `subscribe` (through a broker), and `send` with `reply_to`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final

import simpy

from simulator import memory
from simulator.callables import function
from simulator.clock import END_OF_TIME
from simulator.ledger import Ledger, Row
from simulator.message import Message
from simulator.network.channel.sending import Sending
from simulator.network.failures import Place
from simulator.network.node.calls import Call, place_of_call
from simulator.network.node.customers import Customers
from simulator.network.node.driver import Driver
from simulator.network.node.hedging import ask_in_turn, check_receivers
from simulator.network.node.host import Host
from simulator.network.node.outbox import Outbox, check_headers
from simulator.network.node.reply_queue import ReplyQueue
from simulator.network.timers import now_ns
from simulator.protocols import AtLeastOnce, AtMostOnce, BestEffort
from simulator.validation import duration, has_method, integer, number, refuse

if TYPE_CHECKING:
    from simulator.conditions import Workload
    from simulator.network.broker.broker import Broker
    from simulator.network.network import Network
    from simulator.protocols.channel import Guarantee


AT_LEAST_ONCE: Final = AtLeastOnce()
AT_MOST_ONCE: Final = AtMostOnce()
BEST_EFFORT: Final = BestEffort()


class Node(Host):
    """A node of a network. Make one with `net.node(name)`."""

    replies: ClassVar[bool] = True
    """Whether it replies by itself to what it handles, where a reply is wanted."""

    def __init__(
        self, network: Network, name: str, workers: int | None = None, backlog: int | None = None
    ) -> None:
        """Make a node; use `Network.node` instead."""
        super().__init__(network.env, network.trace, name, workers, backlog)
        self._network = network
        self.rows: list[Row] = []
        self._outbox = Outbox(self, network)
        self._drivers = 0
        self.reply_queues: list[ReplyQueue] = []

    def send(
        self,
        receiver: Node,
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
        if reply_to is not None:
            self._check_reply_to(reply_to, receiver)
        if headers:
            check_headers(headers)
        return self._outbox.send(
            receiver, topic, data, guarantee, size_bytes, Sending, reply_to, headers
        )

    def notify(
        self,
        receiver: Node,
        topic: str,
        data: Any = None,
        *,
        guarantee: Guarantee | None = None,
        size_bytes: int = 1000,
    ) -> str:
        """Send a message and forget it (fire-and-forget); at most once, unless told otherwise.

        Returns:
            The message's identifier, at once.
        """
        carried = AT_MOST_ONCE if guarantee is None else guarantee
        self.send(receiver, topic, data, guarantee=carried, size_bytes=size_bytes)
        return self.last_sent

    def ask(
        self,
        receiver: Node,
        topic: str,
        data: Any = None,
        *,
        guarantee: Guarantee | None = None,
        timeout: float | None = None,
        size_bytes: int = 1000,
    ) -> simpy.Process:
        """Send a request and wait for the reply (request-response).

        Where the guarantee acknowledges, the acknowledgement carries the reply, and a request asked
        again is answered again. Where it does not, request and reply are each sent once.

        Args:
            receiver: The node that it is for.
            topic: Which of its handlers it is for.
            data: The payload.
            guarantee: How it is carried. None: at least once.
            timeout: Longest wait for the reply, in seconds. None: until the guarantee gives up; for
                1 s if it ends without doing so, as one that sends once does.
            size_bytes: Size on the wire, in bytes.

        Returns:
            A process to yield. Its value is what the receiver's handler returned.

        Raises:
            TimedOut: Where the reply is waited for, when the sender gave up.
            Refused: There, when the last attempt was refused. An earlier one may have been handled.
            CircuitOpen: There, when the sender's circuit breaker held back the first attempt, so
                that nothing was sent; or a later one, when an earlier may have been handled.
            Crashed: There, when this node crashed meanwhile.
        """
        asked_at = place_of_call()
        return self._ask(receiver, topic, data, guarantee, timeout, size_bytes, asked_at)

    def ask_hedged(
        self,
        receivers: Sequence[Node],
        topic: str,
        data: Any = None,
        *,
        after: float,
        guarantee: Guarantee | None = None,
        timeout: float | None = None,
        size_bytes: int = 1000,
    ) -> simpy.Process:
        """Ask several nodes for one thing, each a little after the other; the first reply wins.

        Each is asked as by `ask`: a request of its own, which may be handled though its reply comes
        too late to matter. Hedge what does no harm when it is done twice.

        Args:
            receivers: Whom to ask, in order; the first at once.
            topic: Which handler of each it is for.
            data: The payload.
            after: How long to wait for a reply before the next is asked, in seconds, above 0. The
                time that 95 % of the replies take asks a second node for 5 % of the requests.
            guarantee: How each request is carried. None: at least once.
            timeout: Longest wait for a reply from each, in seconds. None: as for `ask`.
            size_bytes: Size of each request on the wire, in bytes.

        Returns:
            A process to yield. Its value is the first reply.

        Raises:
            CallFailed: Where the reply is waited for, when none of them replied.
        """
        check_receivers("Node.ask_hedged.receivers", receivers, Node)
        after = duration("Node.ask_hedged.after", after)

        asked_at = place_of_call()

        def ask(receiver: Node) -> simpy.Process:
            return self._ask(receiver, topic, data, guarantee, timeout, size_bytes, asked_at)

        return self.process(ask_in_turn(self.env, receivers, ask, after))

    def publish(
        self,
        broker: Broker,
        topic: str,
        data: Any = None,
        *,
        guarantee: Guarantee | None = None,
        reply_to: ReplyQueue | None = None,
        priority: int = 0,
        delay: float = 0.0,
        size_bytes: int = 1000,
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
        self.send(
            broker,
            topic,
            data,
            guarantee=AT_LEAST_ONCE if guarantee is None else guarantee,
            reply_to=reply_to,
            size_bytes=size_bytes,
            priority=integer("Node.publish.priority", priority, low=0),
            delay_s=number("Node.publish.delay", delay, low=0),
        )
        return self.last_sent

    def subscribe(
        self,
        broker: Broker,
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
        has_method("Node.subscribe.broker", broker, "add_subscriber", "a broker, from net.broker()")
        broker.add_subscriber(self, topic, handler, prefetch=prefetch, group=group)

    def drive(
        self, workload: Workload, action: Callable[[int], Any], *, messages: int
    ) -> simpy.Event:
        """Do something each time that a workload says so, from now on.

        Args:
            workload: When, such as Poisson(rate=10).
            action: Called with 0, 1, 2, …: what to do. A generator that it returns is run as a
                process of this node. Nothing is done while the node is down.
            messages: How many times, at most.

        Returns:
            An event that happens when all is done.
        """
        function("Node.drive.action", action, "the number of the call")
        instants_ns = self._instants_ns("Node.drive", workload, messages)
        return Driver(self, iter(instants_ns), action).done

    def send_each(
        self,
        workload: Workload,
        receiver: Node,
        topic: str,
        data: Any = None,
        *,
        messages: int,
        guarantee: Guarantee | None = None,
        size_bytes: int = 1000,
    ) -> simpy.Event:
        """Send a message each time that a workload says so, from now on.

        It is short for `drive` with an action that sends. It is quicker for a queue of the
        textbooks: best effort, a link without conditions, a node that serves, no trace.

        Args:
            workload: When, such as Poisson(rate=10).
            receiver: Whom they are for.
            topic: Which handler they are for.
            data: The payload of each.
            messages: How many, at most. None is sent while the node is down.
            guarantee: How each is carried. None: best effort.
            size_bytes: Size of each on the wire, in bytes.

        Returns:
            An event that happens when the last has been sent.
        """
        carried = BEST_EFFORT if guarantee is None else guarantee
        self._network.channel(self, receiver, carried)  # refuses a stranger
        wire = self._network.wire(self.name, receiver.name)
        time = receiver.service_time(topic)
        plain = wire.carries_at_once and not self.trace.enabled
        instants_ns = self._instants_ns("Node.send_each", workload, messages)
        if time is not None and plain and type(carried) is BestEffort:
            times = self._network.service_times.of(self.name, receiver.name, time)
            ends = self, receiver, wire, self.env
            return Customers(*ends, times=times, instants_ns=iter(instants_ns)).all_sent

        def send(_: int) -> None:
            self._outbox.send(receiver, topic, data, carried, size_bytes, Sending)

        return Driver(self, iter(instants_ns), send).done

    def reply_queue(self, *, guarantee: Guarantee | None = None) -> ReplyQueue:
        """Make a queue for replies to `send(reply_to=…)`; at least once by default."""
        carried = AT_LEAST_ONCE if guarantee is None else guarantee
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
        return self._outbox.confirmation(message_id)

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
            self._network.wire(receiver.name, reply_to.node.name)

    def _instants_ns(self, field: str, workload: Workload, messages: int) -> list[int]:
        """Return the arrival instants of a workload that begins now."""
        expected = "a workload, such as Poisson(rate=10)"
        has_method(f"{field}.workload", workload, "times_ns", expected)
        count = integer(f"{field}.messages", messages, low=1)
        memory.check_fits(f"{field}.messages", count, count, memory.INSTANT, "have fewer")
        draws = self._network.workload_draws(self, self._drivers, count)
        self._drivers += 1
        times_ns = now_ns(self.env) + workload.times_ns(count, draws)
        instants_ns: list[int] = times_ns[times_ns < END_OF_TIME].tolist()
        return instants_ns

    def _ask(  # noqa: PLR0917 - what `ask` was called with, and where
        self,
        receiver: Node,
        topic: str,
        data: Any,
        guarantee: Guarantee | None,
        timeout: float | None,
        size_bytes: int,
        asked_at: Place,
    ) -> simpy.Process:
        carried = AT_LEAST_ONCE if guarantee is None else guarantee
        if getattr(carried, "acknowledge", "after") == "before":
            refuse("Node.ask.guarantee", carried, "one that acknowledges after handling")
        if timeout is not None:
            timeout = duration("Node.ask.timeout", timeout)
        call = self._outbox.send(receiver, topic, data, carried, size_bytes, Call)
        call.timeout, call.asked_at = timeout, asked_at
        return call

    def _go_down(self) -> None:
        super()._go_down()
        for queue in self.reply_queues:
            queue.forget()
