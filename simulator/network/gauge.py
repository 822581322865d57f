"""A gauge: a whole number that changes over time, and all that it has been."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from simulator.clock import SECOND, to_ns
from simulator.validation import number, refuse

if TYPE_CHECKING:
    import pandas as pd

    from simulator.network.schedule import Schedule


class Gauge:
    """How many there are of something: workers busy, messages waiting, refusals so far.

    Instants are in seconds at this face. It costs 16 bytes a change.

    Attributes:
        value: How many there are now.
    """

    __slots__ = ("_env", "_times_ns", "_values", "value")

    def __init__(self, env: Schedule) -> None:
        """Start at 0; the clock of `env` counts nanoseconds."""
        self.value = 0
        self._env = env
        self._times_ns = array("q", (0,))
        self._values = array("q", (0,))

    def add(self, change: int) -> None:
        """Go up, or down, from now on."""
        value = self.value = self.value + change
        self._times_ns.append(self._env.instant_ns)
        self._values.append(value)

    def mean(self, since: float = 0.0, until: float | None = None) -> float:
        """Return the time average over [since, until), until now by default.

        Leave out the warm-up with `since`: a system that starts empty is not yet what it will be.
        """
        start_ns, end_ns = self._window(since, until)
        times, values = self._arrays()
        edges = np.concatenate([[start_ns], np.clip(times[1:], start_ns, end_ns), [end_ns]])
        return float((values * np.diff(edges).astype(np.float64)).sum()) / (end_ns - start_ns)

    def at(self, times: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """Return the values at instants. Shape is kept."""
        when_ns = np.rint(np.asarray(times, dtype=np.float64) * SECOND).astype(np.int64)
        known, values = self._arrays()
        return values[np.maximum(np.searchsorted(known, when_ns, side="right") - 1, 0)]

    def max(self) -> int:
        """Return the highest value so far."""
        return int(self._arrays()[1].max())

    def to_frame(self) -> pd.DataFrame:
        """Return a table of the changes: time_s, value."""
        import pandas as pd  # noqa: PLC0415 - only where a table leaves the library

        times, values = self._arrays()
        return pd.DataFrame({"time_s": times / SECOND, "value": values})

    def __repr__(self) -> str:
        """Say the value."""
        return f"<Gauge at {self.value}>"

    def _arrays(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return the instants at which it changed, and the last value that it had at each."""
        # Copies: an array that NumPy looks into cannot grow.
        times, values = np.array(self._times_ns), np.array(self._values)
        is_last = np.append(times[1:] != times[:-1], True)
        return times[is_last], values[is_last]

    def _window(self, since: float, until: float | None) -> tuple[int, int]:
        start_ns = to_ns(number("Gauge.mean.since", since, low=0))
        end_ns = int(self._env.now) if until is None else to_ns(number("Gauge.mean.until", until))
        if end_ns <= start_ns:
            refuse("Gauge.mean.until", end_ns / SECOND, f"above since, {since:g}")
        return start_ns, end_ns
