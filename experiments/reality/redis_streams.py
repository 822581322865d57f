"""Redis Streams: a task that a second worker claims, beside a queue with a visibility timeout.

A consumer group keeps what each worker has taken and not acknowledged; another may claim it with
XAUTOCLAIM, once it has been idle for so long. In Pigeon the broker delivers it again, after its
visibility timeout. Sooner than the work is done, either does it twice.

Nothing varies: the counts are equal. Times are hundreds of milliseconds apart, so that a busy
machine changes nothing.

Source: Redis documentation, "Redis Streams", section "Automatic claiming"; XAUTOCLAIM.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from experiments.reality.comparison import Comparison, Line
from experiments.reality.installed import library, program
from experiments.reality.options import Options
from experiments.reality.servers import HOST, PATIENCE, running, server
from simulator import Constant, Crash, Link, Network
from simulator.message import Message
from simulator.protocols import Steps

FIRST, SECOND = "first", "second"
WORK: Final = {FIRST: 1.2, SECOND: 0.1}
"""How long each worker takes for a task, in seconds: the first is slow."""

COUNTS: Final = ("begun", "done", "left")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What happens to one task.

    Attributes:
        name: What it is called.
        idle: How long the task is the first worker's alone, in seconds.
        claim: When the second worker asks for it, in seconds from when the first has it.
        kill: When the first worker is killed; None: never.
    """

    name: str
    idle: float
    claim: float
    kill: float | None = None


CASES: Final = (
    Case(name="early", idle=0.3, claim=0.6),
    Case(name="late", idle=2.0, claim=0.6),
    Case(name="killed", idle=1.0, claim=1.4, kill=0.4),
)


def measure(_options: Options) -> Sequence[Comparison]:
    """Measure each case, beside its simulation.

    Raises:
        NotInstalled: If Redis is not here, or its client is not.
    """
    return [_compared(case) for case in CASES]


def _compared(case: Case) -> Comparison:
    with store() as port:
        measured = happened(port, case)
    lines = [
        Line(name=name, measured=one, simulated=other)
        for name, one, other in zip(COUNTS, measured, simulated(case), strict=True)
    ]
    return Comparison(title=f"redis_{case.name}", lines=lines, values=(("idle", case.idle),))


@contextmanager
def store() -> Iterator[int]:
    """Start Redis, with its port.

    Raises:
        NotInstalled: If it is not here, or its client is not.
    """
    library("redis", "redis")
    found = program("redis-server", "redis-server")

    def command(port: int, folder: Path) -> Sequence[str]:
        keeps_nothing = ("--save", "", "--appendonly", "no", "--dir", str(folder))
        return [found, "--port", str(port), "--bind", HOST, *keeps_nothing]

    with server(command) as port:
        yield port


def happened(port: int, case: Case) -> tuple[int, int, int]:
    """Let a case happen at a Redis that has just started; return its `COUNTS`."""
    from experiments.reality import redis_worker as worker  # noqa: PLC0415 - not everyone has Redis

    def started(name: str, idle: str) -> Any:
        arguments = [str(port), name, idle, str(WORK[name])]
        return running([sys.executable, "-m", worker.__name__, *arguments])

    with (
        worker.connect(port) as client,
        _errors_in_one_line(),
        started(FIRST, worker.NEW) as first,
        started(SECOND, str(round(1_000 * case.idle))) as second,
    ):
        client.xgroup_create(worker.STREAM, worker.GROUP, mkstream=True)
        client.xadd(worker.STREAM, {"task": "0"})
        for _ in WORK:
            _wait_for(client, worker.READY)
        client.rpush(worker.signal(FIRST), "take it")
        _wait_for(client, worker.at_work(FIRST))
        since = time.monotonic()
        if case.kill is not None:
            time.sleep(case.kill)
            first.kill()
        time.sleep(max(0.0, since + case.claim - time.monotonic()))
        client.rpush(worker.signal(SECOND), "claim it")
        for process in (first, second):
            process.wait()  # its own patience is bounded
        begun, done = (int(client.get(name) or 0) for name in (worker.BEGUN, worker.DONE))
        return begun, done, client.xpending(worker.STREAM, worker.GROUP)["pending"]


@contextmanager
def _errors_in_one_line() -> Iterator[None]:
    """Raise an error of Redis as one of the system."""
    import redis  # noqa: PLC0415 - not everyone has it

    try:
        yield
    except redis.RedisError as error:
        raise OSError(f"Redis: {error}") from error


def _wait_for(client: Any, name: str) -> None:
    if client.blpop(name, timeout=PATIENCE) is None:
        raise TimeoutError(f"no worker of Redis is {name}")


def simulated(case: Case) -> tuple[int, int, int]:
    """Let the same happen in Pigeon; return its `COUNTS`."""
    net = Network(trace=False)
    producer, broker = net.node("producer"), net.broker("broker")
    queue = broker.queue("tasks", visibility_timeout=case.idle)
    counts = {"begun": 0, "done": 0}

    def subscribe(name: str) -> None:
        node = net.node(name)
        net.connect(node, broker, Link(delay=Constant(0.0)))

        def handle(_task: Message) -> Steps:
            counts["begun"] += 1
            yield node.work(WORK[name])
            counts["done"] += 1

        node.subscribe(broker, "tasks", handle)

    net.connect(producer, broker, Link(delay=Constant(0.0)))
    subscribe(FIRST)
    subscribe(SECOND)
    if case.kill is not None:
        net.inject(Crash(node=FIRST, at=case.kill, lasts=60.0))
    producer.publish(broker, "tasks", 0)
    net.run()
    return counts["begun"], counts["done"], queue.counts.accepted - queue.counts.acknowledged
