"""Delays whose tails are heavier (or lighter) than the exponential's. Times are in seconds."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from simulator.conditions.delay import FloatArray
from simulator.fields import ABOVE_0, AT_LEAST_0, Checked, checked
from simulator.validation import number


@dataclass(frozen=True, slots=True, kw_only=True)
class Pareto(Checked):
    """A power law, Pareto's first kind: a few delays are very long.

    Attributes:
        mean: Mean before the minimum is added, above 0.
        shape: How fast the tail falls, above 1; the variance is infinite up to 2.
        minimum: Added to each delay.
    """

    mean: float = field(metadata=ABOVE_0)
    shape: float = field(metadata=checked(number, low=1, open_low=True))
    minimum: float = field(default=0.0, metadata=AT_LEAST_0)

    @property
    def true_mean(self) -> float:
        """Mean of what comes out."""
        return self.minimum + self.mean

    def quantile(self, u: FloatArray) -> FloatArray:
        """Return the delay for each draw."""
        return self.minimum + self._least * np.exp(-np.log1p(-np.asarray(u)) / self.shape)

    @property
    def _least(self) -> float:
        """The shortest delay, before the minimum is added."""
        return self.mean * (self.shape - 1) / self.shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Weibull(Checked):
    """Weibull: a tail heavier than the exponential's for a shape below 1, lighter for one above 1.

    Attributes:
        mean: Mean before the minimum is added, above 0.
        shape: At least 0.1.
        minimum: Added to each delay.
    """

    mean: float = field(metadata=ABOVE_0)
    shape: float = field(metadata=checked(number, low=0.1))
    minimum: float = field(default=0.0, metadata=AT_LEAST_0)

    @property
    def true_mean(self) -> float:
        """Mean of what comes out."""
        return self.minimum + self.mean

    def quantile(self, u: FloatArray) -> FloatArray:
        """Return the delay for each draw."""
        return self.minimum + self._scale * np.power(-np.log1p(-np.asarray(u)), 1 / self.shape)

    @property
    def _scale(self) -> float:
        return self.mean / math.gamma(1 + 1 / self.shape)
