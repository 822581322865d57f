"""A host: what runs at a node, on how many workers, and what a crash of it loses."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import simpy

from simulator.clock import to_ns
from simulator.errors import Crashed
from simulator.message import Message
from simulator.network.gauge import Gauge
from simulator.network.receiver_end import was_done
from simulator.network.timers import Phase, Timer, now_ns
from simulator.policies import IdempotencyKeys, SeenMessages
from simulator.validation import integer, number, refuse

if TYPE_CHECKING:
    from simulator.ledger import Row
    from simulator.network.channel import Channel
    from simulator.network.guarantee import Steps
    from simulator.network.reply_queue import ReplyQueue
    from simulator.trace import Trace

HandlerFunction = TypeVar("HandlerFunction", bound=Callable[[Message], Any])


@dataclass(frozen=True, slots=True)
class Handler:
    """What a node does with the messages of a topic.

    Attributes:
        function: Called with the message; a plain function, or a generator that takes time.
        idempotent: Whether handling a message twice changes no more than handling it once.
        keys: How it recognizes a request that it has handled; None if it does not.
        handled: The requests that it remembers.
    """

    function: Callable[[Message], Any]
    idempotent: bool = False
    keys: IdempotencyKeys | None = None
    handled: SeenMessages | None = None


@dataclass(slots=True)
class Job:
    """A message to handle.

    Attributes:
        message: The message.
        row: Its row in the sender's ledger.
        begin: Called when a worker takes it.
        done: Happens when it is handled; its value is the result.
        life: Which life of the host it belongs to: a crash ends one.
    """

    message: Message
    row: Row
    begin: Callable[[], None]
    done: simpy.Event
    life: int


class Host:
    """Runs handlers and processes, until it crashes.

    Attributes:
        name: Its name in the network.
        workers: How many handlers run at once at most. None: no limit.
        backlog: How many messages may wait for a worker; more are refused. None: no limit.
        busy: How many handlers run.
        waiting: How many messages wait for a worker.
        refused: How many copies have been refused so far.
        is_up: Whether it has not crashed, or has been restarted since.
        refuses_while_down: Whether, while it is down, senders are told; else it is silent.
    """

    def __init__(
        self,
        env: simpy.Environment,
        trace: Trace,
        name: str,
        workers: int | None = None,
        backlog: int | None = None,
    ) -> None:
        """Start up."""
        if workers is not None:
            allowed = "a whole number at least 1, or None for no limit"
            workers = integer("Network.node.workers", workers, low=1, allowed=allowed)
        if backlog is not None:
            allowed = "a whole number at least 0, or None for no limit"
            backlog = integer("Network.node.backlog", backlog, low=0, allowed=allowed)
            if workers is None:
                refuse("Network.node.backlog", backlog, "None where workers is: nothing ever waits")
        self.name = name
        self.workers = workers
        self.backlog = backlog
        self.is_up = True
        self.refuses_while_down = False
        self.slowness = 1.0
        self.busy = Gauge(lambda: now_ns(env))
        self.waiting = Gauge(lambda: now_ns(env))
        self.refused = Gauge(lambda: now_ns(env))
        self.sending_channels: list[Channel] = []
        self.receiving_channels: list[Channel] = []
        self.reply_queues: list[ReplyQueue] = []
        self._env = env
        self._trace = trace
        self._handlers: dict[str, Handler] = {}
        self._backlog: deque[Job] = deque()
        self._processes: dict[simpy.Process, None] = {}  # a set would forget their order
        self._life = 0
        self._is_taking = False

    def __repr__(self) -> str:
        """Say which node."""
        return f"<{type(self).__name__} {self.name}>"

    # Handlers.

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

        def register(function: HandlerFunction) -> HandlerFunction:
            memory = None
            if keys is not None:
                memory = SeenMessages(keys.window, keys.max_age, lambda: now_ns(self._env))
            self._handlers[topic] = Handler(function, idempotent, keys, memory)
            return function

        return register

    @property
    def topics(self) -> list[str]:
        """What it has handlers for."""
        return list(self._handlers)

    def handles(self, topic: str) -> bool:
        """Whether it has a handler for a topic."""
        return topic in self._handlers

    def has_room(self, message: Message) -> bool:  # noqa: ARG002 - a broker looks at its queue
        """Whether a message would find a worker, or room to wait for one."""
        return (
            self.workers is None
            or self.busy.value < self.workers
            or self.backlog is None
            or self.waiting.value < self.backlog
        )

    def handle(self, message: Message, row: Row, begin: Callable[[], None]) -> simpy.Event:
        """Let the handler of a message run when a worker is free.

        Args:
            message: The message.
            row: Its row, where effects are counted.
            begin: Called when a worker takes it.

        Returns:
            An event whose value is what the handler returned.
        """
        job = Job(message, row, begin, simpy.Event(self._env), self._life)
        if self.workers is None or self.busy.value < self.workers:
            self._take(job)
        else:
            self._backlog.append(job)
            self.waiting.add(1)
        return job.done

    def _take(self, job: Job) -> None:
        self.busy.add(1)
        job.begin()
        handler = self._handlers[job.message.topic]
        if handler.keys is not None and handler.handled is not None:
            key = handler.keys.key(job.message)
            if key in handler.handled:
                self.process(self._answer_from_memory(job, handler.handled.reply_to(key)))
                return
            handler.handled.remember(key, job.done)
        result = handler.function(job.message)
        if isinstance(result, Generator):
            self.process(self._work_through(job, handler, result))
        else:
            self._finish(job, result, changes=not (handler.idempotent and job.row.effects))

    def _work_through(self, job: Job, handler: Handler, steps: Steps) -> Steps:
        result = yield from steps
        self._finish(job, result, changes=not (handler.idempotent and job.row.effects))

    def _answer_from_memory(self, job: Job, reply: simpy.Event) -> Steps:
        result = yield reply
        self._finish(job, result, changes=False)

    def _finish(self, job: Job, result: Any, *, changes: bool) -> None:
        if job.life != self._life:
            return  # its host crashed while it ran
        job.row.effects += changes
        self.busy.add(-1)
        job.done.succeed(value=result)
        if self._is_taking:
            return  # the loop below, some calls up, goes on
        self._is_taking = True
        while self._backlog and (self.workers is None or self.busy.value < self.workers):
            self.waiting.add(-1)
            self._take(self._backlog.popleft())
        self._is_taking = False

    # Processes.

    def process(self, steps: Generator[simpy.Event, Any, Any]) -> simpy.Process:
        """Start a process at this node: a crash of the node ends it.

        Raises:
            Crashed: If the node is down.
        """
        if not isinstance(steps, Generator):
            refuse("Node.process.steps", steps, "a generator: call the function, and yield in it")
        self._check_up()
        process = self._env.process(self._until_crash(steps))
        self._processes[process] = None
        process.callbacks.append(lambda _: self._processes.pop(process, None))
        return process

    def work(self, seconds: float) -> simpy.Event:
        """Return an event that happens after `seconds` of work, longer while the node is slow."""
        seconds = number("Node.work.seconds", seconds, low=0) * self.slowness
        return Timer(self._env, to_ns(seconds), Phase.DATA)

    def _until_crash(self, steps: Steps) -> Steps:
        life = self._life
        try:
            return (yield from steps)
        except simpy.Interrupt:
            if life == self._life:
                raise
            raise Crashed(f"{self.name} crashed") from None

    # Crash and restart.

    def crash(self, *, refuses: bool = False) -> None:
        """Stop: processes, running handlers, the backlog and all volatile memory are lost.

        Args:
            refuses: Whether senders are told while it is down (the machine answers for it), or it
                is silent (the machine is down).
        """
        if not self.is_up:
            return
        self.is_up = False
        self.refuses_while_down = refuses
        self._life += 1
        self._trace.record(now_ns(self._env), "crashed", node=self.name)
        for process in list(self._processes):
            if process.is_alive and process is not self._env.active_process:
                process.defused = True
                process.interrupt("crash")
        self._processes.clear()
        self._backlog.clear()
        self.busy.add(-self.busy.value)
        self.waiting.add(-self.waiting.value)
        for channel in self.sending_channels:
            channel.forget_sendings()
        for channel in self.receiving_channels:
            channel.forget_memory()
        for queue in self.reply_queues:
            queue.forget()
        for handler in self._handlers.values():
            if handler.keys is not None and handler.handled is not None:
                handler.handled.keep(was_done if handler.keys.durable else lambda _: False)

    def restart(self) -> None:
        """Start again, with what is durable."""
        if not self.is_up:
            self.is_up = True
            self._trace.record(now_ns(self._env), "restarted", node=self.name)

    def _check_up(self) -> None:
        if not self.is_up:
            raise Crashed(f"{self.name} is down")
