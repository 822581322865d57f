"""A broker: a node that keeps messages in queues, and hands them to workers until they are handled.

    put a message in the queue
    while a worker has room and a message waits:
        deliver it, and wait for its acknowledgement, up to the visibility timeout
        acknowledged? it is done; else it goes back to the queue
        delivered as often as it may? to the dead-letter queue

Everything crosses the same lossy links as any other message: to the broker under the guarantee that
the producer chose, and from it in deliveries of one attempt each.
"""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from simulator.clock import to_ns
from simulator.errors import Refused, TimedOut
from simulator.message import Message
from simulator.network.node import Node
from simulator.network.queue import Entry, MessageQueue, QueueSettings
from simulator.network.subscriber import RETURNED, Subscriber, work_through
from simulator.network.timers import Phase, Timer, now_ns
from simulator.policies import Retry
from simulator.protocols import AtLeastOnce
from simulator.validation import integer, refuse

if TYPE_CHECKING:
    from simulator.network.guarantee import Steps
    from simulator.network.network import Network


@dataclass(frozen=True, slots=True)
class Topic:
    """A name under which every group of subscribers gets every message.

    Attributes:
        name: The name.
        settings: What the queue of each group is like.
        queues: The queue of each group, by its name.
    """

    name: str
    settings: QueueSettings
    queues: dict[str, MessageQueue]


class Broker(Node):
    """A node with queues and topics. Make one with `net.broker(name)`.

    Attributes:
        queues: The queues, by name; those of topics are called "topic/group".
        topics_by_name: The topics.
    """

    def __init__(self, network: Network, name: str) -> None:
        """Make a broker; `Network.broker` is the way to."""
        super().__init__(network, name)
        self.queues: dict[str, MessageQueue] = {}
        self.topics_by_name: dict[str, Topic] = {}
        self._subscribers: dict[str, deque[Subscriber]] = {}

    def queue(
        self,
        name: str,
        *,
        capacity: int | None = None,
        overflow: Literal["reject", "drop-oldest", "block"] = "reject",
        visibility_timeout: float = 30.0,
        max_deliveries: int | None = 5,
        dead_letter: MessageQueue | None = None,
        durable: bool = True,
        priority: bool = False,
    ) -> MessageQueue:
        """Add a queue, whose subscribers share its messages.

        Args:
            name: Its name, for publishers and subscribers.
            capacity: How many messages may wait. None: no limit.
            overflow: What becomes of a message for which there is no room: "reject" refuses it,
                "drop-oldest" makes room, "block" lets its publisher wait for the confirm.
            visibility_timeout: How long a worker has to acknowledge a delivery, in seconds.
            max_deliveries: How often a message is delivered, the first time included. None: for
                ever.
            dead_letter: The queue for messages that have used up their deliveries, one that takes
                every message: without a capacity, or dropping the oldest. None: they are dropped.
            durable: Whether its messages outlive a crash of the broker.
            priority: Whether messages of a higher priority go first.
        """
        settings = QueueSettings(
            capacity=capacity,
            overflow=overflow,
            visibility_timeout=visibility_timeout,
            max_deliveries=max_deliveries,
            dead_letter=dead_letter,
            durable=durable,
            priority=priority,
        )
        self._check_new(name)
        queue = self._add(name, settings)
        self.on(name)(lambda message: self._accept(message, [queue]))
        return queue

    def topic(self, name: str, **settings: Any) -> Topic:
        """Add a topic: each subscriber, or group of subscribers, gets every message.

        Args:
            name: Its name, for publishers and subscribers.
            settings: What the queue of each group is like, as for `queue`. A group whose queue is
                full and rejects misses the message; the others get it.
        """
        self._check_new(name)
        topic = self.topics_by_name[name] = Topic(name, QueueSettings(**settings), {})
        self.on(name)(lambda message: self._accept(message, list(topic.queues.values())))
        return topic

    def add_subscriber(
        self,
        node: Node,
        name: str,
        handler: Callable[[Message], Any],
        *,
        prefetch: int = 1,
        group: str | None = None,
    ) -> None:
        """Let a worker take messages from a queue or a topic; `Node.subscribe` is the way to."""
        prefetch = integer("Node.subscribe.prefetch", prefetch, low=1)
        topic = self.topics_by_name.get(name)
        if topic is not None:
            label = group or node.name
            if label not in topic.queues:
                topic.queues[label] = self._add(f"{name}/{label}", topic.settings)
            queue = topic.queues[label]
        elif name in self.queues:
            if group is not None:
                refuse("Node.subscribe.group", group, "None on a queue, which all share")
            queue = self.queues[name]
        else:
            known = ", ".join([*self.queues, *self.topics_by_name]) or "none yet"
            refuse("Node.subscribe.topic", name, f"a queue or a topic of {self.name} ({known})")
        subscribers = self._subscribers[queue.name]
        inbox = f"{self.name}/{queue.name}/{len(subscribers)}"
        node.on(inbox)(lambda envelope: work_through(node, handler, envelope.data, queue))
        subscribers.append(Subscriber(node, inbox, prefetch, prefetch))
        self._dispatch(queue)

    def has_room(self, message: Message) -> bool:
        """Whether the queue of a message has room for it, or makes some."""
        queue = self.queues.get(message.topic)
        if queue is None or not queue.is_full or queue.settings.overflow != "reject":
            return True
        queue.counts.rejected += 1
        return False

    def reply(self, request: Message, result: Any) -> None:
        """Say nothing: the worker that handles the message replies."""

    def _go_down(self) -> None:
        """Lose what is not durable."""
        super()._go_down()
        for queue in self.queues.values():
            queue.crash()
        for subscribers in self._subscribers.values():
            for subscriber in subscribers:
                subscriber.credit = subscriber.prefetch

    def _come_up(self) -> None:
        """Hand out again what waits."""
        super()._come_up()
        for queue in self.queues.values():
            self._dispatch(queue)

    # In.

    def _accept(self, message: Message, queues: list[MessageQueue]) -> Steps | None:
        """Put a message into queues; with "block", once there is room in each."""
        if any(queue.is_full and queue.settings.overflow == "block" for queue in queues):
            return self._accept_in_turn(message, queues)
        for queue in queues:
            self._put(queue, message)
        return None

    def _accept_in_turn(self, message: Message, queues: list[MessageQueue]) -> Steps:
        for queue in queues:
            while queue.is_full and queue.settings.overflow == "block":
                yield queue.room()
            self._put(queue, message)

    def _put(self, queue: MessageQueue, message: Message) -> None:
        if queue.is_full and queue.settings.overflow == "drop-oldest":
            oldest = queue.drop_oldest()
            if oldest is not None:
                self._note("dropped", oldest.message, oldest.deliveries)
        if queue.is_full and queue.settings.overflow == "reject":
            queue.counts.rejected += 1  # of a topic, where the other groups get it
            self._note("refused", message)
            return
        entry = queue.put(message)
        self._note("enqueued", message)
        if entry.state == "delayed":
            timer = Timer(self._env, to_ns(message.delay_s), Phase.TIMER)
            timer.callbacks.append(lambda _: self._end_delay(queue, entry))
        self._dispatch(queue)

    def _end_delay(self, queue: MessageQueue, entry: Entry) -> None:
        if entry.state == "delayed":
            queue.move(entry, "waiting")
            self._dispatch(queue)

    # Out.

    def _dispatch(self, queue: MessageQueue) -> None:
        """Deliver as many messages as workers have room for, each worker in its turn."""
        subscribers = self._subscribers[queue.name]
        while self.is_up and queue.counts.waiting:
            for _ in range(len(subscribers)):
                subscribers.rotate(-1)
                if subscribers[-1].credit:
                    break
            else:
                return
            entry = queue.take()
            assert entry is not None  # noqa: S101 - one waits
            subscribers[-1].credit -= 1
            self.process(self._deliver(queue, entry, subscribers[-1]))

    def _deliver(self, queue: MessageQueue, entry: Entry, subscriber: Subscriber) -> Steps:
        """Deliver a message once, and see what becomes of it."""
        again = entry.deliveries > 1
        self._note("redelivered" if again else "dequeued", entry.message, entry.deliveries)
        visibility_timeout = queue.settings.visibility_timeout
        once = AtLeastOnce(retry=Retry(timeout=visibility_timeout, max_attempts=1))
        message = dataclasses.replace(entry.message, delivery=entry.deliveries)
        try:
            answer = yield self.ask(
                subscriber.node,
                subscriber.topic,
                message,
                guarantee=once,
                size_bytes=message.size_bytes,
            )
        except TimedOut:
            answer = RETURNED
        except Refused:
            # The worker is closed or full: it never had the message, and rests for a while.
            entry.deliveries -= 1
            queue.move(entry, "waiting")
            self._dispatch(queue)
            yield Timer(self._env, to_ns(visibility_timeout), Phase.TIMER)
            answer = None
        if answer is RETURNED:
            self._give_back(queue, entry)
        elif entry.state == "delivered" and answer is not None:
            queue.move(entry, "acknowledged")
        subscriber.credit += 1
        self._dispatch(queue)

    def _give_back(self, queue: MessageQueue, entry: Entry) -> None:
        """Return a message to the queue, unless it has used up its deliveries."""
        if not queue.used_up(entry):
            queue.move(entry, "waiting")
            return
        dead_letter = queue.settings.dead_letter
        queue.move(entry, "dropped" if dead_letter is None else "dead_lettered")
        fate = "dropped" if dead_letter is None else "dead_lettered"
        self._note(fate, entry.message, entry.deliveries)
        if dead_letter is not None:
            self._put(dead_letter, dataclasses.replace(entry.message, delay_s=0.0))

    def _add(self, name: str, settings: QueueSettings) -> MessageQueue:
        queue = self.queues[name] = MessageQueue(name, settings, self._env)
        self._subscribers[name] = deque()
        return queue

    def _check_new(self, name: str) -> None:
        if not isinstance(name, str) or not name:
            refuse("Broker.queue.name", name, "a name, not empty")
        if name in self.queues or name in self.topics_by_name:
            refuse(
                "Broker.queue.name", name, "a new name: this broker has a queue or topic so called"
            )

    def _note(self, event: str, message: Message, deliveries: int = 0) -> None:
        self._trace.record(
            now_ns(self._env),
            event,
            message.number,
            node=self.name,
            link=f"{message.sender}→{message.receiver}",
            attempt=deliveries,
        )
