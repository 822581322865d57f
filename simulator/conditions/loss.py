"""Loss: which transmissions the network loses.

A loss model is any object with `loses(transmission, u)`, where `u` is a draw for this transmission
alone, uniform on [0, 1). It is a value: the same arguments give the same answer, in any order. A
model with memory (Gilbert–Elliott) has `start(stream)` instead, which returns a fresh model for
each link of each run. In `tc-netem`: `loss random 10%`, `loss gemodel 1% 10%`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from simulator.clock import END_OF_TIME, to_ns
from simulator.conditions.transmission import Transmission
from simulator.fields import PROBABILITY, Checked, checked
from simulator.validation import integer, number, refuse

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


class Loss(Protocol):
    """The extension point: one method."""

    def loses(self, transmission: Transmission, u: float) -> bool:
        """Whether a transmission is lost; `u` is a draw of its own, uniform on [0, 1)."""


@runtime_checkable
class LossWithMemory(Protocol):
    """A loss model that depends on earlier transmissions on its link."""

    def start(self, stream: np.random.Generator) -> Loss:
        """Return a fresh loss model for one link of one run, with its own stream of draws."""


class VectorizedLoss(Protocol):
    """A loss model for many messages at once, as the vectorized engine needs."""

    def loses_array(
        self, u: FloatArray, message: IntArray, attempt: int, sent_ns: IntArray
    ) -> BoolArray:
        """Decide one transmission of each message, as `loses` does. Arrays of shape (messages,)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bernoulli(Checked):
    """Each transmission is lost with the same probability, independently.

    Attributes:
        rate: That probability.
    """

    rate: float = field(metadata=PROBABILITY)

    def loses(self, transmission: Transmission, u: float) -> bool:  # noqa: ARG002 - all alike
        """Whether a transmission is lost."""
        return u < self.rate

    def loses_array(
        self,
        u: FloatArray,
        message: IntArray,  # noqa: ARG002 - all alike
        attempt: int,  # noqa: ARG002 - all alike
        sent_ns: IntArray,  # noqa: ARG002 - all alike
    ) -> BoolArray:
        """Decide one transmission of each message."""
        return u < self.rate


def _lost(name: str, value: Any) -> frozenset[tuple[int, int]]:
    try:
        pairs = [(message, attempt) for message, attempt in value]
    except (TypeError, ValueError):
        refuse(name, value, "pairs (message, attempt), such as {(0, 1), (2, 1)}")
    return frozenset(
        (integer(f"{name} message", m, low=0), integer(f"{name} attempt", a, low=1))
        for m, a in pairs
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scripted(Checked):
    """Lose exactly these transmissions, and no other.

    Attributes:
        lost: Pairs (message, attempt), messages from 0, attempts from 1. On a return link, the
            acknowledgements of that attempt of that message.
    """

    lost: Collection[tuple[int, int]] = field(metadata=checked(_lost))

    def loses(self, transmission: Transmission, u: float) -> bool:  # noqa: ARG002 - not random
        """Whether a transmission is lost."""
        return (transmission.message, transmission.attempt) in self.lost

    def loses_array(
        self,
        u: FloatArray,  # noqa: ARG002 - not random
        message: IntArray,
        attempt: int,
        sent_ns: IntArray,  # noqa: ARG002 - at any time
    ) -> BoolArray:
        """Decide one transmission of each message."""
        return np.isin(message, [m for m, a in self.lost if a == attempt])


def _windows(name: str, value: Any) -> tuple[tuple[float, float], ...]:
    try:
        pairs = [(start, end) for start, end in value]
    except (TypeError, ValueError):
        refuse(name, value, "pairs (start, end) in seconds, such as [(1.0, 1.5)]")
    windows = []
    for start, end in pairs:
        low = number(f"{name} start", start, low=0)
        high = number(f"{name} end", end, low=low, open_low=True)
        if to_ns(low) == to_ns(high) < END_OF_TIME:
            allowed = f"at least 1e-09 above {low:g}: time is in whole nanoseconds"
            refuse(f"{name} end", high, allowed)
        windows.append((low, high))
    return tuple(windows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outages(Checked):
    """Lose everything that is sent during an outage, and nothing else.

    Attributes:
        windows: Pairs (start, end) in seconds; an outage covers [start, end).
    """

    windows: Sequence[tuple[float, float]] = field(metadata=checked(_windows))

    def loses(self, transmission: Transmission, u: float) -> bool:  # noqa: ARG002 - not random
        """Whether a transmission is lost."""
        sent_ns = transmission.sent_ns
        return any(to_ns(start) <= sent_ns < to_ns(end) for start, end in self.windows)

    def loses_array(
        self,
        u: FloatArray,  # noqa: ARG002 - not random
        message: IntArray,  # noqa: ARG002 - all alike
        attempt: int,  # noqa: ARG002 - all alike
        sent_ns: IntArray,
    ) -> BoolArray:
        """Decide one transmission of each message."""
        lost = np.zeros(len(sent_ns), dtype=np.bool_)
        for start, end in self.windows:
            lost |= (to_ns(start) <= sent_ns) & (sent_ns < to_ns(end))
        return lost
