"""From round trips to a link: the same each way, since a round trip does not say which way it was.

- **Delay**: each way takes half of a measured round trip, drawn with replacement. The mean is kept;
  two independent halves spread by 1/√2 of what was measured.
- **Loss**: a lost probe was lost on either way, so each way loses 1 − √(1 − loss).
- **Bursts**: where losses come together more than independent ones would, `GilbertElliott`. After
  an answered probe both ways are good, so the next is lost with probability 1 − (1 − p)²; with the
  share of bad times, p / (p + r), this makes two ways keep both of the measured moments, the loss
  rate and the mean length of bursts.
- **Duplicates**: there are (1 + duplicate)² answers for each answered probe, those apart whose
  duplicate replaced what was lost.

Sources for the test: A. Wald, J. Wolfowitz, "On a test whether two samples are from the same
population", Annals of Mathematical Statistics 11(2), 1940; W. L. Stevens, "Distribution of groups
in a sequence of alternatives", Annals of Eugenics 9(1), 1939.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from experiments.reality.comparison import Comparison, Line
from experiments.reality.round_trips import RoundTrips
from simulator import (
    AtLeastOnce,
    Empirical,
    GilbertElliott,
    Link,
    Periodic,
    Retry,
    Scenario,
    simulate,
)

LEVEL: Final = 0.01
"""Losses are said to come in bursts if independent ones did so with less probability."""

PROBES: Final = 20_000
"""How many are simulated over the link, to compare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A link, and what it was fitted to.

    Attributes:
        measured: The round trips.
        link: The link, each way.
        p_value: Probability of so few bursts, or fewer, if losses were independent.
        simulated: Round trips over the link, to compare.
    """

    measured: RoundTrips
    link: Link
    p_value: float
    simulated: RoundTrips

    @property
    def comparison(self) -> Comparison:
        """Round trips measured, beside those over two such links."""
        pair = self.measured, self.simulated

        def line(name: str, unit: str, measured: float, simulated: float) -> Line:
            return Line(name=name, measured=measured, simulated=simulated, unit=unit)

        lines = [line("mean", "ms", *(1e3 * one.mean for one in pair))]
        for name, share in (("median", 0.5), ("p99", 0.99)):
            lines.append(line(name, "ms", *(1e3 * one.quantile(share) for one in pair)))
        lines.append(line("probes_lost", "%", *(one.loss for one in pair)))
        if all(len(one.bursts) for one in pair):
            lines.append(line("burst", "", *(float(one.bursts.mean()) for one in pair)))
        return Comparison(title="round_trips", lines=lines)


def fit(measured: RoundTrips, *, probes: int = PROBES, seed: int = 1) -> Fit:
    """Fit a link to round trips.

    Args:
        measured: At least two of them answered.
        probes: How many to simulate over the link, to compare.
        seed: Seed of these.

    Raises:
        ValueError: If there are more duplicates than a link makes, which duplicates once at most.
    """
    answered = len(measured.answered)
    most = 3
    if measured.duplicates > most * answered:
        got = f"{measured.duplicates} for {answered} answered probes"
        raise ValueError(
            f"duplicates must be at most three a probe, got {got}: was it a broadcast?"
        )
    p_value = chance_of_bursts(measured)
    link = Link(
        delay=Empirical(samples=tuple(np.round(measured.answered / 2, 9).tolist())),
        loss=_bursty(measured) if p_value < LEVEL else 1 - math.sqrt(1 - measured.loss),
        duplicate=math.sqrt(1 + measured.duplicates / answered) - 1,
    )
    simulated = round_trips_over(link, probes, seed)
    return Fit(measured=measured, link=link, p_value=p_value, simulated=simulated)


def chance_of_bursts(measured: RoundTrips) -> float:
    """Return the probability of as few bursts, or fewer, if losses were independent.

    Exact: of n probes, of which a are answered and l lost, all orders are then equally likely, and
    the number of bursts is hypergeometric: l drawn from n, of which a + 1 count.
    """
    from scipy.stats import hypergeom  # noqa: PLC0415 - scipy only where it is needed

    lost = int(measured.lost.sum())
    answered = measured.sent - lost
    return float(hypergeom.cdf(len(measured.bursts), measured.sent, answered + 1, lost))


def _bursty(measured: RoundTrips) -> GilbertElliott:
    """Return the loss of each way for which two have the loss rate and the mean burst measured."""
    survives = math.sqrt(1 - measured.loss)
    begins = measured.loss / (1 - measured.loss) / float(measured.bursts.mean())
    p = 1 - math.sqrt(1 - begins)
    return GilbertElliott(p=p, r=p * survives / (1 - survives))


def round_trips_over(link: Link, probes: int, seed: int) -> RoundTrips:
    """Simulate round trips over a link and one like it back, one after another.

    A message sent once, and its acknowledgement, are a probe and its answer.
    """
    slowest = link.delay.quantile(np.array([1 - 2**-53]))
    timeout = 2 * float(slowest[0]) + 1
    scenario = Scenario(
        guarantee=AtLeastOnce(retry=Retry(timeout=timeout, max_attempts=1)),
        link=link,
        workload=Periodic(interval=timeout),
        messages=probes,
        seed=seed,
    )
    ledger = simulate(scenario).ledger.to_frame()
    return RoundTrips(seconds=(ledger["acknowledged_s"] - ledger["created_s"]).to_numpy())
