"""What does it gain, and cost, to ask a second server when the first is slow?"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from experiments.framework.experiment import Experiment
from experiments.framework.figure import Figure, Lines
from experiments.framework.metric import Metric
from experiments.framework.model import Measures, Model
from simulator import (
    AtLeastOnce,
    Constant,
    Link,
    LogNormal,
    Message,
    Network,
    Periodic,
    Retry,
    theory,
)
from simulator.fields import AT_LEAST_0, COUNT
from simulator.network import Node, Steps

SERVICE = LogNormal(mean=0.1, std=0.2)
"""Skewed: half of the replies take less than 45 ms, one in a hundred more than 0.85 s."""
PATIENT = AtLeastOnce(retry=Retry(timeout=1_000.0, max_attempts=1))


@dataclass(frozen=True, kw_only=True)
class Hedging(Model):
    """A client asks servers that are slow now and then, each at random; links take no time.

    Servers have workers enough: what is hedged costs work, and makes nobody else wait.

    Attributes:
        after: How long the client waits for a reply before it asks the next server, in seconds.
        servers: How many servers it asks at most.
    """

    after: float = field(default=0.1, metadata=AT_LEAST_0)
    servers: int = field(default=2, metadata=COUNT)

    metrics = (Metric("latency_p50", "s"), Metric("latency_p99", "s"), Metric("asked"))
    unit = "requests"

    def measure(self, replication: int) -> Measures:
        """Return how long replies took, and how many servers were asked for each."""
        net = Network(self.seed, replication=replication, trace=False)
        client = net.node("client")
        servers = [net.node(f"server {place}") for place in range(1, self.servers + 1)]
        for server in servers:
            net.connect(client, server, Link(delay=Constant(0.0)))
            server.on("read")(self._reading(server))
        latencies = []

        def ask(_: int) -> Steps:
            start = net.now
            yield client.ask_hedged(servers, "read", after=self.after, guarantee=PATIENT)
            latencies.append(net.now - start)

        client.drive(Periodic(interval=0.01), ask, messages=self.messages)
        net.run()
        return {
            "latency_p50": float(np.quantile(latencies, 0.50)),
            "latency_p99": float(np.quantile(latencies, 0.99)),
            "asked": len(client.ledger) / self.messages,
        }

    @staticmethod
    def _reading(server: Node) -> Callable[[Message], Steps]:
        def read(message: Message) -> Steps:
            yield server.work(message.sample(SERVICE))

        return read


def expected_quantile(probability: float) -> Callable[[Hedging], float]:
    """Return what computes a quantile of a model's latencies."""
    return lambda model: theory.hedged_quantile(
        SERVICE.cdf, probability, after=model.after, nodes=model.servers
    )


EXPERIMENT = Experiment(
    question="What does it gain, and cost, to ask a second server when the first is slow?",
    base=Hedging(messages=5_000),
    sweep={
        "servers": {1: 1, 2: 2, 3: 3},
        "after": {after: after for after in (0.025, 0.05, 0.1, 0.2, 0.4, 0.8)},
    },
    units={"after": "s"},
    metrics=Hedging.metrics,
    theory={
        "latency_p50": expected_quantile(0.50),
        "latency_p99": expected_quantile(0.99),
        "asked": lambda m: theory.hedged_nodes(SERVICE.cdf, after=m.after, nodes=m.servers),
    },
    figures=(
        Figure(
            name="hedging",
            panels=(
                Lines(x="after", y="latency_p99", color="servers"),
                Lines(x="after", y="asked", color="servers"),
            ),
        ),
    ),
    replications=20,
    quick_messages=1_000,
)
