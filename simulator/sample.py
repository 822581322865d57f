"""Samples of times in whole nanoseconds: their moments, and their quantiles, exact or nearly so.

A `Sample` keeps every value. A `Histogram` counts them in 128 steps between each power of two and
the next: a few thousand numbers, however many values. Its quantiles are off by 0.4 % at most.

Sources:
    T. F. Chan, G. H. Golub, R. J. LeVeque, "Algorithms for Computing the Sample Variance: Analysis
    and Recommendations", The American Statistician 37(3), 1983 (merging of variances).
    G. Tene, "HdrHistogram", 2012 (log-linear steps).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from simulator.clock import SECOND

IntArray = npt.NDArray[np.int64]

_STEPS_BITS: Final = 7
"""Steps between a power of two and the next, as a power of two."""
_SHIFT: Final = 52 - _STEPS_BITS  # a float of 64 bits has 52 below its exponent
_FIRST: Final = 1023 << _STEPS_BITS  # the step of 1.0
_STEPS: Final = 63 << _STEPS_BITS  # up to 2⁶³


@dataclass(slots=True)
class Moments:
    """Mean and variance of whole nanoseconds.

    The mean is exact. The squares are summed block by block, about the mean of each, and merged in
    order, so that they lose no digits, and are the same to the bit however the blocks are shared.

    Attributes:
        count: How many values.
        total: Their sum.
        squares: Sum of their squared distances from their mean, in ns².
        longest: The largest; -1 of none.
    """

    count: int = 0
    total: int = 0
    squares: float = 0.0
    longest: int = -1

    def add(self, values: IntArray) -> None:
        """Add a block of values."""
        if not len(values):
            return
        total = _exact_sum(values)
        distances = values - total / len(values)
        np.multiply(distances, distances, out=distances)
        squares = float(np.add.reduce(distances))
        self.merge(Moments(len(values), total, squares, int(values.max())))

    def merge(self, later: Moments) -> None:
        """Add the moments of values that follow those so far."""
        if not later.count:
            return
        if self.count:
            apart = later.total / later.count - self.total / self.count
            weight = self.count / (self.count + later.count) * later.count
            self.squares += later.squares + apart * apart * weight
        else:
            self.squares = later.squares
        self.count += later.count
        self.total += later.total
        self.longest = max(self.longest, later.longest)

    @property
    def mean_s(self) -> float:
        """The mean, in seconds."""
        return self.total / (self.count * SECOND) if self.count else math.nan

    @property
    def variance_s2(self) -> float:
        """The sample variance, in s²; NaN of fewer than two values."""
        return self.squares / (self.count - 1) / SECOND**2 if self.count > 1 else math.nan

    @property
    def longest_s(self) -> float:
        """The largest, in seconds."""
        return self.longest / SECOND if self.count else math.nan


@dataclass(slots=True, eq=False)
class Sample:
    """Values, all of them kept."""

    _parts: list[IntArray] = field(default_factory=list)
    _sorted: IntArray | None = None

    def add(self, values: IntArray) -> None:
        """Add values."""
        self._parts.append(values)
        self._sorted = None

    def quantile_s(self, probability: float) -> float:
        """Return a quantile in seconds: an observed value, never one in between.

        It is the least value that a share of `probability` do not exceed.
        """
        if self._sorted is None:
            self._sorted = np.sort(np.concatenate([np.empty(0, np.int64), *self._parts]))
        count = len(self._sorted)
        if not count:
            return math.nan
        return float(self._sorted[max(math.ceil(count * probability - 1), 0)]) / SECOND


@dataclass(slots=True, eq=False)
class Histogram:
    """How many values there are in each step."""

    _counts: IntArray = field(default_factory=lambda: np.zeros(_STEPS, dtype=np.int64))
    _none: int = 0  # values of 0, which are in no step

    def add(self, values: IntArray) -> None:
        """Add values of at least 0."""
        steps = values.astype(np.float64).view(np.int64)
        steps >>= _SHIFT
        steps -= _FIRST
        if len(steps) and steps.min() < 0:
            some = steps[steps >= 0]
            self._none += len(steps) - len(some)
            steps = some
        counts = np.bincount(steps)
        self._counts[: len(counts)] += counts

    def merge(self, later: Histogram) -> None:
        """Add the values of another histogram."""
        self._counts += later._counts
        self._none += later._none

    def quantile_s(self, probability: float) -> float:
        """Return a quantile in seconds: the middle of the step in which it is."""
        count = self._none + int(self._counts.sum())
        if not count:
            return math.nan
        rank = max(math.ceil(count * probability - 1), 0) + 1
        if rank <= self._none:
            return 0.0
        step = int(np.searchsorted(self._none + self._counts.cumsum(), rank))
        edges = (np.array([step, step + 1]) + _FIRST << _SHIFT).view(np.float64)
        return float(edges.mean()) / SECOND


def _exact_sum(values: IntArray) -> int:
    """Sum up; in two halves where the sum might overflow 64 bits."""
    if int(values.max(initial=0)) < 2**62 // max(len(values), 1):
        return int(values.sum())
    return (int((values >> 32).sum()) << 32) + int((values & 0xFFFF_FFFF).sum())
