"""Gilbert–Elliott: losses that come in bursts, from a link that is good or bad for a while."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

import numpy as np

from simulator.conditions.transmission import Transmission
from simulator.fields import PROBABILITY, check_fields
from simulator.validation import number, refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class GilbertElliott:
    """A link that alternates between a good and a bad state, and loses mostly in the bad one.

    The state may change before each transmission on the link, data or acknowledgement, whatever
    the time between them. A run starts in the long-run mix of the two states.

    Attributes:
        p: Probability to go from good to bad, at each transmission.
        r: Probability to go from bad to good, at each transmission; `p + r` is above 0.
        loss_bad: Probability of loss in the bad state.
        loss_good: Probability of loss in the good state.

    In `tc-netem`: `loss gemodel p r loss_bad loss_good`; its manual calls the last two 1-h and 1-k.

    Sources: E. N. Gilbert, "Capacity of a burst-noise channel", Bell System Technical Journal
        39(5), 1960; E. O. Elliott, "Estimates of error rates for codes on burst-noise channels",
        Bell System Technical Journal 42(5), 1963.
    """

    p: float = field(metadata=PROBABILITY)
    r: float = field(metadata=PROBABILITY)
    loss_bad: float = field(default=1.0, metadata=PROBABILITY)
    loss_good: float = field(default=0.0, metadata=PROBABILITY)

    def __post_init__(self) -> None:
        """Refuse bad parameters."""
        check_fields(self)
        if self.p + self.r == 0:
            refuse("GilbertElliott.p + r", 0.0, "above 0, or the link would never change state")

    @classmethod
    def from_rate(cls, *, rate: float, burst: float) -> Self:
        """Return the model with a given loss rate and a given mean length of bursts.

        Everything is lost in the bad state and nothing in the good one.

        Args:
            rate: Long-run share of transmissions lost, above 0 and below 1.
            burst: Mean number of consecutive losses; at least 1 / (1 - rate), that of independent
                losses.
        """
        name = "GilbertElliott.from_rate"
        rate = number(f"{name}.rate", rate, low=0, high=1, open_low=True, open_high=True)
        least = 1 / (1 - rate)
        if isinstance(burst, float) and least * (1 - 1e-9) < burst < least:
            burst = least  # asked for independent losses, in rounded arithmetic
        allowed = f"at least 1/(1-rate) = {least:.6g}, the mean burst of independent losses"
        r = 1 / number(f"{name}.burst", burst, low=least, allowed=allowed)
        return cls(p=min(1.0, r * rate / (1 - rate)), r=r)

    @property
    def bad_share(self) -> float:
        """Long-run share of transmissions in the bad state."""
        return self.p / (self.p + self.r)

    @property
    def rate(self) -> float:
        """Long-run share of transmissions lost: the stationary loss rate."""
        return self.bad_share * self.loss_bad + (1 - self.bad_share) * self.loss_good

    @property
    def burst(self) -> float:
        """Mean number of consecutive losses, over bursts of at least one.

        Each burst ends with one loss followed by a survivor, so this is P(lost) over
        P(lost, then not). NaN if nothing is ever lost, infinite if everything is.
        """
        bad, good = self.bad_share * self.loss_bad, (1 - self.bad_share) * self.loss_good
        survives_after_bad = self.r * (1 - self.loss_good) + (1 - self.r) * (1 - self.loss_bad)
        survives_after_good = self.p * (1 - self.loss_bad) + (1 - self.p) * (1 - self.loss_good)
        if self.rate == 0:
            return float("nan")
        ends = bad * survives_after_bad + good * survives_after_good
        return self.rate / ends if ends > 0 else float("inf")

    def start(self, stream: np.random.Generator) -> _Chain:
        """Return the state of one link, which evolves during one run."""
        return _Chain(self, stream)


class _Chain:
    """The state of one link in one run. It depends on history, so draws are consumed in order."""

    def __init__(self, model: GilbertElliott, stream: np.random.Generator) -> None:
        self._model = model
        self._stream = stream
        self._bad = bool(stream.random() < model.bad_share)

    def loses(self, transmission: Transmission, u: float) -> bool:  # noqa: ARG002 - all alike
        """Whether a transmission is lost; then let the state change for the next."""
        model = self._model
        lost = u < (model.loss_bad if self._bad else model.loss_good)
        change = model.r if self._bad else model.p
        if self._stream.random() < change:
            self._bad = not self._bad
        return lost
