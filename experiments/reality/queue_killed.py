"""The measurement `queue`: the chapter's queue, killed in mid-work; and a handler that raises."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from typing import Any, Final

from experiments.reality.comparison import Comparison, Line
from experiments.reality.http_server import CHAPTER
from experiments.reality.options import Options
from experiments.reality.processes import Process, Processes
from simulator import Constant, Crash, Failed, Link, Message, Network
from simulator.protocols.channel import Steps
from simulator.validation import integer

TASKS: Final = 20
SOON, LATE = 0.1, 3_600.0
"""How long the work on a task takes, in seconds."""

KILLED_AT: Final = 1.0
"""When the queue crashes in Pigeon: what is done soon is complete, and the rest is in hand."""

COMPLETE: Final = r"Task \S+ complete"

Tasks = Sequence[dict[str, Any]]
"""Each with its "work", in seconds, and whether it "fails"."""

Counts = dict[str, int]
"""How many tasks, by what became of them."""


def measure(options: Options) -> list[Comparison]:
    """Kill a queue when every other task is complete; let one task in four fail."""
    number = TASKS if options.messages is None else options.messages
    integer("--messages", number, low=2)  # one that is complete, and one in hand
    halves = [{"work": LATE if task % 2 else SOON} for task in range(number)]
    quarters = [{"work": SOON, "fails": task % 4 == 3} for task in range(number)]  # noqa: PLR2004 - the last of four
    crashes = [Crash(node=node, at=KILLED_AT, lasts=1.0) for node in ("queue", "worker")]
    return [
        _compared("queue_killed", killed(halves), in_pigeon(halves, crashes)),
        _compared("queue_failing", failing(quarters), in_pigeon(quarters)),
    ]


def _compared(title: str, real: Counts, fake: Counts) -> Comparison:
    lines = [Line(name=name, measured=real[name], simulated=fake[name]) for name in real]
    return Comparison(title=title, lines=lines)


def start(processes: Processes, tasks: Tasks, seconds: float) -> Process:
    """Start the chapter's queue as a process that publishes tasks, and lives for so long."""
    program, given = CHAPTER / "message_queue.py", processes.write(json.dumps(tasks))
    return processes.start([sys.executable, str(program), str(given), str(seconds)])


def killed(tasks: Tasks) -> Counts:
    """Kill the queue when all is complete that is done soon; start it again, and wait a while."""
    with Processes() as processes:
        queue = start(processes, tasks, LATE)
        for said, times in (("Processing", len(tasks)), (COMPLETE, _soon(tasks))):
            if times:
                queue.said(said, times)
        queue.kill()
        again = start(processes, [], seconds=0.5)
        return _counts(tasks, queue.output + again.end())


def failing(tasks: Tasks) -> Counts:
    """Let tasks fail, and wait until all are over, and a while more."""
    with Processes() as processes:
        return _counts(tasks, start(processes, tasks, seconds=1 + SOON).end())


def _soon(tasks: Tasks) -> int:
    return sum(task["work"] == SOON for task in tasks)


def _counts(tasks: Tasks, output: str) -> Counts:
    complete = len(re.findall(COMPLETE, output))
    return {
        "tasks_published": output.count("Published to tasks"),
        "tasks_begun": output.count("Processing task"),
        "tasks_complete": complete,
        "tasks_lost": len(tasks) - complete,
    }


def in_pigeon(tasks: Tasks, crashes: Sequence[Crash] = ()) -> Counts:
    """Deliver each task once, by a broker that keeps them in memory alone."""
    net = Network(trace=False)
    producer, broker, worker = net.node("producer"), net.broker("queue"), net.node("worker")
    for node in (producer, worker):
        net.connect(node, broker, Link(delay=Constant(0.0)))
    queue = broker.queue("tasks", durable=False, max_deliveries=1)
    begun = complete = 0

    def handle_task(message: Message) -> Steps:
        nonlocal begun, complete
        begun += 1
        yield worker.work(message.data["work"])
        if message.data.get("fails"):
            raise Failed("SMTP 421")
        complete += 1

    worker.subscribe(broker, "tasks", handle_task, prefetch=len(tasks))
    for task in tasks:
        producer.publish(broker, "tasks", task)
    for crash in crashes:
        net.inject(crash)
    net.run()
    counts = queue.counts
    return {
        "tasks_published": counts.accepted,
        "tasks_begun": begun,
        "tasks_complete": complete,
        "tasks_lost": counts.lost + counts.dropped,
    }
