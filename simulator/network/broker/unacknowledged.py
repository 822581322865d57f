"""Unacknowledged: how many messages of a queue workers have, over time.

A queue hands out and gets back each message in the middle of a run, so it only keeps the instants;
they are put in order when somebody asks.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from simulator.network.gauge import Gauge

if TYPE_CHECKING:
    from simulator.network.schedule import Schedule


class Unacknowledged(Gauge):
    """A gauge of deliveries whose fate the broker does not know.

    Attributes:
        begun_ns: When each began.
        ended_ns: When each ended: acknowledged, given back, given up, or cut short by a crash.
    """

    __slots__ = ("begun_ns", "ended_ns")

    def __init__(self, env: Schedule) -> None:
        """Start with none."""
        self._env = env
        self.begun_ns = array("q")
        self.ended_ns = array("q")

    @property
    def value(self) -> int:  # type: ignore[override]  # it is read, not set
        """How many there are now."""
        return len(self.begun_ns) - len(self.ended_ns)

    def add(self, change: int) -> None:
        """Go up, or down, from now on."""
        instants_ns = self.begun_ns if change > 0 else self.ended_ns
        instants_ns.extend([self._env.instant_ns] * abs(change))

    def _arrays(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        begun, ended = np.array(self.begun_ns), np.array(self.ended_ns)
        times = np.unique(np.concatenate([np.zeros(1, dtype=np.int64), begun, ended]))
        values = np.searchsorted(begun, times, "right") - np.searchsorted(ended, times, "right")
        return times, values
