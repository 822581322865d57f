"""Do the simulator's nodes queue as theory says that they must?"""

from dataclasses import dataclass

from experiments.framework.experiment import Experiment
from experiments.framework.figure import Dots, Figure
from experiments.framework.metric import Metric
from experiments.framework.model import Measures, Model
from simulator import Constant, Exponential, Link, Network, Poisson, theory
from simulator.conditions import Delay

SERVICE = 0.1
WARM_UP = 0.1


@dataclass(frozen=True)
class System:
    """A queue: its load ρ, servers, places to wait, and how long a service takes."""

    utilization: float
    workers: int = 1
    backlog: int | None = None
    service: Delay = Exponential(mean=SERVICE)  # noqa: RUF009 - a frozen value

    @property
    def arrival_rate(self) -> float:
        """Customers a second."""
        return self.utilization * self.workers / SERVICE

    def expected(self) -> theory.QueueTheory:
        """Return what theory says of it."""
        rate = 1 / SERVICE
        if isinstance(self.service, Constant):
            return theory.md1(self.arrival_rate, rate)
        if self.backlog is not None:
            return theory.mm1k(self.arrival_rate, rate, self.backlog + 1)
        return theory.mmc(self.arrival_rate, rate, self.workers)


@dataclass(frozen=True, kw_only=True)
class Queueing(Model):
    """Customers come to a node at random, and wait for one of its workers.

    The node starts empty, which is not what it is like in the long run: the first tenth of the run
    is left out.
    """

    system: System = System(utilization=0.5)

    metrics = (Metric("wait"), Metric("number"), Metric("refused"))
    unit = "customers"

    def measure(self, replication: int) -> Measures:
        """Return what was seen, each as a multiple of what theory says."""
        system = self.system
        net = Network(self.seed, replication=replication, trace=False)
        door = net.node("door")
        counter = net.node("counter", workers=system.workers, backlog=system.backlog)
        net.connect(door, counter, Link())
        counter.serve("customer", system.service)
        workload = Poisson(rate=system.arrival_rate)
        door.send_each(workload, counter, "customer", messages=self.messages)
        net.run()
        ledger = door.ledger
        came, served = ledger["created_s"], ledger["delivered_s"]
        start, end = float(came[int(WARM_UP * len(came))]), float(came[-1])
        counted = came >= start
        let_in = counted & (ledger["handovers"] > 0)
        number = counter.busy.mean(start, end) + counter.waiting.mean(start, end)
        expected = system.expected()
        refused = 1 - let_in.sum() / counted.sum()
        return {
            "wait": float((served - came)[let_in].mean()) / expected.wait,
            "number": number / expected.number,
            "refused": float(refused / expected.refused) if expected.refused else float("nan"),
        }


EXPERIMENT = Experiment(
    question="Do the simulator's nodes queue as theory says that they must?",
    base=Queueing(messages=80_000),
    sweep={
        "system": {
            "mm1_50": System(utilization=0.5),
            "mm1_80": System(utilization=0.8),
            "mm1_95": System(utilization=0.95),
            "mm4_80": System(utilization=0.8, workers=4),
            "md1_80": System(utilization=0.8, service=Constant(SERVICE)),
            "mm15_80": System(utilization=0.8, backlog=4),
        },
    },
    metrics=Queueing.metrics,
    theory={"wait": lambda _: 1.0, "number": lambda _: 1.0, "refused": lambda _: 1.0},
    figures=(
        Figure(
            name="ratios",
            panels=(
                Dots(x="system", y="wait", color="system"),
                Dots(x="system", y="number", color="system"),
            ),
        ),
    ),
    quick_messages=5_000,
)
