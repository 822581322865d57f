"""Some messages can never be handled: what do they cost, and where do they end?"""

from dataclasses import dataclass, field

from experiments.framework.experiment import Experiment
from experiments.framework.figure import Figure, Lines
from experiments.framework.metric import Metric
from experiments.framework.model import Measures, Model
from simulator import Constant, Exponential, Failed, Link, Message, Network, Poisson
from simulator.fields import PROBABILITY
from simulator.network import Steps

SERVICE = 0.05
LOAD = 10.0
SHOWN = {"max_deliveries": ("1", "3", "10", "endless")}
"""Messages a second, for one worker that could do 20."""


@dataclass(frozen=True, kw_only=True)
class Poison(Model):
    """One worker takes 50 ms a message; some messages are poison, and make its handler raise.

    Attributes:
        poison: Share of messages that are poison.
        max_deliveries: How often a message is delivered before it goes to the dead-letter queue.
            None: for ever; the run then ends after a minute.
    """

    poison: float = field(default=0.05, metadata=PROBABILITY)
    max_deliveries: int | None = 5

    metrics = (
        Metric("wasted", "%"),
        Metric("dead", "%"),
        Metric("wait_p99", "s"),
        Metric("handled", "%"),
    )

    def measure(self, replication: int) -> Measures:
        """Return the share of work wasted, and how long good messages take."""
        net = Network(self.seed, replication=replication, trace=False)
        producer, broker, worker = net.node("producer"), net.broker("broker"), net.node("worker")
        for node in (producer, worker):
            net.connect(node, broker, Link(delay=Constant(0.001)))
        dead = broker.queue("dead letters")
        broker.queue("work", max_deliveries=self.max_deliveries, dead_letter=dead)
        waits: list[float] = []
        wasted = 0

        def handle(message: Message) -> Steps:
            nonlocal wasted
            yield worker.work(message.sample(Exponential(mean=SERVICE)))
            if message.data:
                wasted += 1
                raise Failed("poison")
            waits.append(net.now - message.created_s)

        worker.subscribe(broker, "work", handle)
        draws = net.stream("poison").random(self.messages)

        def publish(number: int) -> None:
            producer.publish(broker, "work", bool(draws[number] < self.poison))

        producer.drive(Poisson(rate=LOAD), publish, messages=self.messages)
        net.run(until=self.messages / LOAD)
        good = int((draws >= self.poison).sum())
        waits.sort()
        return {
            "wasted": wasted / max(wasted + len(waits), 1),
            "dead": dead.counts.accepted / self.messages,
            "wait_p99": waits[int(0.99 * len(waits))] if waits else float("nan"),
            "handled": len(waits) / good,
        }


def share_wasted(model: Poison) -> float:
    """Return the share of deliveries that are of poison, each delivered as often as it may be."""
    if model.max_deliveries is None:
        return float("nan")
    bad = model.poison * model.max_deliveries
    return bad / (bad + 1 - model.poison)


EXPERIMENT = Experiment(
    question="Some messages can never be handled: what do they cost, and where do they end?",
    base=Poison(messages=1_000),
    sweep={
        "max_deliveries": {"1": 1, "3": 3, "5": 5, "10": 10, "endless": None},
        "poison": {p: p for p in (0.0, 0.01, 0.02, 0.05, 0.1)},
    },
    units={"poison": "%"},
    metrics=Poison.metrics,
    theory={"wasted": share_wasted},
    figures=(
        Figure(
            name="poison",
            panels=(
                Lines(x="poison", y="wasted", color="max_deliveries", where=SHOWN),
                Lines(x="poison", y="handled", color="max_deliveries", where=SHOWN),
            ),
        ),
    ),
    replications=20,
)
