"""Statistics: confidence intervals and tests for the results of simulations.

Student's t over replications, which are independent runs; Wilson over messages only where those are
independent. Two policies run on common random numbers are compared in pairs. Each interval is
two-sided.

Sums are rounded once (`math.fsum`), so that the order of replications changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

Values = Sequence[float] | npt.NDArray[np.float64]

FEW: Final = 25
"""With fewer expected successes or failures, the normal approximation is too poor for z."""


class Interval(NamedTuple):
    """An estimate and its confidence interval.

    Attributes:
        mean: The estimate; NaN if there is nothing to estimate from.
        low: Lower bound; NaN if a single value, or a NaN, leaves the spread unknown.
        high: Upper bound, likewise.
    """

    mean: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Half the distance between the bounds."""
        return (self.high - self.low) / 2


def t_interval(values: Values, level: float = 0.95) -> Interval:
    """Return the mean of independent values, with Student's t interval.

    Exact for values from a normal distribution, good for means over many messages.

    Args:
        values: One per replication. Shape (replications,).
        level: Confidence level.
    """
    _check_level(level)
    mean, variance = _moments(values)
    margin = _t(len(values) - 1, level) * math.sqrt(variance / len(values)) if len(values) else 0
    return Interval(mean, mean - margin, mean + margin)


def paired_difference(a: Values, b: Values, level: float = 0.95) -> Interval:
    """Return the mean of a − b over pairs, with Student's t interval.

    For two policies on common random numbers: the values of pair i come from the same draws. The
    stronger their correlation, the narrower the interval.

    Args:
        a: One per pair. Shape (replications,).
        b: The same shape, in the same order.
        level: Confidence level.

    Raises:
        ValueError: If the lengths differ.
    """
    if len(a) != len(b):
        raise ValueError(f"b must be as long as a ({len(a)}), got {len(b)} values")
    return t_interval([float(x) - float(y) for x, y in zip(a, b, strict=True)], level)


def unpaired_difference(a: Values, b: Values, level: float = 0.95) -> Interval:
    """Return the difference of two means, with Welch's t interval.

    For samples independent of each other, whose spreads and sizes may differ.

    Source: B. L. Welch, "The generalization of 'Student's' problem when several different
        population variances are involved", Biometrika 34, 1947.

    Args:
        a: Shape (n,).
        b: Shape (m,).
        level: Confidence level.
    """
    _check_level(level)
    (mean_a, variance_a), (mean_b, variance_b) = _moments(a), _moments(b)
    mean = mean_a - mean_b
    if len(a) < 2 or len(b) < 2:  # noqa: PLR2004 - a spread needs two
        return Interval(mean, math.nan, math.nan)
    part_a, part_b = variance_a / len(a), variance_b / len(b)
    squared = part_a + part_b
    if squared == 0:
        return Interval(mean, mean, mean)
    # Shares of the variance, rather than its square, which may vanish.
    share_a, share_b = part_a / squared, part_b / squared
    freedom = 1 / (share_a**2 / (len(a) - 1) + share_b**2 / (len(b) - 1))
    margin = _t(freedom, level) * math.sqrt(squared)
    return Interval(mean, mean - margin, mean + margin)


def wilson_interval(successes: int, trials: int, level: float = 0.95) -> Interval:
    """Return a proportion, with Wilson's score interval.

    The interval stays within [0, 1], and has a width at 0 and at 1 too. It is not centered on the
    proportion.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
        Journal of the American Statistical Association 22, 1927.

    Args:
        successes: Number of successes.
        trials: Number of independent trials with one probability. With 0, everything is NaN.
        level: Confidence level.

    Raises:
        ValueError: If there are more successes than trials, or fewer than none.
    """
    from scipy.special import ndtri  # noqa: PLC0415 - scipy only where it is needed

    _check_level(level)
    _check_count(successes, trials)
    if trials == 0:
        return Interval(math.nan, math.nan, math.nan)
    z = float(ndtri((1 + level) / 2))
    p = successes / trials
    center = (p + z**2 / (2 * trials)) / (1 + z**2 / trials)
    margin = z / (1 + z**2 / trials) * math.sqrt(p * (1 - p) / trials + (z / (2 * trials)) ** 2)
    low = 0.0 if successes == 0 else center - margin
    high = 1.0 if successes == trials else center + margin
    return Interval(p, low, high)


def standard_errors_apart(values: Values, expected: float) -> float:
    """Return the distance of a mean of independent values from its expectation, in standard errors.

    Args:
        values: Many of them, one per message. Shape (messages,).
        expected: Their expectation, from theory.

    Returns:
        At least 0. Infinite if the values are all equal, and differ from the expectation.
    """
    mean, variance = _moments(values)
    distance = abs(mean - expected)
    if variance == 0:
        return 0.0 if math.isclose(mean, expected, rel_tol=1e-12) else math.inf
    return distance / math.sqrt(variance / len(values))


def binomial_p_value(successes: int, trials: int, probability: float) -> float:
    """Return the exact two-sided p-value of a count: twice its smaller tail, at most 1.

    Args:
        successes: Number of successes.
        trials: Number of independent trials.
        probability: Of a success, from theory.
    """
    from scipy.special import bdtr, bdtrc  # noqa: PLC0415 - scipy only where it is needed

    _check_count(successes, trials)
    at_most = float(bdtr(successes, trials, probability))
    at_least = float(bdtrc(successes - 1, trials, probability)) if successes else 1.0
    return min(1.0, 2 * min(at_most, at_least))


def count_agrees(
    successes: int, trials: int, probability: float, standard_errors: float = 4.0
) -> bool:
    """Whether a count is within some standard errors of theory.

    By the normal approximation if at least 25 successes and 25 failures are expected, else by the
    exact binomial distribution at the same significance.

    Args:
        successes: Number of successes.
        trials: Number of independent trials.
        probability: Of a success, from theory.
        standard_errors: The tolerance.
    """
    from scipy.special import ndtr  # noqa: PLC0415 - scipy only where it is needed

    expected = trials * probability
    if min(expected, trials - expected) < FEW:
        significance = 2 * float(ndtr(-standard_errors))
        return binomial_p_value(successes, trials, probability) >= significance
    distance = abs(successes - expected)
    return distance <= standard_errors * math.sqrt(expected * (1 - probability))


def _moments(values: Values) -> tuple[float, float]:
    """Return the mean and the unbiased variance; NaN where there are too few values, or a NaN."""
    sample = [float(value) for value in values]
    if not sample or not all(map(math.isfinite, sample)):
        return math.nan, math.nan
    mean = math.fsum(sample) / len(sample)
    if len(sample) == 1:
        return mean, math.nan
    return mean, math.fsum((value - mean) ** 2 for value in sample) / (len(sample) - 1)


def _t(freedom: float, level: float) -> float:
    """Return the two-sided quantile of Student's t; NaN without a degree of freedom."""
    from scipy.special import stdtrit  # noqa: PLC0415 - scipy only where it is needed

    return float(stdtrit(freedom, (1 + level) / 2)) if freedom > 0 else math.nan


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise ValueError(f"level must be above 0 and below 1, got {level!r}")


def _check_count(successes: int, trials: int) -> None:
    if not 0 <= successes <= trials:
        raise ValueError(f"successes must be from 0 to trials ({trials}), got {successes!r}")
