"""Adaptive timeout: how long to wait for an acknowledgement, learned from those that came.

    on a sample r:  the first: srtt = r, rttvar = r / 2
                    after it:  rttvar = 3/4 rttvar + 1/4 |srtt - r|,  srtt = 7/8 srtt + 1/8 r
    timeout = srtt + 4 rttvar; doubled after each wait in vain, until the next sample

A wait that a deadline cuts short changes nothing.

Karn's rule: a message that was sent more than once gives no sample, since its acknowledgement may
answer any of its attempts.

Sources: V. Paxson, M. Allman, J. Chu, M. Sargent, "Computing TCP's Retransmission Timer", RFC 6298,
    2011. P. Karn, C. Partridge, "Improving Round-Trip Time Estimates in Reliable Transport
    Protocols", SIGCOMM 1987.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from simulator.fields import DURATION, check_fields, keep
from simulator.validation import duration


@dataclass(frozen=True, slots=True, kw_only=True)
class AdaptiveTimeout:
    """A timeout estimated from recent round trips.

    Attributes:
        initial: The timeout before the first round trip is known, in seconds, from `minimum` to
            `maximum`.
        minimum: Least timeout learned, in seconds, above 0. The RFC says 1 s; Linux takes 0.2 s.
        maximum: Longest wait of any attempt, in seconds, at least `minimum`.
    """

    initial: float = 1.0
    minimum: float = field(default=0.2, metadata=DURATION)
    maximum: float = 60.0

    def __post_init__(self) -> None:
        """Refuse bad parameters."""
        check_fields(self)
        keep(self, "maximum", duration, low=self.minimum)
        keep(self, "initial", duration, low=self.minimum, high=self.maximum)

    def start(self) -> RoundTripEstimate:
        """Return the estimate of a sender for a receiver, without a sample yet."""
        return RoundTripEstimate(self)


class RoundTripEstimate:
    """A sender's estimate of the round trip to a receiver, in seconds."""

    def __init__(self, limits: AdaptiveTimeout) -> None:
        """Start without a sample."""
        self._limits = limits
        self.smoothed: float | None = None
        self.variation = 0.0
        self.timeout = limits.initial

    def learn(self, round_trip: float, *, attempts: int) -> None:
        """Learn from an acknowledgement of a message that was sent `attempts` times."""
        if attempts > 1:
            return  # Karn's rule
        if self.smoothed is None:
            self.smoothed, self.variation = round_trip, round_trip / 2
        else:
            self.variation += (abs(self.smoothed - round_trip) - self.variation) / 4
            self.smoothed += (round_trip - self.smoothed) / 8
        self.timeout = self._within(self.smoothed + 4 * self.variation)

    def back_off(self, waited: float) -> None:
        """Double the timeout after a wait in vain: once, however many messages waited that long."""
        self.timeout = max(self.timeout, self._within(2 * waited))

    def _within(self, timeout: float) -> float:
        return min(max(timeout, self._limits.minimum), self._limits.maximum)
