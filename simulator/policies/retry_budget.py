"""Retry budget: how many retries a sender may make in all, so that they never swamp a receiver.

A token bucket. Each message puts in a little, each retry takes out one token; an empty bucket means
no retry. Retries then are at most a share of the messages, however many of these fail.

Ratio and reserve are read as decimals, and tokens are fractions: ten tenths are one token. A bucket
below its reserve keeps a deposit whole; at its reserve or above it takes none. Cutting deposits off
at the reserve would lose part of a token each time: with a reserve of 1 and a ratio of 0.3, it
would pay for one retry in 4 messages rather than 3 in 10.

Sources: M. Marti, "Retry budgets", in Finagle's user guide, 2016; "Handling Overload", in B. Beyer
    et al., "Site Reliability Engineering", O'Reilly, 2016.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from simulator.validation import decimal, keep_number


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryBudget:
    """Retry at most this share of the messages, and a few more in reserve.

    Attributes:
        ratio: Tokens that each message puts in, from 0 to 1: the share of retries in the long run.
        reserve: Tokens that the bucket holds at first, at least 1. It takes deposits only while it
            holds fewer.
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
    """The tokens that a sender has left, as a fraction."""

    def __init__(self, budget: RetryBudget) -> None:
        """Start with the reserve."""
        self._ratio = decimal(budget.ratio)
        self._reserve = decimal(budget.reserve)
        self.tokens = self._reserve

    def deposit(self) -> None:
        """Put in what a message brings."""
        self._put_in(self._ratio)

    def withdraw(self) -> bool:
        """Take out a token for a retry; return whether there was one."""
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True

    def refund(self) -> None:
        """Return the token of a retry that was not made."""
        self._put_in(Fraction(1))

    def _put_in(self, tokens: Fraction) -> None:
        if self.tokens < self._reserve:
            self.tokens += tokens
