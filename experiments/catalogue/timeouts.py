"""How long should a sender wait before it sends again?"""

from experiments.framework import closed_forms
from experiments.framework.experiment import Experiment
from experiments.framework.figure import Figure, Lines
from simulator import AtLeastOnce, Exponential, Link, Retry, Scenario

MEAN_ROUND_TRIP = 0.1
MULTIPLES = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)

EXPERIMENT = Experiment(
    question="How long should a sender wait before it sends again?",
    base=Scenario(
        guarantee=AtLeastOnce(retry=Retry(max_attempts=5)),
        link=Link(delay=Exponential(mean=MEAN_ROUND_TRIP / 2)),
        messages=10_000,
        seed=1,
    ),
    sweep={
        "link.loss": {0.0: 0.0, 0.1: 0.1, 0.3: 0.3},
        # Keys are multiples of the mean round trip.
        "guarantee.retry.timeout": {k: k * MEAN_ROUND_TRIP for k in MULTIPLES},
    },
    units={"link.loss": "%"},
    metrics=("duplicate_rate", "cost", "latency_mean", "latency_p99", "loss_rate", "in_doubt_rate"),
    theory={
        "duplicate_rate": closed_forms.metric("duplicate_rate"),
        "cost": closed_forms.metric("cost"),
        "latency_mean": closed_forms.latency_mean,
        "latency_p99": closed_forms.latency_p99,
        "loss_rate": closed_forms.metric("loss_rate"),
        "in_doubt_rate": closed_forms.metric("in_doubt_rate"),
    },
    figures=(
        Figure(
            name="timeouts",
            panels=tuple(
                Lines(x="guarantee.retry.timeout", y=metric, color="link.loss")
                for metric in ("duplicate_rate", "latency_mean")
            ),
        ),
    ),
)
