"""What does each delivery guarantee cost as the network gets worse?"""

from experiments.framework import closed_forms
from experiments.framework.axis import grid
from experiments.framework.experiment import Experiment
from experiments.framework.figure import Figure, Lines
from experiments.framework.model import receiver_remembers
from simulator import (
    AtLeastOnce,
    AtMostOnce,
    BestEffort,
    ExactlyOnce,
    Exponential,
    ExponentialBackoff,
    Link,
    Retry,
    Scenario,
)

PAUSES = ExponentialBackoff(base=0.1)
POLICIES = {
    "chapter": Retry(timeout=0.2, backoff=PAUSES, max_attempts=3),
    "patient": Retry(timeout=0.2, backoff=PAUSES, max_attempts=8),
    "endless": Retry(timeout=0.2, backoff=ExponentialBackoff(base=0.1, cap=2.0), max_attempts=None),
}
CHAPTER = {"guarantee.retry": ("chapter",)}
AT_LEAST_ONCE = {"guarantee": ("at_least_once",)}
METRICS = ("loss_rate", "duplicate_rate", "cost", "receiver_remembers")


def remembered(scenario: Scenario) -> float:
    """Return how many identifiers the receiver is expected to remember, per message."""
    return receiver_remembers(scenario.guarantee, closed_forms.metric("loss_rate")(scenario))


EXPERIMENT = Experiment(
    question="What does each delivery guarantee cost as the network gets worse?",
    base=Scenario(link=Link(delay=Exponential(mean=0.05)), messages=10_000, seed=1),
    sweep={
        "guarantee": {
            "best_effort": BestEffort(),
            "at_most_once": AtMostOnce(),
            "at_least_once": AtLeastOnce(),
            "exactly_once": ExactlyOnce(),
        },
        "guarantee.retry": POLICIES,
        "link.loss": grid(0.0, 0.6, 0.05),
    },
    units={"link.loss": "%"},
    metrics=(
        "loss_rate",
        "duplicate_rate",
        "duplicated_rate",
        "in_doubt_rate",
        "attempts_mean",
        "cost",
        "latency_mean",
        "latency_p50",
        "latency_p95",
        "latency_p99",
        "receiver_remembers",
    ),
    theory={
        **{
            name: closed_forms.metric(name)
            for name in (
                "loss_rate",
                "duplicate_rate",
                "duplicated_rate",
                "in_doubt_rate",
                "attempts_mean",
                "cost",
            )
        },
        "latency_mean": closed_forms.latency_mean,
        "latency_p99": closed_forms.latency_p99,
        "receiver_remembers": remembered,
    },
    figures=(
        Figure(
            name="cost_of_guarantees",
            panels=tuple(
                Lines(x="link.loss", y=metric, color="guarantee", where=CHAPTER)
                for metric in METRICS
            ),
        ),
        Figure(
            name="patience",
            panels=tuple(
                Lines(x="link.loss", y=metric, color="guarantee.retry", where=AT_LEAST_ONCE)
                for metric in ("loss_rate", "in_doubt_rate", "latency_mean", "cost")
            ),
        ),
    ),
)
