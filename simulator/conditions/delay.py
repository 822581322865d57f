"""Delay: how long a copy takes on a link.

A delay is any object with `quantile(u)`, the inverse of its distribution function: uniform draws
in, seconds out, elementwise on arrays. The names are those of `tc-netem`, which a student meets
again in a real lab: `tc qdisc add dev eth0 root netem delay 50ms 10ms distribution normal` is close
to `Normal(mean=0.05, std=0.01)`.

`mean` is a parameter of most distributions. `true_mean` is the mean of the delays themselves, after
truncation and with the minimum added. All times are in seconds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from simulator.fields import ABOVE_0, AT_LEAST_0, Checked, check_fields, keep
from simulator.validation import number

FloatArray = npt.NDArray[np.float64]


class Delay(Protocol):
    """The extension point: one method."""

    def quantile(self, u: FloatArray) -> FloatArray:
        """Turn draws, uniform on [0, 1), into seconds, each by itself. Shape is kept.

        One that takes no arrays is asked about one draw at a time; see `quantiles`.
        """


def quantiles(delay: Delay, u: FloatArray) -> npt.NDArray[Any]:
    """Return what a delay makes of draws, asking it about one at a time if it takes no arrays.

    Args:
        delay: What to ask.
        u: The draws. Shape (draws,).

    Returns:
        Shape (draws,), of seconds, unless the delay returns something else.
    """
    least = 2  # `if u < 0.5` and `math.exp(u)` let an array of one pass, and none longer
    several = u if len(u) >= least else np.resize(u, least)
    try:
        seconds = np.asarray(delay.quantile(several))
    except (AttributeError, TypeError, ValueError):
        pass  # raised again below, if an array was not the reason
    else:
        if seconds.shape == several.shape:
            return seconds[: len(u)]
    one: Any = delay
    return np.array([one.quantile(draw) for draw in u.tolist()])


def least_of(delay: Delay) -> float:
    """Return the least that a delay can be, in seconds; 0 for a student's own, of any shape."""
    is_ours = type(delay).__module__.startswith("simulator.")
    return float(quantiles(delay, np.zeros(1))[0]) if is_ours else 0.0


@dataclass(frozen=True, slots=True)
class Constant(Checked):
    """The same delay for every copy.

    Attributes:
        seconds: The delay, at least 0.
    """

    seconds: float = field(metadata=AT_LEAST_0)

    @property
    def mean(self) -> float:
        """The delay."""
        return self.seconds

    @property
    def true_mean(self) -> float:
        """The delay."""
        return self.seconds

    def quantile(self, u: FloatArray) -> FloatArray:
        """Return the delay for each draw."""
        return np.full(np.shape(u), self.seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Uniform:
    """Uniform between two bounds.

    Attributes:
        low: Lower bound, at least 0.
        high: Upper bound, at least `low`.
        minimum: Added to each delay.
    """

    low: float = field(metadata=AT_LEAST_0)
    high: float
    minimum: float = field(default=0.0, metadata=AT_LEAST_0)

    def __post_init__(self) -> None:
        """Refuse bad parameters."""
        check_fields(self)
        keep(self, "high", number, low=self.low)

    @property
    def mean(self) -> float:
        """Mean of the delays, the minimum included."""
        return self.true_mean

    @property
    def true_mean(self) -> float:
        """Mean of the delays, the minimum included."""
        return self.minimum + (self.low + self.high) / 2

    def quantile(self, u: FloatArray) -> FloatArray:
        """Return the delay for each draw."""
        return self.minimum + self.low + (self.high - self.low) * u


@dataclass(frozen=True, slots=True, kw_only=True)
class Exponential(Checked):
    """Memoryless: mostly short, now and then long.

    Attributes:
        mean: Mean before the minimum is added, above 0.
        minimum: Added to each delay.
    """

    mean: float = field(metadata=ABOVE_0)
    minimum: float = field(default=0.0, metadata=AT_LEAST_0)

    @property
    def true_mean(self) -> float:
        """Mean of the delays, the minimum included."""
        return self.minimum + self.mean

    def quantile(self, u: FloatArray) -> FloatArray:
        """Return the delay for each draw."""
        delays = np.negative(u)  # minimum - mean * log1p(-u), in one array
        np.log1p(delays, out=delays)
        delays *= -self.mean
        delays += self.minimum
        return delays


@dataclass(frozen=True, slots=True, kw_only=True)
class Normal(Checked):
    """A normal distribution truncated at 0 (no copy arrives before it is sent).

    Truncation raises the mean, and `true_mean` accounts for it; it narrows the spread.

    Attributes:
        mean: Mean before truncation, at least 0.
        std: Standard deviation before truncation, above 0.
        minimum: Added to each delay.

    Source: N. L. Johnson, S. Kotz, N. Balakrishnan, "Continuous Univariate Distributions", vol. 1,
        2nd ed., 1994, section 13.10.1 (the truncated normal).
    """

    mean: float = field(metadata=AT_LEAST_0)
    std: float = field(metadata=ABOVE_0)
    minimum: float = field(default=0.0, metadata=AT_LEAST_0)

    @property
    def true_mean(self) -> float:
        """Mean of the delays, the minimum included."""
        return self.minimum + self.mean + self.std * self._hazard

    def quantile(self, u: FloatArray) -> FloatArray:
        """Return the delay for each draw."""
        from scipy.special import ndtri  # noqa: PLC0415 - scipy only where it is needed

        # From the upper tail, so that draws close to 1 keep their digits.
        bell = self.mean - self.std * ndtri((1 - self._below_zero) * (1 - np.asarray(u)))
        return self.minimum + np.maximum(bell, 0.0)

    @property
    def _below_zero(self) -> float:
        """Probability below 0 before truncation."""
        return math.erfc(self.mean / self.std / math.sqrt(2)) / 2

    @property
    def _hazard(self) -> float:
        """Hazard rate of the standard normal distribution at the point of truncation."""
        cut = -self.mean / self.std
        density = math.exp(-(cut**2) / 2) / math.sqrt(2 * math.pi)
        return density / (1 - self._below_zero)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogNormal(Checked):
    """Log-normal: skewed, like the delays of many measured networks.

    Attributes:
        mean: Mean of the delay itself (not of its logarithm), above 0.
        std: Standard deviation of the delay itself, above 0.
        minimum: Added to each delay.
    """

    mean: float = field(metadata=ABOVE_0)
    std: float = field(metadata=ABOVE_0)
    minimum: float = field(default=0.0, metadata=AT_LEAST_0)

    @property
    def true_mean(self) -> float:
        """Mean of the delays, the minimum included."""
        return self.minimum + self.mean

    def quantile(self, u: FloatArray) -> FloatArray:
        """Return the delay for each draw."""
        from scipy.special import ndtri  # noqa: PLC0415 - scipy only where it is needed

        mu, sigma = self._logarithm
        return self.minimum + np.exp(mu + sigma * ndtri(np.asarray(u)))

    def cdf(self, t: FloatArray) -> FloatArray:
        """Return the probability of at most `t`."""
        from scipy.special import ndtr  # noqa: PLC0415 - scipy only where it is needed

        mu, sigma = self._logarithm
        past = np.maximum(np.asarray(t) - self.minimum, 0)
        with np.errstate(divide="ignore"):
            return np.asarray(ndtr((np.log(past) - mu) / sigma))

    @property
    def _logarithm(self) -> tuple[float, float]:
        """Mean and standard deviation of the logarithm."""
        spread = math.log1p((self.std / self.mean) ** 2)
        return math.log(self.mean) - spread / 2, math.sqrt(spread)
