"""Round trips: what became of probes, such as those of `ping`, and how losses follow each other."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RoundTrips:
    """What became of each probe, in the order in which they were sent.

    Attributes:
        seconds: How long its first answer took; NaN if none came. Shape (probes,).
        duplicates: How many answers came beyond the first of their probe.
    """

    seconds: npt.NDArray[np.float64]
    duplicates: int = 0

    @property
    def sent(self) -> int:
        """How many probes there were."""
        return len(self.seconds)

    @property
    def lost(self) -> npt.NDArray[np.bool_]:
        """Whether each has no answer. Shape (probes,)."""
        return np.isnan(self.seconds)

    @property
    def answered(self) -> npt.NDArray[np.float64]:
        """The round trips of those answered, in seconds, in rising order. Shape (answered,)."""
        return np.sort(self.seconds[~self.lost])

    @property
    def loss(self) -> float:
        """Share of the probes lost."""
        return float(np.mean(self.lost))

    @property
    def mean(self) -> float:
        """Mean round trip, in seconds."""
        return math.fsum(self.answered) / len(self.answered)

    def quantile(self, share: float) -> float:
        """Return the round trip that a share of the others do not exceed, in seconds."""
        return float(np.quantile(self.answered, share, method="inverted_cdf"))

    @property
    def bursts(self) -> npt.NDArray[np.int64]:
        """Lengths of the bursts: probes lost one after another. Shape (bursts,)."""
        edges = np.flatnonzero(np.diff(self.lost, prepend=False, append=False))
        return edges[1::2] - edges[::2]
