"""Backoff: how long a sender pauses between attempts.

Pauses are in seconds. Attempts count from 1; the pause of attempt k comes after its timeout. A
backoff is any object with `pause_after(attempt, previous, u)`. The built-in ones take arrays too.

Source: M. Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015 (the names of the
jitters, and decorrelated jitter).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from simulator.fields import AT_LEAST_0, Checked, check_fields, checked, keep, or_none
from simulator.validation import choice, number

LONGEST_PAUSE: Final = 1e9
"""No pause is longer, in seconds (over 31 years), so 10,000 attempts overflow nothing."""

Draw = TypeVar("Draw", float, npt.NDArray[np.float64])
Jitter = Literal["none", "full", "equal"]
JITTERS: Final = ("none", "full", "equal")

CAP: Final = or_none(
    number, low=0, allowed="a finite number of seconds at least 0, or None for no cap"
)


class Backoff(Protocol):
    """The extension point: one method."""

    def pause_after(self, attempt: int, previous: float, u: float) -> float:
        """Return the pause after an attempt, in seconds.

        Args:
            attempt: The attempt that went unanswered, from 1.
            previous: The pause before it, 0 for the first.
            u: A draw for this pause alone, uniform on [0, 1).
        """


@dataclass(frozen=True, slots=True)
class NoBackoff:
    """Send again at once."""

    def pause_after(self, attempt: int, previous: Draw, u: Draw) -> Draw:  # noqa: ARG002 - all alike
        """Return the pause after an attempt."""
        return 0.0 * u


@dataclass(frozen=True, slots=True)
class ConstantBackoff(Checked):
    """Make every pause equally long.

    Attributes:
        pause: The pause, in seconds, at least 0.
    """

    pause: float = field(metadata=AT_LEAST_0)

    def pause_after(self, attempt: int, previous: Draw, u: Draw) -> Draw:  # noqa: ARG002 - all alike
        """Return the pause after an attempt."""
        return min(self.pause, LONGEST_PAUSE) + 0.0 * u


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearBackoff(Checked):
    """Lengthen the pause by a constant step after each failure, up to a cap.

    Attributes:
        step: Pause after the first attempt, and what each failure adds, in seconds, at least 0.
        cap: Longest pause, in seconds. None: no cap.
    """

    step: float = field(metadata=AT_LEAST_0)
    cap: float | None = field(default=None, metadata=CAP)

    def pause_after(self, attempt: int, previous: Draw, u: Draw) -> Draw:  # noqa: ARG002 - not random
        """Return the pause after an attempt."""
        return min(self.step * attempt, _longest(self.cap)) + 0.0 * u


@dataclass(frozen=True, slots=True, kw_only=True)
class ExponentialBackoff(Checked):
    """Multiply the pause after each failure, up to a cap.

    Attributes:
        base: Pause after the first attempt, in seconds, at least 0.
        factor: Growth per attempt, at least 1.
        cap: Longest pause, before and after jitter, in seconds. None: no cap.
        jitter: How the pause is randomized: "none"; "full", uniform between 0 and the pause; or
            "equal", uniform between half of it and the whole.
    """

    base: float = field(metadata=AT_LEAST_0)
    factor: float = field(default=2.0, metadata=checked(number, low=1))
    cap: float | None = field(default=None, metadata=CAP)
    jitter: Jitter = field(default="none", metadata=checked(choice, choices=JITTERS))

    def pause_after(self, attempt: int, previous: Draw, u: Draw) -> Draw:  # noqa: ARG002 - no memory
        """Return the pause after an attempt."""
        longest = _longest(self.cap)
        try:
            pause = min(self.base * self.factor ** (attempt - 1), longest)
        except OverflowError:
            pause = longest if self.base > 0 else 0.0
        if self.jitter == "full":
            return pause * u
        if self.jitter == "equal":
            return pause / 2 + pause / 2 * u
        return pause + 0.0 * u


@dataclass(frozen=True, slots=True, kw_only=True)
class DecorrelatedJitter:
    """Draw each pause between the base and three times the pause before, up to a cap.

    Attributes:
        base: Shortest pause, in seconds, at least 0.
        cap: Longest pause, in seconds, at least `base`.
    """

    base: float = field(metadata=AT_LEAST_0)
    cap: float

    def __post_init__(self) -> None:
        """Refuse bad parameters."""
        check_fields(self)
        keep(self, "cap", number, low=self.base)

    def pause_after(self, attempt: int, previous: Draw, u: Draw) -> Draw:  # noqa: ARG002 - by pauses
        """Return the pause after an attempt."""
        width = 3 * np.maximum(previous, self.base) - self.base
        pause: Draw = np.minimum(self.base + u * width, _longest(self.cap))
        return pause


def _longest(cap: float | None) -> float:
    return LONGEST_PAUSE if cap is None else min(cap, LONGEST_PAUSE)


def is_drawn(backoff: Backoff) -> bool:
    """Whether pauses depend on draws, as those of a student's own may."""
    if type(backoff) is ExponentialBackoff:
        return backoff.jitter != "none"
    return type(backoff) not in {NoBackoff, ConstantBackoff, LinearBackoff}
