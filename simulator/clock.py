"""Time: seconds outside, an integer number of nanoseconds inside.

Sums of integers are exact, so ties are real: a round trip of 0.1 s + 0.1 s ends exactly at a
timeout of 0.2 s. Floats do not guarantee that.

Every run ends at the end of time, 4 × 10¹⁸ ns (about 127 years): sums saturate there instead of
overflowing, and events due then never happen. Twice the end of time still fits 64 bits.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

SECOND: Final = 10**9
"""Nanoseconds in a second."""

END_OF_TIME: Final = 4 * 10**18
"""The last instant of any run, in nanoseconds; nothing happens at it or after."""

_END_S: Final = float(END_OF_TIME // SECOND)


def to_ns(seconds: float) -> int:
    """Convert seconds to nanoseconds, rounded half to even, at most the end of time."""
    if seconds >= _END_S:
        return END_OF_TIME
    return round(float(seconds) * SECOND)


def to_ns_array(
    seconds: npt.NDArray[np.floating], scratch: npt.NDArray[np.float64] | None = None
) -> npt.NDArray[np.int64]:
    """Convert an array of seconds to nanoseconds, with the same results as `to_ns`. Shape is kept.

    Args:
        seconds: The seconds.
        scratch: An array of the same shape to work in. None: make one.
    """
    if np.max(seconds, initial=0.0) > _END_S:
        seconds = np.minimum(seconds, _END_S)
    nanoseconds = np.multiply(seconds, SECOND, out=scratch, dtype=np.float64)
    np.rint(nanoseconds, out=nanoseconds)
    whole: npt.NDArray[np.int64] = nanoseconds.astype(np.int64)
    return whole


def to_seconds(nanoseconds: int) -> float:
    """Convert nanoseconds to seconds: the nearest float, so 300,000,000 prints as 0.3."""
    return nanoseconds / SECOND
