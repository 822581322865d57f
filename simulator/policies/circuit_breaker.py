"""Circuit breaker: a caller that stops calling a receiver that fails.

    closed ── too many failures ──► open ── a rest ──► half-open ── a probe succeeds ──► closed
                                     ▲                     │
                                     └── the probe fails ──┘

Closed, calls go through. Open, they fail at once, and nothing is sent. Half-open, one call at a
time goes through, to see whether the receiver is back; an answer that comes meanwhile to a call
made before it opened tells as much, and counts like a probe's.

Source: M. Nygard, "Release It!", Pragmatic Bookshelf, 2007, section 5.2.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal

from simulator.validation import integer, keep_duration, keep_number, refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitBreaker:
    """Open after so many failures in a row, or at a rate of failures over the latest calls.

    Attributes:
        failures: Consecutive failures that open it, at least 1. None: see `rate`.
        rate: Share of failures among the latest `window` calls that opens it, above 0 and at most
            1. None: see `failures`. One of the two must be given.
        window: How many of the latest calls the rate is over, at least 1; it opens only once there
            have been so many.
        recovery: How long it stays open before a probe, in seconds, above 0.
        probes: Probes in a row that must succeed before it closes, at least 1.
    """

    failures: int | None = 5
    rate: float | None = None
    window: int = 20
    recovery: float = 5.0
    probes: int = 1

    def __post_init__(self) -> None:
        """Refuse bad parameters."""
        if self.failures is not None:
            allowed = "a whole number at least 1, or None to open by rate"
            failures = integer("CircuitBreaker.failures", self.failures, low=1, allowed=allowed)
            object.__setattr__(self, "failures", failures)
        if self.rate is not None:
            allowed = "a number above 0 and at most 1, or None to open by failures in a row"
            keep_number(self, "rate", low=0, high=1, open_low=True, allowed=allowed)
        if (self.failures is None) == (self.rate is None):
            got = f"failures={self.failures}, rate={self.rate}"
            refuse("CircuitBreaker", got, "given failures or rate, and None for the other")
        for name in ("window", "probes"):
            checked = integer(f"CircuitBreaker.{name}", getattr(self, name), low=1)
            object.__setattr__(self, name, checked)
        keep_duration(self, "recovery")

    def start(self) -> Breaker:
        """Return the breaker of a sender, closed."""
        return Breaker(self)


class Breaker:
    """A circuit breaker at work. Instants are in seconds."""

    def __init__(self, settings: CircuitBreaker) -> None:
        """Start closed."""
        self._settings = settings
        self.state: Literal["closed", "open", "half-open"] = "closed"
        self._latest: deque[bool] = deque(maxlen=settings.window)
        self._in_a_row = 0
        self._opened_s = 0.0
        self._probing = False

    def lets_through(self, now_s: float) -> bool:
        """Whether a call may be made now. If so, its `succeeded` or `failed` must follow."""
        if self.state == "open" and now_s - self._opened_s >= self._settings.recovery:
            self.state, self._in_a_row, self._probing = "half-open", 0, False
        if self.state == "half-open" and not self._probing:
            self._probing = True
            return True
        return self.state == "closed"

    def succeeded(self) -> None:
        """Note that a call was answered."""
        self._latest.append(True)
        if self.state == "half-open":
            self._probing = False
            self._in_a_row += 1
            if self._in_a_row >= self._settings.probes:
                self._close()
        elif self.state == "closed":
            self._in_a_row = 0

    def failed(self, now_s: float) -> None:
        """Note that a call timed out, or was refused."""
        self._latest.append(False)
        self._in_a_row += 1
        if self.state == "half-open" or (self.state == "closed" and self._too_many()):
            self.state, self._opened_s = "open", now_s

    def _too_many(self) -> bool:
        settings = self._settings
        if settings.failures is not None:
            return self._in_a_row >= settings.failures
        assert settings.rate is not None  # noqa: S101 - one of the two is given
        full = len(self._latest) == settings.window
        return full and self._latest.count(False) >= settings.rate * settings.window

    def _close(self) -> None:
        self.state, self._in_a_row = "closed", 0
        self._latest.clear()
