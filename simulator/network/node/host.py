"""A host: what runs at a node, on how many workers, and what a crash of it loses."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, Final, TypeVar

import simpy

from simulator.callables import function, generator
from simulator.clock import to_ns
from simulator.errors import Crashed
from simulator.message import Message
from simulator.network.channel.sending import Sending
from simulator.network.gauge import Gauge
from simulator.network.node.causes import Outages, Slowings
from simulator.network.node.handlers import Handler, Handlers
from simulator.network.node.handling import take
from simulator.network.node.workers import Workers
from simulator.network.processes import HostTask, Processes
from simulator.network.timers import Phase, Timer, now_ns
from simulator.policies import IdempotencyKeys, SeenMessages
from simulator.validation import has_method, number, refuse

if TYPE_CHECKING:
    from simulator.conditions import Delay
    from simulator.network.channel.receiver_end import ReceiverEnd
    from simulator.network.channel.sender_end import SenderEnd
    from simulator.network.schedule import Schedule
    from simulator.protocols.channel import Steps
    from simulator.trace import Trace

HandlerFunction = TypeVar("HandlerFunction", bound=Callable[[Message], Any])
DATA: Final = Phase.DATA
LONG: Final = 1e9
"""Seconds below which a time needs no second look."""

BY_HAND: Final = "by hand"
"""The cause of an outage that `crash` begins and `restart` ends."""


class Host:
    """Runs handlers and processes, until it crashes.

    Attributes:
        name: Its name in the network.
        env: The schedule.
        trace: What happened so far.
        processes: What runs at it.
        crew: Its workers, and what waits for them.
        handlers: What it does with the messages of each topic.
        refused: How many copies have been refused so far.
        life: Which life it is in: a crash ends one.
        is_up: Whether no crash of it lasts.
        refuses_while_down: Whether it refuses what comes while it is down, so that senders learn of
            it; else it is silent, as it is if any crash that lasts is.
        slowness: How many times as long its work takes now.
        restart_callbacks: Called when it starts again.
    """

    def __init__(
        self,
        env: Schedule,
        trace: Trace,
        name: str,
        workers: int | None = None,
        backlog: int | None = None,
    ) -> None:
        """Start up."""
        self.name = name
        self.env = env
        self.trace = trace
        self.life = 0
        self.is_up = True
        self.refuses_while_down = False
        self.slowness = 1.0
        self.refused = Gauge(env)
        self.processes = Processes(env, name)
        self.crew = Workers(env, workers, backlog)
        self.handlers = Handlers()
        self._outages = Outages()
        self._slowings = Slowings()
        self.sending_ends: list[SenderEnd] = []
        self.receiving_ends: list[ReceiverEnd] = []
        self.restart_callbacks: list[Callable[[], None]] = []

    def __repr__(self) -> str:
        """Say which node."""
        return f"<{type(self).__name__} {self.name}>"

    # Workers and handlers.

    @property
    def workers(self) -> int | None:
        """How many handlers run at once at most. None: no limit."""
        return self.crew.most

    @property
    def backlog(self) -> int | None:
        """How many messages may wait to be handled; more are refused. None: no limit."""
        return self.crew.backlog

    @property
    def busy(self) -> Gauge:
        """How many handlers run."""
        return self.crew.busy

    @property
    def waiting(self) -> Gauge:
        """How many messages wait to be handled."""
        return self.crew.waiting

    def on(
        self, topic: str, *, idempotent: bool = False, keys: IdempotencyKeys | None = None
    ) -> Callable[[HandlerFunction], HandlerFunction]:
        """Decorate the handler of a topic: a function of the message, or a generator.

        A generator takes time: it yields `node.work(seconds)`, `net.timeout(seconds)` or any SimPy
        event. What it returns is the reply. Its effect counts when it ends: what a crash cuts short
        has none.

        Args:
            topic: Which messages it handles.
            idempotent: Whether handling a message twice changes no more than handling it once.
            keys: How it recognizes a request that it has handled, to answer it from memory; None
                to run the handler each time.
        """
        if not isinstance(topic, str):
            refuse("Node.on.topic", topic, 'a topic in quotes, such as @server.on("order")')
        if not isinstance(keys, IdempotencyKeys | None):
            refuse("Node.on.keys", keys, "IdempotencyKeys, or None")

        def register(handle: HandlerFunction) -> HandlerFunction:
            function("Node.on.handler", handle, "the message")
            memory = None
            if keys is not None:
                memory = SeenMessages(keys.window, keys.max_age, lambda: now_ns(self.env))
            self.register(topic, Handler(handle, idempotent, keys, memory))
            return handle

        return register

    def register(self, topic: str, handler: Handler, field: str = "Node.on.topic") -> None:
        """Let a handler have a topic, unless the topic belongs to something else.

        A student's own handler replaces an earlier one of theirs: cells of a notebook run again.
        """
        if handler.owner or self.owner_of(topic):
            self.check_free(field, topic)
        self.handlers.register(topic, handler)

    def owner_of(self, topic: str) -> str | None:
        """Return what a topic belongs to: empty for a student's own handler, None for nothing."""
        return self.handlers.owner_of(topic)

    def check_free(self, field: str, name: str) -> None:
        """Refuse a name that belongs to something at this node, and say to what."""
        owner = self.owner_of(name)
        if owner is not None:
            called = owner or "a handler"
            refuse(field, name, f"a new name: {self.name} has {called} called so")

    @property
    def topics(self) -> list[str]:
        """What it has handlers for."""
        return list(self.handlers.by_topic)

    def serve(self, topic: str, time: Delay) -> None:
        """Let each message of a topic take a random time of a worker, and that be all.

        It is short for a handler of one line, and quicker:

            @node.on(topic)
            def handle(message):
                yield node.work(message.sample(time))

        Args:
            topic: Which messages it handles.
            time: What the times are drawn from, such as Exponential(mean=0.02).
        """
        expected = "a delay, such as Exponential(mean=0.02)"
        has_method("Node.serve.time", time, "quantile", expected)

        def handle(message: Message) -> Steps:
            yield self.work(message.sample(time))

        self.register(topic, Handler(handle, time=time))

    def service_time(self, topic: str) -> Delay | None:
        """Return the service time registered for a topic; None if it has another handler."""
        handler = self.handlers.by_topic.get(topic)
        return None if handler is None else handler.time

    take = take

    # Processes.

    def process(self, steps: Generator[simpy.Event, Any, Any]) -> simpy.Process:
        """Start a process at this node: a crash of the node ends it.

        Raises:
            Crashed: If the node is down.
        """
        generator("Node.process.steps", steps)
        self._check_up()
        return HostTask(self.processes, steps)

    def work(self, seconds: float) -> simpy.Event:
        """Return an event that happens after `seconds` of work, longer while the node is slow."""
        if type(seconds) is not float or not 0 <= seconds < LONG:
            seconds = number("Node.work.seconds", seconds, low=0)
        return Timer(self.env, to_ns(seconds * self.slowness), DATA)

    def begin_slowing(self, cause: object, factor: float) -> None:
        """Be slower for a cause, from now on: the factors of all that last are multiplied."""
        self._slowings.begin(cause, factor)
        self.slowness = self._slowings.product

    def end_slowing(self, cause: object) -> None:
        """Be slow for that cause no longer."""
        self._slowings.end(cause)
        self.slowness = self._slowings.product

    # Crash and restart.

    def crash(self, *, refuses: bool = False) -> None:
        """Stop: processes, running handlers, the backlog and all volatile memory are lost.

        The node stays down until `restart`, and while a fault crashes it. A process that crashes
        its own node ends where it next waits.

        Args:
            refuses: Whether what comes meanwhile is refused, so that senders learn of it (the
                machine answers for the node), or met with silence (the machine is down too).
        """
        if not isinstance(refuses, bool):
            refuse("Node.crash.refuses", refuses, "True or False")
        self.begin_outage(BY_HAND, refuses=refuses)

    def restart(self) -> None:
        """Start again after `crash`, with what is durable, unless a fault keeps the node down."""
        self.end_outage(BY_HAND)

    def begin_outage(self, cause: object, *, refuses: bool) -> None:
        """Be down for a cause, from now on: a node is down while any of its causes lasts.

        Args:
            cause: Any object; `end_outage` with an equal one ends it.
            refuses: Whether what comes meanwhile is refused; it is if all causes say so.
        """
        self._outages.begin(cause, refuses=refuses)
        self.refuses_while_down = self._outages.refuse
        if self.is_up:
            self._go_down()

    def end_outage(self, cause: object) -> None:
        """Be down for that cause no longer."""
        if not self._outages.end(cause):
            return
        self.refuses_while_down = self._outages.refuse
        if not self._outages:
            self._come_up()

    def _go_down(self) -> None:
        self.is_up = False
        self.life += 1
        self.trace.record(now_ns(self.env), "crashed", node=self.name)
        ended = self.processes.end_all()
        self.crew.drop_all()
        for task in ended:
            if isinstance(task, Sending):
                task.forget()
        for end in self.sending_ends:
            end.forget()
        self._forget_what_was_not_done()

    def _forget_what_was_not_done(self) -> None:
        """Lose what guarantees and handlers remember, but for what is durable and done."""
        for far_end in self.receiving_ends:
            far_end.forget()
        self.handlers.forget()

    def _come_up(self) -> None:
        self._forget_what_was_not_done()  # a handler that crashed its own node was remembered after
        self.is_up = True
        self.trace.record(now_ns(self.env), "restarted", node=self.name)
        for callback in self.restart_callbacks:
            if self.is_up:  # one of them may crash it again
                callback()

    def _check_up(self) -> None:
        if not self.is_up:
            raise Crashed(f"{self.name} is down")
