"""Waiting times: until a message is handed over, and until its sender knows.

Attempt j is due s_j after creation. The event is later than t if no attempt has caused it by then:

    P(wait > t) = Π (1 − B(t − s_j)) over j,   B(t) = P(an attempt causes it within t)

Here too the outcome of every attempt is drawn beforehand, sent or not. If an attempt is never sent,
the event came before it was due, so the attempt cannot have been the first to cause it, and the
product is exact.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from simulator.theory.distributions import Cdf, FloatArray, first_copy_cdf
from simulator.theory.guarantees import check_probabilities
from simulator.theory.integration import integrate
from simulator.theory.timed import answer_cdf, due, elapsed, has_no_end

_LONGER_THAN_ANY_RUN: Final = 1e100
_NEGLIGIBLE: Final = 1e-15
_AGES: Final = np.exp2(np.arange(-30.0, 61.0, 2.0))
"""From a nanosecond to longer than any run, by factors of 4."""


@dataclass(frozen=True, kw_only=True)  # no slots: properties are cached
class Wait:
    """The time from creation to an event, given that the event comes in time.

    Attributes:
        sent_s: When each attempt is due, rising.
        one_cdf: Probability that one attempt causes the event within t of its sending.
        end_s: The latest time that counts as in time.
        endless: Whether more attempts would follow, too unlikely to matter.
    """

    sent_s: tuple[float, ...]
    one_cdf: Cdf
    end_s: float = math.inf
    endless: bool = False

    @cached_property
    def probability(self) -> float:
        """Probability that the event comes in time."""
        return float(_any(self.one_cdf(elapsed(self.end_s, np.array(self.sent_s)))))

    @cached_property
    def _settled(self) -> tuple[float, float]:
        """Probability that an attempt ever causes it, and the age at which that is decided."""
        limit = self.one_cdf(np.array([math.inf]))[0]
        come = self.one_cdf(_AGES) == limit
        return limit, _AGES[come.argmax()] if come.any() else math.inf

    def cdf(self, t: FloatArray) -> FloatArray:
        """Return the probability of a wait of at most `t`, elementwise; NaN without an event."""
        at = np.asarray(t, dtype=np.float64)
        probability = self.probability
        if probability == 0:
            return np.full(at.shape, np.nan)
        order = np.argsort(at, axis=None)
        wait = np.empty(at.size)
        wait[order] = -np.expm1(self._log_none(at.ravel()[order])) / probability
        return np.where(at >= self.end_s, 1.0, np.minimum(wait.reshape(at.shape), 1.0))

    def quantile(self, level: float) -> float:
        """Return a quantile: the shortest time by which the wait is over with probability `level`.

        By bisection, to the precision of a float. NaN if there is no event.

        Args:
            level: Above 0 and below 1.
        """
        if not 0 < level < 1:
            raise ValueError(f"level must be above 0 and below 1, got {level!r}")
        if self.probability == 0:
            return math.nan
        if self._at(0.0) >= level:
            return 0.0
        low, high = 0.0, 1.0
        while self._at(high) < level:
            low, high = high, 2 * high
        while low < (middle := (low + high) / 2) < high:
            low, high = (low, middle) if self._at(middle) >= level else (middle, high)
        return high

    def mean(self) -> float:
        """Return the expected wait, the integral of P(wait > t); NaN if there is no event.

        The relative error is 10⁻¹⁰ for light tails. The integral stops at the time by which all but
        10⁻¹⁵ of waits are over: for a Pareto delay of shape 1.5, it is too small by some parts in
        10⁵. It is infinite if the sender never gives up and its gaps grow faster than the
        probability of needing them falls, or so nearly as fast that attempts after 10¹⁰⁰ s matter.
        """
        if self.probability == 0:
            return math.nan
        if self.endless and self.sent_s[-1] > _LONGER_THAN_ANY_RUN:
            return math.inf
        return integrate(lambda t: 1 - self.cdf(t), self._edges())

    def _at(self, t: float) -> float:
        return float(self.cdf(np.array([t]))[0])

    def _log_none(self, at: FloatArray) -> FloatArray:
        """Return the logarithm of P(no attempt has caused it), at rising times.

        An attempt is soon settled, when its copies have all arrived or been lost. From then on it
        is only counted, which makes thousands of attempts affordable.
        """
        limit, settled = self._settled
        sent = np.array(self.sent_s)
        old = np.searchsorted(sent + settled, at, side="right")
        with np.errstate(divide="ignore"):
            log_none = np.where(old > 0, np.maximum(old, 1) * np.log1p(-limit), 0.0)
            begins, ends = np.searchsorted(at, sent), np.searchsorted(at, sent + settled)
            for time, begin, end in zip(sent, begins, ends, strict=True):
                log_none[begin:end] += np.log1p(-self.one_cdf(at[begin:end] - time))
        return log_none

    def _edges(self) -> FloatArray:
        """Return points from 0 on, dense after each sending, where the cdf may bend."""
        following = (*self.sent_s[1:], math.inf)
        crowds = [
            (sent + _AGES)[sent + _AGES < until]
            for sent, until in zip(self.sent_s, following, strict=True)
        ]
        edges = np.unique(np.concatenate([[0.0], self.sent_s, *crowds]))
        edges = edges[edges < self.end_s]
        if math.isfinite(self.end_s):
            edges = np.append(edges, self.end_s)
        over = int(np.searchsorted(self.cdf(edges), 1 - _NEGLIGIBLE))
        return edges[: over + 1]


def latency(
    *, loss: float, sent_s: Iterable[float], delay_cdf: Cdf, duplicate: float = 0.0
) -> Wait:
    """Time from creation to the first handover, given that there is one.

    Acknowledgements do not matter: they only prevent sendings after the handover.

    Args:
        loss: Probability that a data transmission is lost.
        sent_s: When each attempt is due, from 0, rising: (0.0,) for a sender that sends once. A
            sequence, or an endless iterator, read as far as it matters.
        delay_cdf: Distribution of the delay of one copy to the receiver.
        duplicate: Probability that the network duplicates a data transmission that survives.

    Raises:
        ValueError: If an argument is out of its range, or `sent_s` is endless and `loss` is 1.
    """
    check_probabilities(loss=loss, duplicate=duplicate)
    first = first_copy_cdf(delay_cdf, duplicate)
    return _wait(sent_s, lambda t: (1 - loss) * first(t), hopeless=loss == 1)


def ack_latency(
    *,
    loss: float,
    ack_loss: float,
    sent_s: Iterable[float],
    end_s: float,
    round_trip_cdf: Cdf,
    duplicate: float = 0.0,
) -> Wait:
    """Time from creation until the sender knows, given that it does before it gives up.

    Arguments and errors are those of `timed_at_least_once`.
    """
    answered = answer_cdf(loss, ack_loss, round_trip_cdf, duplicate)
    return _wait(sent_s, answered, hopeless=loss == 1 or ack_loss == 1, end_s=end_s)


def _wait(
    sent_s: Iterable[float], one_cdf: Cdf, *, hopeless: bool, end_s: float = math.inf
) -> Wait:
    """Return the wait, with the attempts that matter.

    Attempts after some time change a cdf by no more than the probability that the event has not
    come by then, and a mean by about that probability times the time.
    """
    if not has_no_end(sent_s, "sent_s", hopeless=hopeless):
        return Wait(sent_s=tuple(map(float, sent_s)), one_cdf=one_cdf, end_s=end_s)
    sent: list[float] = []
    for time, needed, _ in due(sent_s, one_cdf):
        gap = sent[1] if len(sent) > 1 else time
        if needed <= _NEGLIGIBLE and needed * time <= _NEGLIGIBLE * gap:
            break
        sent.append(time)
        if time > _LONGER_THAN_ANY_RUN:
            break
    return Wait(sent_s=tuple(sent), one_cdf=one_cdf, endless=True)


def _any(each: FloatArray) -> FloatArray:
    """Return the probability of at least one of independent events, small or not."""
    with np.errstate(divide="ignore"):
        return np.asarray(-np.expm1(np.log1p(-each).sum()))
