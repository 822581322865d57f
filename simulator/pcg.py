"""PCG64DXSM at any places of its sequence, many at once.

NumPy's generator makes its outputs one after the other, quickly; a few of many are quicker made by
themselves. Its state is a linear congruential generator, so that the state n steps on is

    s(n) = a(n) s + g(n) c      modulo 2¹²⁸,   a(n) = aⁿ,   g(n) = 1 + a + … + aⁿ⁻¹

with the multiplier a, the same for all, and the increment c. A table has a(n) and g(n).

Source: M. E. O'Neill, "PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms
for Random Number Generation", 2014; F. Brown, "Random Number Generation with Arbitrary Strides",
Transactions of the American Nuclear Society 71, 1994. The output function is NumPy's DXSM.
"""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

PLACES: Final = 1 << 17
"""How many places a table has."""

_MULTIPLIER: Final = np.uint64(0xDA942042E4DD58B5)
_LOW: Final = np.uint64(0xFFFF_FFFF)
_32: Final = np.uint64(32)
_48: Final = np.uint64(48)
_11: Final = np.uint64(11)
_1: Final = np.uint64(1)

Words = npt.NDArray[np.uint64]


class Wide(NamedTuple):
    """Numbers of 128 bits: their upper and lower halves."""

    high: Words
    low: Words

    def take(self, places: npt.NDArray[np.integer]) -> Wide:
        """Return those at some places."""
        return Wide(self.high.take(places), self.low.take(places))

    def times(self, factor: int) -> Wide:
        """Return the products with one number, modulo 2¹²⁸."""
        high, low = np.uint64(factor >> 64), np.uint64(factor & (2**64 - 1))
        # The lower halves are multiplied in parts of 32 bits, whose products fit 64.
        f1, f0 = low >> _32, low & _LOW
        x1, x0 = self.low >> _32, self.low & _LOW
        middle = x0 * f0
        middle >>= _32
        middle += x1 * f0
        upper = middle >> _32
        middle &= _LOW
        middle += x0 * f1
        middle >>= _32
        upper += middle
        upper += x1 * f1
        upper += self.high * low
        upper += self.low * high
        return Wide(upper, self.low * low)

    def plus(self, other: Wide) -> Wide:
        """Return the sums, modulo 2¹²⁸."""
        low = self.low + other.low
        high = self.high + other.high
        high += low < other.low
        return Wide(high, low)


def uniforms(
    state: int, increment: int, places: npt.NDArray[np.integer]
) -> npt.NDArray[np.float64]:
    """Return some of the draws that a generator in a state will make, uniform on [0, 1).

    Args:
        state: Its state, of 128 bits.
        increment: Its increment, of 128 bits.
        places: Which draws: 0 is the next. All below `PLACES`.

    Returns:
        Shape of `places`; to the bit what `numpy.random.Generator.random` gives there.
    """
    powers, sums = _table()
    high, low = powers.take(places).times(state).plus(sums.take(places).times(increment))
    low |= _1
    high ^= high >> _32
    high *= _MULTIPLIER
    high ^= high >> _48
    high *= low
    high >>= _11
    return np.multiply(high, 2.0**-53, dtype=np.float64)


@cache
def _table() -> tuple[Wide, Wide]:
    """Return a(n) and g(n), n from 0 to `PLACES` - 1, made by doubling."""
    modulus = 2**128
    power, total = int(_MULTIPLIER), 1  # a(k) and g(k), for k as many as there are already
    powers = Wide(np.zeros(1, np.uint64), np.ones(1, np.uint64))
    sums = Wide(np.zeros(1, np.uint64), np.zeros(1, np.uint64))
    while len(powers.low) < PLACES:
        # a(n + k) = a(n) a(k), and g(n + k) = g(n) + a(n) g(k).
        further = powers.times(power), sums.plus(powers.times(total))
        total = (total + power * total) % modulus
        powers = Wide(*(np.concatenate(halves) for halves in zip(powers, further[0], strict=True)))
        sums = Wide(*(np.concatenate(halves) for halves in zip(sums, further[1], strict=True)))
        power = power * power % modulus
    return powers, sums
