"""How far does one slow service reach, when services wait for each other, and when they do not?"""

from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

import numpy as np

from experiments.framework.experiment import Experiment
from experiments.framework.figure import Figure, Lines, Timeline
from experiments.framework.metric import Metric
from experiments.framework.model import Measures, Model
from simulator import (
    AtLeastOnce,
    CallFailed,
    Constant,
    Exponential,
    Link,
    Message,
    Network,
    Poisson,
    Retry,
    SlowNode,
)
from simulator.fields import ABOVE_0
from simulator.network import Broker, Node, Steps

NAMES = ("A", "B", "C", "D")
WORKERS, BACKLOG = 10, 10
PREFETCH = WORKERS // 2
RATE = 40.0
"""Orders, and pings, a second."""
SERVICE = 0.02
SLOW_AT, SLOW_LASTS = 10.0, 20.0
BIN = 1.0
LINK = Link(delay=Constant(0.002))
CALL = AtLeastOnce(retry=Retry(timeout=2.0, max_attempts=1))


@dataclass(frozen=True, kw_only=True)
class Chain(Model):
    """Orders go through services A, B, C and D; pings ask A alone. Then D slows down for 20 s.

    Each service has 10 workers and lets 10 requests wait; one takes 20 ms of work, D's as many
    times longer as `factor` says while it is slow. Orders and pings come at 40 a second each.

    Attributes:
        chain: "blocking": a worker waits until the next service has replied. "queues": it puts the
            order in the next service's queue, and is free.
        factor: How many times slower D becomes.
    """

    messages: int = 2_000
    chain: Literal["blocking", "queues"] = "blocking"
    factor: float = field(default=20.0, metadata=ABOVE_0)

    metrics = (
        Metric("pings_failed", "%"),
        Metric("orders_failed", "%"),
        Metric("orders_done", "%"),
        Metric("ping_p99", "s"),
        Metric("behind"),
    )
    series = (Metric("busy", "of 10"), Metric("waiting"))
    unit = "requests"

    @property
    def times(self) -> tuple[float, ...]:
        """A bin a second."""
        return tuple(float(t) for t in np.arange(0.0, 50.0, BIN))

    def measure(self, replication: int) -> Measures:
        """Return how pings and orders fare while D is slow, and how many orders D has waiting."""
        net = Network(self.seed, replication=replication, trace=False)
        town = Town(net)
        (town.chain_with_calls if self.chain == "blocking" else town.chain_with_queues)()
        net.inject(SlowNode(node="D", factor=self.factor, at=SLOW_AT, lasts=SLOW_LASTS))
        town.client.drive(Poisson(rate=RATE), lambda _: town.order(), messages=self.messages)
        town.client.drive(Poisson(rate=RATE), lambda _: town.call("ping"), messages=self.messages)
        net.run()
        busy = town.services[0].busy
        times = town.ping_times
        return {
            "pings_failed": town.failed["ping"] / max(town.asked["ping"], 1),
            "orders_failed": town.failed["order"] / max(town.asked["order"], 1),
            "orders_done": town.done / self.messages,
            "ping_p99": float(np.quantile(times, 0.99)) if times else float("nan"),
            "behind": float(town.waiting.at(SLOW_AT + SLOW_LASTS)),
            "busy": [busy.mean(t, t + BIN) if t < net.now else 0.0 for t in self.times],
            "waiting": [float(count) for count in town.waiting.at(self.times)],
        }


class Town:
    """The client and the four services, and what became of requests made while D was slow."""

    def __init__(self, net: Network) -> None:
        """Lay out the nodes."""
        self.net = net
        self.client = net.node("client")
        self.services = [net.node(name, workers=WORKERS, backlog=BACKLOG) for name in NAMES]
        self.broker: Broker | None = None
        self.waiting = self.services[-1].waiting
        self.asked, self.failed = Counter[str](), Counter[str]()
        self.done = 0
        self.ping_times: list[float] = []
        first = self.services[0]
        net.connect(self.client, first, LINK)
        first.on("ping")(lambda message: self.work(first, message))

    def chain_with_calls(self) -> None:
        """Let each service wait for the next before it replies."""
        for service, following in zip(self.services, [*self.services[1:], None], strict=True):
            if following is not None:
                self.net.connect(service, following, LINK)
            service.on("order")(partial(self.handle_and_call, service, following))

    def chain_with_queues(self) -> None:
        """Let each service put the order in the next one's queue."""
        self.broker = self.net.broker("broker")
        for node in (self.client, *self.services):
            self.net.connect(node, self.broker, LINK)
        for service, following in zip(self.services, [*NAMES[1:], None], strict=True):
            self.waiting = self.broker.queue(service.name).depth  # in the end that of D
            handle = partial(self.handle_and_publish, service, following)
            service.subscribe(self.broker, service.name, handle, prefetch=PREFETCH)

    def work(self, service: Node, message: Message) -> Steps:
        """Do a service's own part."""
        draw = NAMES.index(service.name)
        yield service.work(message.sample(Exponential(mean=SERVICE), draw))

    def handle_and_call(self, service: Node, following: Node | None, message: Message) -> Steps:
        """Do one's part, and hold a worker until the next service has done its own."""
        yield from self.work(service, message)
        if following is None:
            self.done += 1
            return "done"
        try:
            return (yield service.ask(following, "order", guarantee=CALL))
        except CallFailed:
            return "failed"

    def handle_and_publish(self, service: Node, following: str | None, message: Message) -> Steps:
        """Do one's part, and leave the rest to the next service, whenever that is."""
        yield from self.work(service, message)
        if following is None:
            self.done += 1
        else:
            assert self.broker is not None  # noqa: S101 - this chain has one
            service.publish(self.broker, following)

    def order(self) -> Steps | None:
        """Ask for an order, or put it in A's queue."""
        if self.broker is None:
            return self.call("order")
        self.asked["order"] += self.is_slow()
        self.client.publish(self.broker, "A")
        return None

    def call(self, topic: str) -> Steps:
        """Ask A for something, and see how that goes."""
        start, watched = self.net.now, self.is_slow()
        self.asked[topic] += watched
        try:
            answer = yield self.client.ask(self.services[0], topic, guarantee=CALL)
        except CallFailed:
            answer = "failed"
        self.failed[topic] += watched and answer == "failed"
        if topic == "ping" and watched and answer != "failed":
            self.ping_times.append(self.net.now - start)

    def is_slow(self) -> bool:
        """Whether D is slow now."""
        return SLOW_AT <= self.net.now < SLOW_AT + SLOW_LASTS


EXPERIMENT = Experiment(
    question=(
        "How far does one slow service reach, when services wait for each other, and when they do "
        "not?"
    ),
    base=Chain(),
    sweep={
        "chain": {"blocking": "blocking", "queues": "queues"},
        "factor": {f: f for f in (1.0, 5.0, 10.0, 15.0, 20.0, 30.0)},
    },
    metrics=Chain.metrics,
    series=Chain.series,
    figures=(
        Figure(
            name="cascade",
            panels=(
                *(
                    Timeline(
                        y=metric,
                        color="chain",
                        where={"factor": (20.0,)},
                        shade=(SLOW_AT, SLOW_AT + SLOW_LASTS),
                        until=45.0,
                    )
                    for metric in ("busy", "waiting")
                ),
                Lines(x="factor", y="pings_failed", color="chain"),
            ),
        ),
    ),
    replications=20,
    quick_messages=1_000,
)
