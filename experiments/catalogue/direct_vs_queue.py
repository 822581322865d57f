"""What becomes of a tenfold peak when services call each other, and when a queue stands between?"""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from experiments.framework.experiment import Experiment
from experiments.framework.figure import Figure, Lines, Timeline
from experiments.framework.metric import Metric
from experiments.framework.model import Measures, Model
from simulator import At, AtLeastOnce, Constant, Exponential, Link, Message, Network, Retry
from simulator.fields import COUNT
from simulator.network import Gauge, Steps

CALM, PEAK = 10.0, 100.0
"""Requests a second, before and after the peak, and in it."""
PEAK_AT, PEAK_LASTS, END = 10.0, 10.0, 120.0
SERVICE = 0.05
BACKLOG = 10
BIN = 1.0


@dataclass(frozen=True, kw_only=True)
class Peak(Model):
    """Producers send 10 requests a second, for ten seconds 100, then 10 again.

    Called directly, a service lets 10 requests wait, and refuses more; the caller tries three
    times. A queue keeps all until a worker has time.

    Attributes:
        architecture: "direct" or "queue".
        workers: How many requests are handled at a time; one takes 50 ms on average.
    """

    messages: int = 2_100
    architecture: Literal["direct", "queue"] = "direct"
    workers: int = field(default=4, metadata=COUNT)

    metrics = (
        Metric("refused", "%"),
        Metric("wait_mean", "s"),
        Metric("wait_p99", "s"),
        Metric("drained_after", "s"),
    )
    series = (Metric("waiting"),)
    unit = "requests"

    @property
    def times(self) -> tuple[float, ...]:
        """A bin a second."""
        return tuple(float(t) for t in np.arange(0.0, END, BIN))

    def measure(self, replication: int) -> Measures:
        """Return who was refused, how long the others waited, and when all was drained."""
        net = Network(self.seed, replication=replication, trace=False)
        link = Link(delay=Constant(0.005))
        front = net.node("front")
        done = np.full(self.messages, np.nan)
        asked = np.full(self.messages, np.nan)

        def handle(message: Message) -> Steps:
            yield worker.work(message.sample(Exponential(mean=SERVICE)))
            done[message.data] = net.now

        if self.architecture == "direct":
            worker = net.node("service", workers=self.workers, backlog=BACKLOG)
            worker.on("job")(handle)
            net.connect(front, worker, link)
            waiting: Gauge = worker.waiting
        else:
            worker, broker = net.node("service"), net.broker("broker")
            net.connect(front, broker, link)
            net.connect(broker, worker, link)
            waiting = broker.queue("jobs").depth
            worker.subscribe(broker, "jobs", handle, prefetch=self.workers)

        retry = Retry(timeout=5.0, max_attempts=3)

        def produce(number: int) -> None:
            asked[number] = net.now
            if self.architecture == "direct":
                front.send(worker, "job", number, guarantee=AtLeastOnce(retry=retry))
            else:
                front.publish(broker, "jobs", number)

        front.drive(At(times=self._arrivals(net)), produce, messages=self.messages)
        net.run()
        waits = (done - asked)[~np.isnan(done)]
        refused = int(np.isnan(done[~np.isnan(asked)]).sum())
        times, depth = np.array(self.times), waiting.at(self.times)
        after = times[(times >= PEAK_AT + PEAK_LASTS) & (depth == 0)]
        drained = float(after[0]) - PEAK_AT - PEAK_LASTS if len(after) else float("nan")
        return {
            "refused": refused / int((~np.isnan(asked)).sum()),
            "wait_mean": float(waits.mean()),
            "wait_p99": float(np.quantile(waits, 0.99)),
            "drained_after": drained,
            "waiting": [float(value) for value in depth],
        }

    def _arrivals(self, net: Network) -> tuple[float, ...]:
        """Draw the instants: a Poisson process whose rate rises, and falls again."""
        gaps = net.stream("arrivals").exponential(size=self.messages).cumsum()
        before, during = CALM * PEAK_AT, PEAK * PEAK_LASTS
        knots = np.array([0.0, before, before + during, before + during + CALM * END])
        instants = np.array([0.0, PEAK_AT, PEAK_AT + PEAK_LASTS, PEAK_AT + PEAK_LASTS + END])
        return tuple(float(t) for t in np.interp(gaps[gaps < knots[-1]], knots, instants))


EXPERIMENT = Experiment(
    question=(
        "What becomes of a tenfold peak when services call each other, and when a queue stands "
        "between?"
    ),
    base=Peak(),
    sweep={
        "architecture": {"direct": "direct", "queue": "queue"},
        "workers": {w: w for w in (1, 2, 3, 4, 6, 8)},
    },
    metrics=Peak.metrics,
    series=Peak.series,
    figures=(
        Figure(
            name="peak",
            panels=(
                Lines(x="workers", y="refused", color="architecture"),
                Lines(x="workers", y="wait_p99", color="architecture", scale="log"),
                Timeline(
                    y="waiting",
                    color="workers",
                    where={"architecture": ("queue",), "workers": (1, 2, 4)},
                    shade=(PEAK_AT, PEAK_AT + PEAK_LASTS),
                ),
            ),
        ),
    ),
    replications=20,
    quick_messages=1_500,
)
