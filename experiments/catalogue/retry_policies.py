"""Which retry policy waits least, and which sends least, as the network gets worse?"""

from experiments.framework import closed_forms
from experiments.framework.axis import grid
from experiments.framework.experiment import Compare, Experiment
from experiments.framework.figure import Bars, Differences, Figure, Lines
from simulator import (
    AtLeastOnce,
    ConstantBackoff,
    DecorrelatedJitter,
    Exponential,
    ExponentialBackoff,
    LinearBackoff,
    Link,
    NoBackoff,
    Retry,
    Scenario,
)

POLICIES = {
    "none": NoBackoff(),
    "constant": ConstantBackoff(0.1),
    "linear": LinearBackoff(step=0.1),
    "exponential": ExponentialBackoff(base=0.1),
    "capped": ExponentialBackoff(base=0.1, cap=0.3),
    "full_jitter": ExponentialBackoff(base=0.1, jitter="full"),
    "equal_jitter": ExponentialBackoff(base=0.1, jitter="equal"),
    "decorrelated": DecorrelatedJitter(base=0.1, cap=1.0),
}
AXIS = "guarantee.retry.backoff"
LATE = "guarantee.retry.late_answers"
ACCEPT = {LATE: ("accept",)}
FOUR = ("none", "constant", "exponential", "full_jitter")

EXPERIMENT = Experiment(
    question="Which retry policy waits least, and which sends least, as the network gets worse?",
    base=Scenario(
        guarantee=AtLeastOnce(retry=Retry(timeout=0.2, max_attempts=5)),
        link=Link(delay=Exponential(mean=0.05)),
        messages=10_000,
        seed=1,
    ),
    sweep={
        AXIS: POLICIES,
        LATE: {"accept": "accept", "ignore": "ignore"},
        "link.loss": grid(0.0, 0.6, 0.05),
    },
    units={"link.loss": "%"},
    metrics=(
        "latency_mean",
        "latency_p99",
        "ack_latency_mean",
        "cost",
        "duplicate_rate",
        "loss_rate",
        "in_doubt_rate",
    ),
    theory={
        "latency_mean": closed_forms.latency_mean,
        "latency_p99": closed_forms.latency_p99,
        "cost": closed_forms.metric("cost"),
        "duplicate_rate": closed_forms.metric("duplicate_rate"),
        "loss_rate": closed_forms.metric("loss_rate"),
        "in_doubt_rate": closed_forms.metric("in_doubt_rate"),
    },
    compare=Compare(axis=AXIS, baseline="constant"),
    figures=(
        Figure(
            name="policies",
            panels=(
                Bars(x=AXIS, y="latency_mean", color=AXIS, where={**ACCEPT, "link.loss": (0.3,)}),
                Bars(x=AXIS, y="cost", color=AXIS, where={**ACCEPT, "link.loss": (0.3,)}),
                Differences(
                    x="link.loss", y="latency_mean", color=AXIS, where={**ACCEPT, AXIS: FOUR}
                ),
            ),
        ),
        Figure(
            name="late_answers",
            panels=tuple(
                Lines(x="link.loss", y=metric, color=LATE, where={AXIS: ("exponential",)})
                for metric in ("duplicate_rate", "cost")
            ),
        ),
    ),
)
