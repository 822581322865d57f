"""Retry budget: how many retries a sender may make in all, so that they never swamp a receiver.

A token bucket. Each message puts in a little, each retry takes out one token; an empty bucket means
no retry. Retries then are at most a share of the messages, however many of these fail.

Sources: M. Marti, "Retry budgets", in Finagle's user guide, 2016; "Handling Overload", in B. Beyer
    et al., "Site Reliability Engineering", O'Reilly, 2016.
"""

from __future__ import annotations

from dataclasses import dataclass

from simulator.validation import keep_number


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryBudget:
    """Retry at most this share of the messages, and a few more in reserve.

    Attributes:
        ratio: Tokens that each message puts in, from 0 to 1: the share of retries in the long run.
        reserve: Tokens that the bucket holds at most, and at first; at least 1.
    """

    ratio: float = 0.1
    reserve: float = 10.0

    def __post_init__(self) -> None:
        """Refuse bad parameters."""
        keep_number(self, "ratio", low=0, high=1)
        keep_number(self, "reserve", low=1)

    def start(self) -> Bucket:
        """Return the bucket of a sender, full."""
        return Bucket(self)


class Bucket:
    """The tokens that a sender has left."""

    def __init__(self, budget: RetryBudget) -> None:
        """Start with all that it holds."""
        self._budget = budget
        self.tokens = budget.reserve

    def deposit(self) -> None:
        """Put in what a message brings."""
        self.tokens = min(self._budget.reserve, self.tokens + self._budget.ratio)

    def withdraw(self) -> bool:
        """Take out a token for a retry; return whether there was one."""
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True
