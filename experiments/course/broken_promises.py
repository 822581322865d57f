"""Broken promises: random runs to minimize, each of which shows how a promise comes to be broken.

`pigeon minimize NAME` shrinks one to the shortest script that still breaks it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
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
from simulator.minimization import Program
from simulator.network import Steps

PROCESSING: Final = 0.1
RETRY: Final = Retry(timeout=0.2, max_attempts=10)
WORKLOAD: Final = Periodic(interval=0.05)
LINK: Final = Link(delay=Exponential(mean=0.02), loss=0.1)


DEDUPLICATION_WINDOW: Final = Scenario(
    guarantee=ExactlyOnce(retry=RETRY, window=1), link=LINK, workload=WORKLOAD
)


def acknowledge_before(net: Network, times: tuple[float, ...]) -> bool:
    """A receiver acknowledges a message before it processes it, and crashes now and then."""
    sender, receiver = net.node("sender"), net.node("receiver")
    net.connect(sender, receiver, LINK)

    @receiver.on("work")
    def process(_: Message) -> Steps:
        yield receiver.work(PROCESSING)

    net.inject(
        RandomCrashes(
            node="receiver",
            mean_time_to_failure=2.0,
            mean_time_to_repair=0.2,
            until=times[-1] + PROCESSING,
        )
    )
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


CASES: Final[Mapping[str, Scenario | Program]] = {
    "deduplication_window": DEDUPLICATION_WINDOW,
    "acknowledge_before": acknowledge_before,
    "visibility_timeout": visibility_timeout,
}
"""Every case by its name. A program sends its messages as `WORKLOAD` says."""
