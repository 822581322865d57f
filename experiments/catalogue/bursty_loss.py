"""Does it matter whether losses come alone or in bursts?"""

from experiments.framework import closed_forms
from experiments.framework.experiment import Experiment
from experiments.framework.figure import Figure, Lines
from simulator import (
    AtLeastOnce,
    AtMostOnce,
    Exponential,
    ExponentialBackoff,
    GilbertElliott,
    Link,
    Retry,
    Scenario,
)

RATE = 0.1
INDEPENDENT = 1 / (1 - RATE)

EXPERIMENT = Experiment(
    question="Does it matter whether losses come alone or in bursts?",
    base=Scenario(link=Link(delay=Exponential(mean=0.05)), messages=10_000, seed=1),
    sweep={
        "guarantee": {
            "at_most_once": AtMostOnce(),
            "at_least_once": AtLeastOnce(
                retry=Retry(timeout=0.2, backoff=ExponentialBackoff(base=0.1), max_attempts=3)
            ),
        },
        # Keys are mean lengths of bursts; the first is that of independent losses.
        "link.loss": {
            round(burst, 2): GilbertElliott.from_rate(rate=RATE, burst=burst)
            for burst in (INDEPENDENT, 2.0, 4.0, 8.0, 16.0, 32.0, 50.0)
        },
    },
    metrics=("loss_rate", "in_doubt_rate", "duplicate_rate", "latency_mean", "latency_p99", "cost"),
    # What one transmission meets depends on the long run alone, whatever the bursts.
    theory={"loss_rate": closed_forms.stationary_loss},
    replications=20,
    quick_messages=300,
    figures=(
        Figure(
            name="bursts",
            panels=(
                Lines(x="link.loss", y="loss_rate", color="guarantee", x_scale="log", scale="log"),
                Lines(x="link.loss", y="latency_p99", color="guarantee", x_scale="log"),
            ),
        ),
    ),
)
