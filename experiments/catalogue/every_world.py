"""What do guarantees without a closed form promise, exactly?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from experiments.framework.axis import grid
from experiments.framework.experiment import Experiment
from experiments.framework.figure import Figure, Lines
from experiments.framework.metric import Metric
from experiments.framework.model import Measures, Model
from simulator import (
    AtLeastOnce,
    Constant,
    CrashAt,
    ExactlyOnce,
    Handshake,
    Link,
    Retry,
    Scenario,
    Script,
    Worlds,
    simulate,
    worlds,
)
from simulator.fields import PROBABILITY, checked
from simulator.validation import choice

LINK = Link(delay=Constant(0.05))
RETRY = Retry(timeout=0.2, max_attempts=3)
PROTOCOLS = {
    # Two messages, 10 ms apart, and a receiver that remembers the latest alone.
    "window": Scenario(guarantee=ExactlyOnce(window=1, retry=RETRY), link=LINK, messages=2),
    # Three attempts to hand over the data, and three to release it.
    "handshake": Scenario(guarantee=Handshake(retry=RETRY), link=LINK, messages=1),
    # The receiver crashes as its acknowledgement of the first attempt has left.
    "before": Scenario(
        guarantee=AtLeastOnce(acknowledge="before", retry=RETRY),
        link=LINK,
        messages=1,
        handling=Constant(0.05),
        adversary=Script([CrashAt(message=0, point="acknowledged", lasts=0.1)]),
    ),
}
EVENTS = ("violated", "duplicated", "in_doubt")


@dataclass(frozen=True, kw_only=True)
class EveryWorld(Model):
    """A small scenario, run over and over: how often what could happen does.

    Attributes:
        messages: How many runs.
        protocol: Which of `PROTOCOLS`.
        loss: Probability that a transmission is lost, in each direction.
    """

    messages: int = 50
    protocol: str = field(default="window", metadata=checked(choice, choices=tuple(PROTOCOLS)))
    loss: float = field(default=0.2, metadata=PROBABILITY)

    metrics = tuple(Metric(event, "%") for event in EVENTS)
    unit = "runs"

    def measure(self, replication: int) -> Measures:
        """Count the runs in which each event happens to a message."""
        scenario = PROTOCOLS[self.protocol].replace("link.loss", self.loss)
        scenario = scenario.replace("seed", self.seed)
        counts = dict.fromkeys(EVENTS, 0)
        for run in range(self.messages):
            outcome = simulate(
                scenario, engine="discrete-event", replication=replication * self.messages + run
            )
            ledger = outcome.ledger
            counts["violated"] += outcome.verdict.status == "violated"
            counts["duplicated"] += bool((ledger["handovers"] > 1).any())
            gave_up = (ledger["belief"] == "gave_up") & (ledger["handovers"] > 0)
            counts["in_doubt"] += bool(gave_up.any())
        return {event: count / self.messages for event, count in counts.items()}


@lru_cache
def worlds_of(protocol: str) -> Worlds:
    """Go through every world of a protocol, once for all loss rates."""
    return worlds(PROTOCOLS[protocol])


def exactly(event: str) -> Callable[[EveryWorld], float]:
    """Return the exact probability of an event, as a function of a cell."""
    return lambda model: float(worlds_of(model.protocol).probability(event, loss=model.loss))


EXPERIMENT = Experiment(
    question="What do guarantees without a closed form promise, exactly?",
    base=EveryWorld(),
    sweep={
        "protocol": {name: name for name in PROTOCOLS},
        "loss": grid(0.0, 0.9, 0.1),
    },
    units={"loss": "%"},
    metrics=EveryWorld.metrics,
    theory={event: exactly(event) for event in EVENTS},
    figures=(
        Figure(
            name="exact",
            panels=(
                Lines(
                    x="loss",
                    y="violated",
                    color="protocol",
                    where={"protocol": ("window", "before")},
                ),
                Lines(
                    x="loss",
                    y="in_doubt",
                    color="protocol",
                    where={"protocol": ("window", "before", "handshake")},
                ),
            ),
        ),
    ),
)
