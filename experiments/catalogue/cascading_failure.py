"""How far does one slow service reach, when each waits for the next, and when queues stand between?"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from experiments.base import Experiment, Figure, Lines, Timeline
from experiments.model import Measures, Model
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
from simulator.network import Node, Steps

NAMES = ("A", "B", "C", "D")
WORKERS, BACKLOG = 10, 10
SERVICE = 0.02
SLOW_AT, SLOW_LASTS = 10.0, 20.0
BIN = 1.0
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
    factor: float = 20.0

    metrics = ("pings_failed", "orders_failed", "orders_done", "ping_p99")
    series = ("busy",)
    unit = "requests"

    @property
    def times(self) -> tuple[float, ...]:
        """A bin a second."""
        return tuple(float(t) for t in np.arange(0.0, 50.0, BIN))

    def measure(self, replication: int) -> Measures:
        """Return how pings and orders fare while D is slow, and how busy A is all along."""
        net = Network(self.seed, replication=replication, trace=False)
        client = net.node("client")
        services = [net.node(name, workers=WORKERS, backlog=BACKLOG) for name in NAMES]
        net.connect(client, services[0], Link(delay=Constant(0.002)))
        net.inject(SlowNode(node="D", factor=self.factor, at=SLOW_AT, lasts=SLOW_LASTS))
        done: list[float] = []
        ping_times: list[float] = []
        failed = {"ping": 0, "order": 0}
        asked = {"ping": 0, "order": 0}

        def work(service: Node, message: Message) -> Steps:
            place = NAMES.index(service.name)
            yield service.work(message.sample(Exponential(mean=SERVICE), draw=place))

        def blocking(service: Node, following: Node | None) -> None:
            @service.on("order")
            def handle(message: Message) -> Steps:
                yield from work(service, message)
                if following is not None:
                    try:
                        yield service.ask(following, "order", message.data, guarantee=CALL)
                    except CallFailed:
                        return "failed"
                else:
                    done.append(net.now)
                return "done"

        def queueing(service: Node, following: Node | None) -> None:
            def handle(message: Message) -> Steps:
                yield from work(service, message)
                if following is not None:
                    service.publish(broker, following.name, message.data)
                else:
                    done.append(net.now)

            broker.queue(service.name)
            service.subscribe(broker, service.name, handle, prefetch=WORKERS // 2)

        if self.chain == "queues":
            broker = net.broker("broker")
            for node in (client, *services):
                net.connect(node, broker, Link(delay=Constant(0.002)))
        for service, following in zip(services, [*services[1:], None], strict=True):
            if self.chain == "queues":
                queueing(service, following)
            else:
                if following is not None:
                    net.connect(service, following, Link(delay=Constant(0.002)))
                blocking(service, following)

        @services[0].on("ping")
        def pong(message: Message) -> Steps:
            yield services[0].work(message.sample(Exponential(mean=SERVICE)))

        def call(topic: str) -> Steps:
            start = net.now
            watched = SLOW_AT <= start < SLOW_AT + SLOW_LASTS
            asked[topic] += watched
            answer = "failed"
            try:
                answer = yield client.ask(services[0], topic, guarantee=CALL)
            except CallFailed:
                answer = "failed"
            failed[topic] += watched and answer == "failed"
            if topic == "ping" and watched and answer != "failed":
                ping_times.append(net.now - start)

        def order(number: int) -> Steps | None:
            if self.chain == "blocking":
                return call("order")
            asked["order"] += SLOW_AT <= net.now < SLOW_AT + SLOW_LASTS
            client.publish(broker, "A", number)
            return None

        client.drive(Poisson(rate=40), order, messages=self.messages)
        client.drive(Poisson(rate=40), lambda _: call("ping"), messages=self.messages)
        net.run()
        busy = services[0].busy
        return {
            "pings_failed": failed["ping"] / max(asked["ping"], 1),
            "orders_failed": failed["order"] / max(asked["order"], 1),
            "orders_done": len(done) / self.messages,
            "ping_p99": float(np.quantile(ping_times, 0.99)) if ping_times else float("nan"),
            "busy": [busy.mean(t, t + BIN) for t in self.times if t + BIN <= net.now],
        }


EXPERIMENT = Experiment(
    question=(
        "How far does one slow service reach, when each waits for the next, and when queues stand "
        "between?"
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
                Lines(x="factor", y="pings_failed", color="chain"),
                Timeline(
                    y="busy",
                    color="chain",
                    where={"factor": (20.0,)},
                    shade=(SLOW_AT, SLOW_AT + SLOW_LASTS),
                ),
            ),
        ),
    ),
    replications=20,
    quick_messages=1_000,
)

if __name__ == "__main__":
    from experiments.__main__ import run_file

    run_file(__file__)
