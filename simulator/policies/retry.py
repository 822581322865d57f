"""Retry: when to send again, and when to give up."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulator.policies.backoff import Backoff, NoBackoff
from simulator.validation import has_method, integer, keep_number, number


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Wait for an acknowledgement, pause, send again; give up in the end.

    After the last attempt there is no pause: the sender gives up when its timeout ends.

    Attributes:
        timeout: How long the first attempt waits for an acknowledgement, in seconds, above 0.
        timeout_factor: Growth of the timeout per attempt, at least 1.
        max_timeout: Longest timeout, in seconds. None: no limit.
        backoff: How long to pause after an attempt that went unanswered.
        max_attempts: How many sendings, the first included, at least 1. None: for ever.
        deadline: How long the sender cares, in seconds from the first sending, above 0; it cuts a
            wait or a pause short. None: no limit.
    """

    timeout: float = 0.2
    timeout_factor: float = 1.0
    max_timeout: float | None = None
    backoff: Backoff = field(default_factory=NoBackoff)
    max_attempts: int | None = 3
    deadline: float | None = None

    def __post_init__(self) -> None:
        """Refuse bad parameters."""
        keep_number(self, "timeout", low=0, open_low=True)
        keep_number(self, "timeout_factor", low=1)
        expected = "a backoff, such as ExponentialBackoff(base=0.1)"
        has_method("Retry.backoff", self.backoff, "pause_after", expected)
        for name in ("max_timeout", "deadline"):
            value = getattr(self, name)
            if value is not None:
                allowed = "a finite number of seconds above 0, or None for no limit"
                checked = number(f"Retry.{name}", value, low=0, open_low=True, allowed=allowed)
                object.__setattr__(self, name, checked)
        if self.max_attempts is not None:
            allowed = "a whole number at least 1, or None for ever"
            attempts = integer("Retry.max_attempts", self.max_attempts, low=1, allowed=allowed)
            object.__setattr__(self, "max_attempts", attempts)

    def timeout_of(self, attempt: int) -> float:
        """Return how long an attempt waits, in seconds; infinite where floats overflow."""
        try:
            timeout = self.timeout * self.timeout_factor ** (attempt - 1)
        except OverflowError:
            timeout = float("inf")
        return timeout if self.max_timeout is None else min(timeout, self.max_timeout)
