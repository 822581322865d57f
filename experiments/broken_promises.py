"""Broken promises: random runs to minimize, each of which shows how a promise comes to be broken.

`pigeon minimize NAME` shrinks one to the shortest script that still breaks it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from simulator import (
    At,
    AtLeastOnce,
    ExactlyOnce,
    Exponential,
    Link,
    Message,
    Network,
    Periodic,
    RandomCrashes,
    Retry,
    Scenario,
)
from simulator.conditions import Workload
from simulator.minimization import Program
from simulator.network import Steps

PROCESSING: Final = 0.1
RETRY: Final = Retry(timeout=0.2, max_attempts=10)
LINK: Final = Link(delay=Exponential(mean=0.02), loss=0.1)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A run to minimize.

    Attributes:
        subject: A scenario; or a program, with when it sends messages.
        workload: When, for a program; a scenario has its own.
        question: What it asks, by language.
        broken: What the promise is, once broken, by language.
    """

    subject: Scenario | Program
    workload: Workload = Periodic(interval=0.05)
    question: Mapping[str, str]
    broken: Mapping[str, str]


DEDUPLICATION_WINDOW: Final = Scenario(
    guarantee=ExactlyOnce(retry=RETRY, window=1), link=LINK, workload=Periodic(interval=0.05)
)


def acknowledge_before(net: Network, times: tuple[float, ...]) -> bool:
    """A receiver acknowledges a message before it processes it, and crashes now and then."""
    sender, receiver = net.node("sender"), net.node("receiver")
    net.connect(sender, receiver, LINK)

    @receiver.on("work")
    def process(_: Message) -> Steps:
        yield receiver.work(PROCESSING)

    crashes = {"mean_time_to_failure": 2.0, "mean_time_to_repair": 0.2}
    net.inject(RandomCrashes(node="receiver", until=times[-1] + PROCESSING, **crashes))
    guarantee = AtLeastOnce(retry=RETRY, acknowledge="before")
    sender.send_each(At(times=times), receiver, "work", messages=len(times), guarantee=guarantee)
    net.run()
    ledger = sender.ledger
    return bool(((ledger["belief"] == "acknowledged") & (ledger["effects"] == 0)).any())


def visibility_timeout(net: Network, times: tuple[float, ...]) -> bool:
    """A queue gives a message to a worker again before the worker could be done with it."""
    sender, broker, receiver = net.node("sender"), net.broker("broker"), net.node("receiver")
    net.connect(sender, broker, LINK)
    net.connect(broker, receiver, LINK)
    broker.queue("work", visibility_timeout=0.9 * PROCESSING, max_deliveries=2)
    processed = Counter[str]()

    def process(message: Message) -> Steps:
        yield receiver.work(PROCESSING)
        processed[message.id] += 1

    receiver.subscribe(broker, "work", process, prefetch=20)

    def publish(_: int) -> None:
        sender.publish(broker, "work", guarantee=ExactlyOnce(retry=RETRY))

    sender.drive(At(times=times), publish, messages=len(times))
    net.run()
    return max(processed.values(), default=0) > 1


CASES: Final[Mapping[str, Case]] = {
    "deduplication_window": Case(
        subject=DEDUPLICATION_WINDOW,
        question={
            "en": "A receiver remembers one message: what makes it handle one twice?",
            "fr": "Un récepteur se souvient d'un seul message : qu'est-ce qui lui en fait traiter un "
            "deux fois ?",
        },
        broken={"en": "A message is handled twice.", "fr": "Un message est traité deux fois."},
    ),
    "acknowledge_before": Case(
        subject=acknowledge_before,
        question={
            "en": "A receiver acknowledges before it processes: what makes a message vanish?",
            "fr": "Un récepteur accuse réception avant de traiter : qu'est-ce qui fait disparaître "
            "un message ?",
        },
        broken={
            "en": "A message is acknowledged, and never processed.",
            "fr": "Un message est acquitté, et n'est jamais traité.",
        },
    ),
    "visibility_timeout": Case(
        subject=visibility_timeout,
        question={
            "en": "A visibility timeout is shorter than the processing: what makes a message be "
            "processed twice?",
            "fr": "Un délai de visibilité est plus court que le traitement : qu'est-ce qui fait "
            "traiter un message deux fois ?",
        },
        broken={"en": "A message is processed twice.", "fr": "Un message est traité deux fois."},
    ),
}
"""Every case by its name."""
