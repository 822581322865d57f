"""Links and workloads at random.

Times are coarse, so that much happens at the same instant; with a share of odd ones between.
"""

from dataclasses import dataclass

from simulator import (
    At,
    Bernoulli,
    Bursts,
    Constant,
    Empirical,
    Exponential,
    GilbertElliott,
    Link,
    LogNormal,
    Normal,
    Outages,
    Pareto,
    Periodic,
    Poisson,
    Scripted,
    Uniform,
    Weibull,
)

COARSE = (0.0, 0.05, 0.1, 0.2)


@dataclass(frozen=True)
class OwnDelay:
    """A student's own delay: short or long."""

    least: float = 0.03

    def quantile(self, u):
        return self.least * (1 + 3 * (u >= 0.5))


@dataclass(frozen=True)
class OwnLoss:
    """A student's own loss, which has a memory: every third transmission is lost."""

    period: int = 3

    def start(self, stream):
        return Counting(self.period)


class Counting:
    def __init__(self, period):
        self.period = period
        self.seen = 0

    def loses(self, transmission, u):
        self.seen += 1
        return self.seen % self.period == 0


def delay(draws):
    """Return a delay: constant in two of three."""
    if draws.chance(0.65):
        return Constant(draws.pick(0.0, 0.05, 0.05, 0.1, 0.1, 0.15))
    mean = draws.pick(0.02, 0.08, 0.2)
    return draws.pick(
        Uniform(low=0.0, high=mean),
        Uniform(low=0.05, high=0.05 + mean),
        Exponential(mean=mean),
        Exponential(mean=mean, minimum=0.05),
        Normal(mean=mean, std=mean / 2, minimum=0.01),
        LogNormal(mean=mean, std=mean),
        Pareto(mean=mean, shape=1.5),
        Weibull(mean=mean, shape=0.7),
        Empirical(samples=(0.0, 0.05, 0.05, 0.1, 0.3)),
        OwnDelay(),
    )


def loss(draws):
    """Return a loss, none in two of five."""
    if draws.chance(0.4):
        return 0.0
    pairs = frozenset((draws.whole(0, 12), draws.whole(1, 3)) for _ in range(8))
    start = draws.pick(0.0, 0.1, 0.2)
    return draws.pick(
        0.1,
        0.3,
        0.5,
        Bernoulli(rate=0.25),
        GilbertElliott.from_rate(rate=0.3, burst=3.0),
        GilbertElliott(p=0.2, r=0.4, loss_bad=0.9, loss_good=0.05),
        Scripted(lost=pairs),
        Outages(windows=((start, start + 0.2), (1.0, 1.5))),
        OwnLoss(),
    )


def link(draws):
    """Return a link."""
    bandwidth = draws.pick(None, None, None, 5_000.0, 20_000.0)
    buffer = None if bandwidth is None else draws.pick(None, 1_000, 1_999, 3_000)
    return Link(
        delay=delay(draws),
        loss=loss(draws),
        duplicate=draws.pick(0.0, 0.0, 0.0, 0.3, 1.0),
        ordered=draws.chance(0.25),
        bandwidth=bandwidth,
        buffer=buffer,
    )


def workload(draws):
    """Return a workload of a few seconds at most."""
    size = draws.pick(1_000, 1_000, 300)
    instants = sorted(draws.pick(0.0, 0.05, 0.1, 0.2, 0.35, 0.7) for _ in range(12))
    return draws.pick(
        Periodic(interval=draws.pick(0.01, 0.05, 0.1), size_bytes=size),
        Poisson(rate=draws.pick(5.0, 20.0, 60.0), size_bytes=size),
        Bursts(size=draws.whole(2, 6), every=draws.pick(0.1, 0.2), size_bytes=size),
        At(times=tuple(instants), size_bytes=size),
    )


def service(draws):
    """Return how long a handler takes."""
    return draws.pick(
        Constant(0.0),
        Constant(0.05),
        Constant(0.1),
        Constant(0.1),
        Exponential(mean=0.05),
        Exponential(mean=0.15),
    )
