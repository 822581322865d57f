"""Circuit breaker: a caller stops calling a receiver that keeps failing.

    closed ── too many failures ──► open ── a rest ──► half-open ── a probe succeeds ──► closed
                                     ▲                     │
                                     └── the probe fails ──┘

Closed, calls go through. Open, they fail at once, and nothing is sent. Half-open, one call at a
time goes through, the probe, to see whether the receiver is back. The next probe waits for the
outcome of the one before. The outcome of an older call that comes meanwhile, success or failure,
counts like that of a probe.

Source: M. Nygard, "Release It!", Pragmatic Bookshelf, 2007, section 5.2.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from math import ceil
from typing import Final, Literal

from simulator.clock import to_ns
from simulator.fields import COUNT, DURATION, check_fields, or_none
from simulator.validation import decimal, integer, number, refuse

FAILURES: Final = or_none(
    integer, low=1, allowed="a whole number at least 1, or None to open by rate"
)
RATE: Final = or_none(
    number,
    low=0,
    high=1,
    open_low=True,
    allowed="a number above 0 and at most 1, or None to open by failures in a row",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitBreaker:
    """Open after a number of consecutive failures, or at a failure rate over the latest calls.

    Attributes:
        failures: Consecutive failures that open it, at least 1. None: see `rate`.
        rate: Share of failures among the latest `window` calls that opens it, above 0 and at most
            1, read as a decimal: 0.28 of 25 calls is 7. None: see `failures`. One of the two must
            be given.
        window: Number of latest calls that the rate is computed over, at least 1; it does not open
            before there have been so many.
        recovery: How long it stays open before a probe, in seconds, above 0.
        probes: Consecutive probes that must succeed before it closes, at least 1.
    """

    failures: int | None = field(default=5, metadata=FAILURES)
    rate: float | None = field(default=None, metadata=RATE)
    window: int = field(default=20, metadata=COUNT)
    recovery: float = field(default=5.0, metadata=DURATION)
    probes: int = field(default=1, metadata=COUNT)

    def __post_init__(self) -> None:
        """Refuse bad parameters."""
        check_fields(self)
        if (self.failures is None) == (self.rate is None):
            got = f"failures={self.failures}, rate={self.rate}"
            refuse("CircuitBreaker", got, "given failures or rate, and None for the other")

    def start(self) -> Breaker:
        """Return a closed breaker for one sender."""
        return Breaker(self)


class Breaker:
    """The state of one sender's circuit breaker. Instants are in seconds.

    Calls that are let through are numbered from 1.

    Attributes:
        state: "closed", "open" or "half-open".
        calls: How many calls were let through, which is also the number of the latest.
    """

    _opened_ns: int

    def __init__(self, settings: CircuitBreaker) -> None:
        """Start closed."""
        self._settings = settings
        self._reached = ceil(decimal(settings.rate or 0) * settings.window)
        self.state: Literal["closed", "open", "half-open"] = "closed"
        self.calls = 0
        self._latest: deque[bool] = deque(maxlen=settings.window)
        self._in_a_row = 0
        self._probe: int | None = None

    def lets_through(self, now_s: float) -> bool:
        """Whether a call may be made now. If so, its `succeeded` or `failed` must follow."""
        if self.state == "open" and self._has_rested(now_s):
            self.state, self._in_a_row = "half-open", 0
        if self.state == "open" or self._probe is not None:
            return False
        self.calls += 1
        if self.state == "half-open":
            self._probe = self.calls
        return True

    def succeeded(self, call: int | None = None) -> None:
        """Record that a call was answered, perhaps one that counted as failed before.

        Args:
            call: Its number. None: the latest let through.
        """
        self._latest.append(True)
        if self.state == "half-open":
            if self._probe == (self.calls if call is None else call):
                self._probe = None
            self._in_a_row += 1
            if self._in_a_row >= self._settings.probes:
                self._close()
        elif self.state == "closed":
            self._in_a_row = 0

    def failed(self, now_s: float) -> None:
        """Record that a call timed out or was refused. Half-open, any failure opens it."""
        self._latest.append(False)
        self._in_a_row += 1
        if self.state == "half-open" or (self.state == "closed" and self._too_many()):
            self.state, self._opened_ns, self._probe = "open", to_ns(now_s), None

    def _has_rested(self, now_s: float) -> bool:
        return to_ns(now_s) - self._opened_ns >= to_ns(self._settings.recovery)

    def _too_many(self) -> bool:
        settings = self._settings
        if settings.failures is not None:
            return self._in_a_row >= settings.failures
        full = len(self._latest) == settings.window
        return full and self._latest.count(False) >= self._reached

    def _close(self) -> None:
        self.state, self._in_a_row, self._probe = "closed", 0, None
        self._latest.clear()
