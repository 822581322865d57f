"""Distribution functions of delays and round trips.

Each function here returns a cdf, which maps t, an array of seconds, to P(delay ≤ t), elementwise;
it is 0 before 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
Cdf = Callable[[FloatArray], FloatArray]

NANOSECOND: Final = 9
"""Decimals of a second to which instants are compared, as on the simulator's clock: 0.7 − 0.5 is
0.2, though not in floating point, and an acknowledgement at the instant of a timeout counts."""


def constant_cdf(seconds: float) -> Cdf:
    """A constant delay, or the sum of several: a step, to the nanosecond."""
    step = round(seconds, NANOSECOND)
    return lambda t: np.where(np.asarray(t) >= step, 1.0, 0.0)


def exponential_cdf(mean: float, minimum: float = 0.0) -> Cdf:
    """Exponential with a mean above 0, after a minimum."""
    return lambda t: -np.expm1(-np.maximum(np.asarray(t) - minimum, 0) / mean)


def two_exponentials_cdf(mean: float, other_mean: float, minimum: float = 0.0) -> Cdf:
    """Sum of two independent exponentials, after the sum of their minima.

    With equal means m this is the gamma of shape 2, 1 − e^(−t/m) (1 + t/m). In general, with a the
    longer mean, b the other and x = t (a−b)/(ab), it is 1 − e^(−t/a) (1 + (t/a)(1−e^(−x))/x), the
    textbook hypoexponential, written so that nearly equal means lose no digits.

    Source: S. M. Ross, "Introduction to Probability Models", section 5.2.4.
    """
    long, short = max(mean, other_mean), min(mean, other_mean)

    def cdf(t: FloatArray) -> FloatArray:
        # The tail vanishes beyond 800 means, and infinity would give 0 × ∞.
        past = np.clip(np.asarray(t) - minimum, 0, 800 * long)
        x = past * ((long - short) / (long * short))
        with np.errstate(invalid="ignore"):
            slope = np.where(x > 0, -np.expm1(-x) / x, 1.0)
        return 1 - np.exp(-past / long) * (1 + past / long * slope)

    return cdf


def sum_cdf(cdf: Cdf, quantile: Callable[[FloatArray], FloatArray], points: int = 20_000) -> Cdf:
    """Sum of any two independent delays, one given by its cdf, the other by its quantile function.

    P(X + Y ≤ t) is the integral of cdf(t − quantile(u)) over u from 0 to 1, taken by the midpoint
    rule. The integrand falls from at most 1 to at least 0, so the error is at most 1 / (2 points);
    for smooth delays it is far less, and for a constant Y there is none.
    """
    others = quantile((np.arange(points) + 0.5) / points)

    def total(t: FloatArray) -> FloatArray:
        at = np.asarray(t, dtype=np.float64)
        return np.array([cdf(one - others).mean() for one in at.ravel()]).reshape(at.shape)

    return total


def first_copy_cdf(cdf: Cdf, duplicate: float) -> Cdf:
    """Delay of the faster copy, if a second one is made with probability `duplicate`.

    One copy is later than t with probability 1−F, both of two with (1−F)²; mixed, the cdf is
    F (1 + d (1−F)).
    """

    def first(t: FloatArray) -> FloatArray:
        one = cdf(t)
        return one * (1 + duplicate * (1 - one))

    return first
