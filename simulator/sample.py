"""Samples of times in whole nanoseconds: their moments and their quantiles, exact or approximate.

A `Sample` keeps every value. A `Histogram` counts them in 128 steps between each power of two and
the next: a few thousand counts for any number of values. Its quantiles are off by 0.4 % at most.

Source: G. Tene, "HdrHistogram", 2012 (log-linear steps).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from simulator.clock import SECOND

IntArray = npt.NDArray[np.int64]

_AT_A_TIME: Final = 1 << 17
_SHORT: Final = 1 << 44  # below it, floats give sums of products to within 2⁶³
_HALF_BITS: Final = 32
_HALF: Final = (1 << _HALF_BITS) - 1

_STEPS_BITS: Final = 7
"""Steps between a power of two and the next, as a power of two."""
_SHIFT: Final = 52 - _STEPS_BITS  # a float of 64 bits has 52 below its exponent
_FIRST: Final = 1023 << _STEPS_BITS  # the step of 1.0
_STEPS: Final = 63 << _STEPS_BITS  # up to 2⁶³


@dataclass(slots=True)
class Moments:
    """Mean and variance of whole nanoseconds.

    The sums are integers of any size: exact, and the same however the values are split into parts.

    Attributes:
        count: How many values.
        total: Their sum.
        squares: The sum of their squares, in ns².
        longest: The largest value; -1 if there is none.
    """

    count: int = 0
    total: int = 0
    squares: int = 0
    longest: int = -1

    def add(self, values: IntArray) -> None:
        """Add values of at least 0."""
        for start in range(0, len(values), _AT_A_TIME):
            some = values[start : start + _AT_A_TIME]
            longest = int(some.max())
            total, squares = _sums(some, longest)
            self.merge(Moments(len(some), total, squares, longest))

    def merge(self, other: Moments) -> None:
        """Add the moments of other values."""
        self.count += other.count
        self.total += other.total
        self.squares += other.squares
        self.longest = max(self.longest, other.longest)

    @property
    def mean_s(self) -> float:
        """The mean, in seconds."""
        return self.total / (self.count * SECOND) if self.count else math.nan

    @property
    def variance_s2(self) -> float:
        """The sample variance, in s²; NaN for fewer than two values."""
        if self.count < 2:  # noqa: PLR2004 - one value does not vary
            return math.nan
        spread = self.count * self.squares - self.total**2
        return spread / (self.count * (self.count - 1) * SECOND**2)

    @property
    def longest_s(self) -> float:
        """The largest, in seconds."""
        return self.longest / SECOND if self.count else math.nan


@dataclass(slots=True, eq=False)
class Sample:
    """A sample that keeps every value."""

    _parts: list[IntArray] = field(default_factory=list)
    _sorted: IntArray | None = None

    def add(self, values: IntArray) -> None:
        """Add values."""
        self._parts.append(values)
        self._sorted = None

    def quantile_s(self, probability: float) -> float:
        """Return a quantile in seconds: an observed value, never one in between.

        It is the smallest value that a share `probability` of the values does not exceed.
        """
        if self._sorted is None:
            self._sorted = np.sort(np.concatenate([np.empty(0, np.int64), *self._parts]))
        count = len(self._sorted)
        if not count:
            return math.nan
        return float(self._sorted[max(math.ceil(count * probability - 1), 0)]) / SECOND


@dataclass(slots=True, eq=False)
class Histogram:
    """A sample that keeps only the number of values in each step."""

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
        """Return a quantile in seconds: the middle of its step."""
        count = self._none + int(self._counts.sum())
        if not count:
            return math.nan
        rank = max(math.ceil(count * probability - 1), 0) + 1
        if rank <= self._none:
            return 0.0
        step = int(np.searchsorted(self._none + self._counts.cumsum(), rank))
        edges = (np.array([step, step + 1]) + _FIRST << _SHIFT).view(np.float64)
        return float(edges.mean()) / SECOND


def _sums(values: IntArray, longest: int) -> tuple[int, int]:
    """Return the sum of at most `_AT_A_TIME` values, and of their squares, exactly."""
    if longest < _SHORT:
        return int(values.sum()), _dot(values, values)
    high, low = values >> _HALF_BITS, values & _HALF
    total = (int(high.sum()) << _HALF_BITS) + int(low.sum())
    squares = (_dot(high, high) << 2 * _HALF_BITS) + (_dot(high, low) << _HALF_BITS + 1)
    return total, squares + _dot(low, low)


def _dot(left: IntArray, right: IntArray) -> int:
    """Return the sum of products of values below `_SHORT`, exactly.

    Integers that overflow give the sum modulo 2⁶⁴; floats, whose error here is far smaller than
    that, give the multiple of 2⁶⁴.
    """
    wrapped = int(np.dot(left.view(np.uint64), right.view(np.uint64)))
    about = float((left.astype(np.float64) * right).sum())
    return wrapped + (round((about - wrapped) / 2.0**64) << 64)
