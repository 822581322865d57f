"""After an outage of a few seconds, why does the overload stay, and what ends it?"""

from dataclasses import dataclass

import numpy as np

from experiments.framework.experiment import Experiment
from experiments.framework.figure import Figure, Timeline
from experiments.framework.metric import Metric
from experiments.framework.model import Measures, Model
from simulator import (
    AtLeastOnce,
    CircuitBreaker,
    Constant,
    Crash,
    Exponential,
    ExponentialBackoff,
    Link,
    Message,
    Network,
    Poisson,
    Retry,
    RetryBudget,
    StoreAndForward,
)
from simulator.protocols import Guarantee, Steps

RATE, WORKERS, SERVICE = 70.0, 2, 0.02
"""Calls a second, and what the service can do: 100 calls a second."""
BACKLOG = 1_000
PATIENCE = 0.5
OUTAGE_AT, OUTAGE_LASTS = 10.0, 8.0
SILENT = (OUTAGE_AT, OUTAGE_AT + OUTAGE_LASTS)
END = 60.0
BIN = 1.0

IMMEDIATE = Retry(timeout=PATIENCE, max_attempts=4)
BACKOFF = Retry(timeout=PATIENCE, max_attempts=4, backoff=ExponentialBackoff(base=0.1))
JITTER = Retry(
    timeout=PATIENCE, max_attempts=4, backoff=ExponentialBackoff(base=0.1, jitter="full")
)
BUDGET = Retry(timeout=PATIENCE, max_attempts=4, budget=RetryBudget(ratio=0.1))
BREAKER = Retry(timeout=PATIENCE, max_attempts=4, breaker=CircuitBreaker(failures=10, recovery=2.0))

SHOWN = {"carried": ("jitter", "budget", "breaker", "store")}
"""Without jitter, and without any pause, the storm is the same."""


@dataclass(frozen=True, kw_only=True)
class Outage(Model):
    """A service is silent for 8 s. Its callers give it 0.5 s, and try up to four times.

    It does 100 calls a second, and 70 come. It handles what waits even if nobody waits for the
    answer any more: from outside, nobody sees the difference.

    Attributes:
        carried: How the callers call.
    """

    messages: int = 4_200
    carried: Guarantee = AtLeastOnce(retry=IMMEDIATE)  # noqa: RUF009 - a frozen value

    metrics = (
        Metric("goodput_after", "per second"),
        Metric("load_after", "calls/s"),
        Metric("answered", "%"),
        Metric("recovered_after", "s"),
    )
    series = (Metric("offered", "calls per second"), Metric("goodput", "answers per second"))
    unit = "requests"

    @property
    def times(self) -> tuple[float, ...]:
        """A bin a second."""
        return tuple(float(t) for t in np.arange(0.0, END, BIN))

    def measure(self, replication: int) -> Measures:
        """Return calls on the wire and calls answered, second by second and long after."""
        net = Network(self.seed, replication=replication)
        client = net.node("client")
        service = net.node("service", workers=WORKERS, backlog=BACKLOG)
        net.connect(client, service, Link(delay=Constant(0.005)))
        net.inject(Crash(node="service", at=OUTAGE_AT, lasts=OUTAGE_LASTS))

        @service.on("call")
        def handle(message: Message) -> Steps:
            yield service.work(message.sample(Exponential(mean=SERVICE)))

        def call(_: int) -> None:
            client.send(service, "call", guarantee=self.carried)

        client.drive(Poisson(rate=RATE), call, messages=self.messages)
        net.run(until=END)
        edges = np.append(self.times, END)
        sent = [row.time_s for row in net.trace if row.event == "sent"]
        offered = np.histogram(sent, edges)[0] / BIN
        ledger = client.ledger
        answered = ledger["acknowledged_s"]
        goodput = np.histogram(answered[~np.isnan(answered)], edges)[0] / BIN
        late = np.array(self.times) >= END - 20.0
        after = np.array(self.times) >= OUTAGE_AT + OUTAGE_LASTS
        well = after & (goodput >= 0.8 * RATE) & (offered <= 1.3 * RATE)
        first = np.array(self.times)[well]
        recovered = float(first[0]) - OUTAGE_AT - OUTAGE_LASTS if len(first) else END
        return {
            "goodput_after": float(goodput[late].mean()),
            "load_after": float(offered[late].mean()),
            "answered": float((~np.isnan(answered)).mean()),
            "recovered_after": recovered,
            "offered": [float(x) for x in offered],
            "goodput": [float(x) for x in goodput],
        }


EXPERIMENT = Experiment(
    question="After an outage of a few seconds, why does the overload stay, and what ends it?",
    base=Outage(),
    sweep={
        "carried": {
            "immediate": AtLeastOnce(retry=IMMEDIATE),
            "backoff": AtLeastOnce(retry=BACKOFF),
            "jitter": AtLeastOnce(retry=JITTER),
            "budget": AtLeastOnce(retry=BUDGET),
            "breaker": AtLeastOnce(retry=BREAKER),
            "store": StoreAndForward(
                retry=Retry(timeout=PATIENCE, max_attempts=1), rest=0.5, parallel=10
            ),
        },
    },
    metrics=Outage.metrics,
    series=Outage.series,
    figures=(
        Figure(
            name="storm",
            panels=tuple(
                Timeline(y=metric, color="carried", where=SHOWN, shade=SILENT, until=END - 4.0)
                for metric in ("offered", "goodput")
            ),
        ),
    ),
    replications=20,
    quick_messages=4_200,
)
