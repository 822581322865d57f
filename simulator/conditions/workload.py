"""Workload: when messages are created, and how large they are. Times are in seconds."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, ClassVar, Final, Protocol

import numpy as np
import numpy.typing as npt

from simulator.clock import END_OF_TIME, to_ns, to_ns_array
from simulator.fields import COUNT, DURATION, Checked, checked
from simulator.validation import integer, number, parts, refuse

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


class Workload(Protocol):
    """The extension point: when messages are created, and their size."""

    @property
    def size_bytes(self) -> int:
        """Size of each message, in bytes."""

    def times_ns(self, messages: int, u: FloatArray) -> IntArray:
        """Return the instants of creation in nanoseconds, in non-decreasing order.

        Args:
            messages: How many there are at most.
            u: A draw for each, uniform on [0, 1). Shape (messages,).
        """


class WorkloadInBlocks(Workload, Protocol):
    """A workload made one block of messages at a time, so that long runs need little memory."""

    def count_before(self, seconds: float) -> float:
        """Return the number of messages created before an instant, or its mean."""

    @property
    def uses_draws(self) -> bool:
        """Whether it depends on the draws."""

    def times_from(self, first: int, before_ns: int, u: FloatArray) -> IntArray:
        """Return the instants of creation of one block, in nanoseconds, in non-decreasing order.

        Args:
            first: Number of the first message of the block.
            before_ns: When the message before it was created; 0 for message 0.
            u: A draw for each message, uniform on [0, 1); there may be fewer messages than draws.
        """


SIZE: Final = checked(integer, low=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Periodic(Checked):
    """One message per interval: message m at m × interval.

    Attributes:
        interval: Time between messages, above 0.
        size_bytes: Size of each message.
    """

    interval: float = field(metadata=DURATION)
    size_bytes: int = field(default=1000, metadata=SIZE)

    uses_draws: ClassVar[bool] = False

    def times_ns(self, messages: int, u: FloatArray) -> IntArray:
        """Return the instants of creation."""
        return self.times_from(0, 0, u[:messages])

    def times_from(
        self,
        first: int,
        before_ns: int,  # noqa: ARG002 - the number is enough
        u: FloatArray,
    ) -> IntArray:
        """Return the instants of creation of one block."""
        return to_ns_array(np.arange(first, first + len(u)) * self.interval)

    def count_before(self, seconds: float) -> float:
        """Return the number of messages created before an instant."""
        return math.ceil(seconds / self.interval)


def _rate(name: str, value: Any) -> float:
    rate = number(name, value, low=0, open_low=True)
    if to_ns(1 / rate) == 0:
        refuse(name, rate, "above 0 and at most 1e9 a second: time is in whole nanoseconds")
    return rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Poisson(Checked):
    """A Poisson process, as of many independent users: exponential times between messages.

    Attributes:
        rate: Mean number of messages per second, above 0.
        size_bytes: Size of each message.
    """

    rate: float = field(metadata=checked(_rate))
    size_bytes: int = field(default=1000, metadata=SIZE)

    uses_draws: ClassVar[bool] = True

    def times_ns(self, messages: int, u: FloatArray) -> IntArray:
        """Return the instants of creation."""
        return self.times_from(0, 0, u[:messages])

    def times_from(
        self,
        first: int,  # noqa: ARG002 - the gaps add up
        before_ns: int,
        u: FloatArray,
    ) -> IntArray:
        """Return the instants of creation of one block."""
        gaps_ns = to_ns_array(-np.log1p(-u) / self.rate)
        # Integers overflow where the sum passes the end of time; the sum of floats shows where.
        late = np.cumsum(gaps_ns.astype(np.float64)) >= END_OF_TIME - before_ns
        return np.where(late, END_OF_TIME, before_ns + np.cumsum(gaps_ns))

    def count_before(self, seconds: float) -> float:
        """Return the mean number of messages created before an instant."""
        return seconds * self.rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Bursts(Checked):
    """A burst of messages at regular intervals.

    Attributes:
        size: How many messages are created together, at least 1.
        every: Time between bursts, above 0; the first is at 0.
        size_bytes: Size of each message.
    """

    size: int = field(metadata=COUNT)
    every: float = field(metadata=DURATION)
    size_bytes: int = field(default=1000, metadata=SIZE)

    uses_draws: ClassVar[bool] = False

    def times_ns(self, messages: int, u: FloatArray) -> IntArray:
        """Return the instants of creation."""
        return self.times_from(0, 0, u[:messages])

    def times_from(
        self,
        first: int,
        before_ns: int,  # noqa: ARG002 - the number is enough
        u: FloatArray,
    ) -> IntArray:
        """Return the instants of creation of one block."""
        return to_ns_array(np.arange(first, first + len(u)) // self.size * self.every)

    def count_before(self, seconds: float) -> float:
        """Return the number of messages created before an instant."""
        return math.ceil(seconds / self.every) * self.size


def _times(name: str, value: Any) -> tuple[float, ...]:
    given = parts(name, value, "instants in seconds, such as [0.0, 0.5]")
    times = tuple(number(name, time, low=0) for time in given)
    for before, after in pairwise(times):
        if after < before:
            refuse(name, after, f"in rising order: at least {before:g} after {before:g}")
    return times


@dataclass(frozen=True, slots=True, kw_only=True)
class At(Checked):
    """Messages at given times, and no others.

    Attributes:
        times: Instants, at least 0, in non-decreasing order.
        size_bytes: Size of each message.
    """

    times: Sequence[float] = field(metadata=checked(_times))
    size_bytes: int = field(default=1000, metadata=SIZE)

    uses_draws: ClassVar[bool] = False

    def times_ns(self, messages: int, u: FloatArray) -> IntArray:
        """Return the instants of creation."""
        return self.times_from(0, 0, u[:messages])

    def times_from(
        self,
        first: int,
        before_ns: int,  # noqa: ARG002 - the number is enough
        u: FloatArray,
    ) -> IntArray:
        """Return the instants of creation of one block."""
        return to_ns_array(np.array(self.times[first : first + len(u)], dtype=np.float64))

    def count_before(self, seconds: float) -> float:
        """Return the number of messages created before an instant."""
        return bisect_left(self.times, seconds)
