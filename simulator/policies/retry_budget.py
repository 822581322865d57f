"""Retry budget: a limit on all retries of a sender, so that they never swamp a receiver.

A token bucket. Each message deposits part of a token, each retry takes out one; without a whole
token there is no retry. Retries are thus a limited share of the messages, however many of these
fail.

Ratio and reserve are read as decimals, and tokens are fractions: ten tenths are one token. A bucket
below its reserve accepts a deposit in full; at its reserve or above it accepts none. Cutting
deposits off at the reserve would lose part of a token each time: with a reserve of 1 and a ratio of
0.3, the bucket would pay for one retry in 4 messages rather than 3 in 10.

Sources: M. Marti, "Retry budgets", in Finagle's user guide, 2016; "Handling Overload", in B. Beyer
    et al., "Site Reliability Engineering", O'Reilly, 2016.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from simulator.fields import Checked, checked
from simulator.validation import decimal, number


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryBudget(Checked):
    """Limit retries to a share of the messages, plus a reserve.

    Attributes:
        ratio: Tokens that each message deposits, from 0 to 1: the long-run limit of retries per
            message.
        reserve: Tokens that the bucket holds at first, at least 1. It accepts deposits only while
            it holds fewer.
    """

    ratio: float = field(default=0.1, metadata=checked(number, low=0, high=1))
    reserve: float = field(default=10.0, metadata=checked(number, low=1))

    def start(self) -> Bucket:
        """Return a full bucket for one sender."""
        return Bucket(self)


class Bucket:
    """The tokens of one sender, as a fraction."""

    def __init__(self, budget: RetryBudget) -> None:
        """Start with the reserve."""
        self._ratio = decimal(budget.ratio)
        self._reserve = decimal(budget.reserve)
        self.tokens = self._reserve

    def deposit(self) -> None:
        """Deposit the share of one message."""
        self._put_in(self._ratio)

    def withdraw(self) -> bool:
        """Take out a token for a retry; return whether there was one."""
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True

    def refund(self) -> None:
        """Put back the token of a retry that was not sent."""
        self._put_in(Fraction(1))

    def _put_in(self, tokens: Fraction) -> None:
        if self.tokens < self._reserve:
            self.tokens += tokens
