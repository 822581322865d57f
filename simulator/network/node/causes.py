"""Causes: what keeps a host down, and what slows it down. In whatever order, they add up."""

from __future__ import annotations

import math


class Outages:
    """The crashes of a host that last."""

    def __init__(self) -> None:
        """Start with none."""
        self._refuses: dict[object, bool] = {}

    def __len__(self) -> int:
        """Count them."""
        return len(self._refuses)

    def begin(self, cause: object, *, refuses: bool) -> None:
        """Add one; of a cause that lasts already, the host is silent if either is."""
        self._refuses[cause] = refuses and self._refuses.get(cause, True)

    def end(self, cause: object) -> bool:
        """Take one away; return whether it lasted."""
        return self._refuses.pop(cause, None) is not None

    @property
    def refuse(self) -> bool:
        """Whether the host, which is down, refuses what comes: if all of them say so."""
        return bool(self._refuses) and all(self._refuses.values())


class Slowings:
    """The factors by which a host is slower, of the slowings that last."""

    def __init__(self) -> None:
        """Start with none."""
        self._factors: dict[object, float] = {}

    def begin(self, cause: object, factor: float) -> None:
        """Add one."""
        self._factors[cause] = factor

    def end(self, cause: object) -> None:
        """Take one away."""
        del self._factors[cause]

    @property
    def product(self) -> float:
        """How many times as long work takes: 1 exactly if none lasts."""
        # Made anew each time, and sorted: neither what has ended nor the order leaves a trace.
        return math.prod(sorted(self._factors.values()), start=1.0)
