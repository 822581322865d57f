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

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from simulator.callables import function
from simulator.clock import to_ns
from simulator.message import Message
from simulator.network.broker.admission import Admission
from simulator.network.broker.delivery import Delivery, deliver, deliver_soon, sent_once
from simulator.network.broker.fates import Fates
from simulator.network.broker.queue import MessageQueue, QueueSettings
from simulator.network.broker.rota import Rota
from simulator.network.broker.subscription import Rest, Subscription, Work
from simulator.network.broker.topic import Topic
from simulator.network.channel.copies import RETURNED
from simulator.network.node.handlers import Handler
from simulator.network.node.node import Node
from simulator.network.node.workers import Prefetch
from simulator.network.timers import now_ns
from simulator.validation import integer, name_of, refuse

if TYPE_CHECKING:
    from simulator.network.broker.entry import Entry
    from simulator.network.surroundings import Surroundings
    from simulator.policies import Backoff
    from simulator.protocols.channel import Steps


class Broker(Node):
    """A node with queues and topics. Make one with `net.broker(name)`.

    Attributes:
        queues: The queues, by name; those of topics are called "topic/group", or "topic/node" of a
            node that subscribes alone ("topic/node 2" where it does so again).
        topics_by_name: The topics.
        unrouted: How many messages came to each topic while it had no subscribers.
    """

    replies = False  # the worker that handles the message does

    def __init__(self, network: Surroundings, name: str) -> None:
        """Make a broker; `Network.broker` is the way to."""
        super().__init__(network, name)
        self.queues: dict[str, MessageQueue] = {}
        self.topics_by_name: dict[str, Topic] = {}
        self.unrouted: Counter[str] = Counter()
        self._rota = Rota()
        self._admission = Admission(self.env, self)
        self._fates = Fates(self.env, name, self, self._admission, network.draw)
        self.restart_callbacks.append(self._resume)

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
        ttl: float | None = None,
        redelivery_delay: float | Backoff = 0.0,
    ) -> MessageQueue:
        """Add a queue, whose subscribers share its messages.

        Args:
            name: Its name, for publishers and subscribers.
            capacity: How many messages may wait, delayed ones included; one that comes back is
                always taken. None: no limit.
            overflow: What becomes of a message for which there is no room: "reject" refuses it,
                "drop-oldest" drops the one accepted first, "block" lets its publisher wait for the
                confirm, and accepts it once.
            visibility_timeout: How long a worker has to acknowledge a delivery, in seconds.
            max_deliveries: How often a message is delivered, the first time included, and whatever
                crashes; what a worker refuses is no delivery. None: for ever.
            dead_letter: The queue of this broker for messages that have used up their deliveries,
                or their time to live: one that takes every message, without a capacity or dropping
                the oldest. None: they are dropped.
            durable: Whether its messages outlive a crash of the broker.
            priority: Whether messages of a higher priority go first.
            ttl: Time to live, in seconds from when the queue accepts a message. One that waits or
                is delayed at its end expires; one that a worker has does if it comes back later.
                None: for ever.
            redelivery_delay: The pause before a message is delivered again, from when its latest
                delivery failed: in seconds, at least 0, or a backoff, whose attempts are the
                deliveries.
        """
        settings = QueueSettings(
            capacity=capacity,
            overflow=overflow,
            visibility_timeout=visibility_timeout,
            max_deliveries=max_deliveries,
            dead_letter=dead_letter,
            durable=durable,
            priority=priority,
            ttl=ttl,
            redelivery_delay=redelivery_delay,
        )
        self._check("queue", name, settings)
        queue = MessageQueue(name, "a queue", settings, self.env)
        has_room = None if queue.always_accepts else queue.has_room
        take = self._admission.to(queue)
        self.register(name, Handler(take, owner=queue.owner, kind="task", has_room=has_room))
        self._add(queue)
        return queue

    def topic(self, name: str, **settings: Any) -> Topic:
        """Add a topic: each subscriber, or group of subscribers, gets every message.

        Args:
            name: Its name, for publishers and subscribers.
            settings: What the queue of each group is like, as for `queue`. A group whose queue is
                full and rejects misses the message; the others get it. One that blocks holds up the
                confirm, not the others.
        """
        topic = Topic(name, QueueSettings(**settings))
        self._check("topic", name, topic.settings)

        def take(message: Message) -> Steps | None:
            if not topic.queues:
                self.unrouted[name] += 1
                self.note("unrouted", message)
            return self._admission.accept(message, list(topic.queues.values()))

        self.register(name, Handler(take, owner="a topic", kind="event"))
        self.topics_by_name[name] = topic
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
        """Let a worker take messages from a queue or a topic; see `Node.subscribe`."""
        prefetch = integer("Node.subscribe.prefetch", prefetch, low=1)
        function("Node.subscribe.handler", handler, "the message")
        topic = self.topics_by_name.get(name) if isinstance(name, str) else None
        if topic is not None:
            if group is not None:
                name_of("Node.subscribe.group", group)
            queue = topic.queue_for(self.env, node.name, group)
        elif isinstance(name, str) and name in self.queues:
            if group is not None:
                refuse("Node.subscribe.group", group, "None on a queue, which all share")
            queue = self.queues[name]
        else:
            known = ", ".join([*self.queues, *self.topics_by_name]) or "none yet"
            refuse("Node.subscribe.topic", name, f"a queue or a topic of {self.name} ({known})")
        is_new = queue is not self.queues.get(queue.name)
        if is_new:
            self.check_free("Node.subscribe.topic", queue.name)
        place = 0 if is_new else self._rota.size(queue)
        inbox = f"{self.name}/{queue.name}/{place}"
        work = Handler(
            Work(node, handler, queue, self.network.mistakes),
            owner=f"deliveries from {self.name}",
            prefetch=Prefetch(prefetch, to_ns(queue.settings.visibility_timeout)),
        )
        node.register(inbox, work, "Node.subscribe.topic")
        if is_new and topic is not None:
            topic.add(queue, node.name, group)
            self._add(queue)
        guarantee = sent_once(queue.settings.visibility_timeout)
        subscription = Subscription(node, inbox, guarantee, prefetch, prefetch)
        self._rota.add(queue, subscription)
        node.restart_callbacks.append(lambda: self._take_up(subscription, queue))
        self.dispatch(queue, at_once=False)

    def reply(self, request: Message, result: Any) -> None:
        """Say nothing: the worker that handles the message replies."""

    def owner_of(self, topic: str) -> str | None:
        """Return what a name belongs to; a group's queue has its name without a handler."""
        queue = self.queues.get(topic)
        return super().owner_of(topic) if queue is None else queue.owner

    def _go_down(self) -> None:
        """Lose what is not durable."""
        super()._go_down()
        for queue in self.queues.values():
            for entry in queue.crash():
                self._fates.outlive(queue, entry)
        self._admission.forget()
        self._rota.restore()

    def _resume(self) -> None:
        """Hand out again what is durable, unless it has used up its deliveries or its time."""
        for queue in self.queues.values():
            for entry in queue.spent():
                self._fates.come_back(queue, entry, at_once=False)
        for queue in self.queues.values():
            self.dispatch(queue, at_once=False)

    def dispatch(self, queue: MessageQueue, *, at_once: bool = True) -> None:
        """Deliver as many messages as workers have room for, each worker in its turn.

        Args:
            queue: The queue.
            at_once: Whether what runs now sends nothing else afterwards. If it may, as a student's
                program may, the deliveries are sent when it waits, after what it sends.
        """
        while self.is_up and queue.counts.waiting:
            subscription = self._rota.next(queue)
            if subscription is None:
                return
            entry = queue.take()
            subscription.credit -= 1
            if self.trace.enabled:
                again = entry.deliveries > 1
                self.note("redelivered" if again else "dequeued", entry.message, entry.deliveries)
            if at_once:
                deliver(self, queue, entry, subscription)
            else:
                self.process(deliver_soon(self, queue, entry, subscription))
            if queue.line:
                self._admission.let_in(queue)

    def settle(self, delivery: Delivery) -> None:
        """Do what the fate of a delivery asks for: it was acknowledged, given back, or neither."""
        queue, entry, subscription = delivery.queue, delivery.entry, delivery.subscription
        if delivery.is_answered:
            if delivery.reply is RETURNED:
                self._fates.come_back(queue, entry)
            else:
                queue.acknowledge(entry)
        elif delivery.refused:
            # The worker is closed or full: it never had the message, and rests for a while.
            self._fates.take_back(queue, entry)
            self.dispatch(queue)
            rest = Rest(self.env, self, queue, subscription)
            rest.callbacks.append(lambda _: self._end_rest(rest))
            return
        else:
            subscription.note_silence()
            self._fates.come_back(queue, entry)
        subscription.credit += 1
        self.dispatch(queue)

    def expire(self, queue: MessageQueue, entry: Entry) -> None:
        """End the life of a message that waits or is delayed, unless the broker is down."""
        if self.is_up:
            self._fates.expire(queue, entry)

    def heeds_expiry(self, queue: MessageQueue) -> bool:
        """Whether anything comes of it when a message expires: for others, that is."""
        return self.is_up and (bool(queue.line) or self._rota.takes_what_expires(queue))

    def _end_rest(self, rest: Rest) -> None:
        if rest.life == self.life:
            rest.subscription.credit += 1
            self.dispatch(rest.queue)

    def _take_up(self, subscription: Subscription, queue: MessageQueue) -> None:
        """Deliver to a worker again that has been restarted."""
        subscription.is_left_out = False
        self.dispatch(queue, at_once=False)

    def _add(self, queue: MessageQueue) -> None:
        self.queues[queue.name] = queue
        self._rota.open(queue)

    def _check(self, kind: str, name: object, settings: QueueSettings) -> None:
        """Refuse a name that is taken, or none; and the dead-letter queue of another broker."""
        self.check_free(f"Broker.{kind}.name", name_of(f"Broker.{kind}.name", name))
        dead_letter = settings.dead_letter
        if dead_letter is not None and self.queues.get(dead_letter.name) is not dead_letter:
            refuse(f"Broker.{kind}.dead_letter", dead_letter.name, f"a queue of {self.name}")

    def note(self, event: str, message: Message, deliveries: int = 0) -> None:
        """Record what happens to a message in a queue."""
        if self.trace.enabled:
            link = f"{message.sender}→{message.receiver}"
            about = message._replace(delivers=deliveries)
            self.trace.record(
                now_ns(self.env), event, about, node=self.name, link=link, attempt=deliveries
            )
