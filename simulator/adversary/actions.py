"""Actions of an adversary on a transmission: lose it, duplicate it, hold it.

    Lose(message=0)                             the first sending of message 0 is lost
    Lose(message=0, what="acknowledgement")     its first acknowledgement is lost
    Duplicate(message=5, hold=0.3)              the network makes a copy, which takes 0.3 s
    Hold(message=3, seconds=1.0)                message 3 takes 1 s

Its actions on nodes and links are faults: `Crash`, `Cut`, `LinkOutage`, `Partition`, `SlowNode`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Final

from simulator.adversary.transmissions import Action
from simulator.clock import to_ns
from simulator.fields import AT_LEAST_0, or_none
from simulator.validation import number

HOLD: Final = or_none(
    number,
    low=0,
    allowed="a finite number of seconds at least 0, or None for as long as the original",
)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Lose(Action):
    """The network loses a transmission."""

    turn: ClassVar[int] = 0

    def change(self, delays_ns: tuple[int, ...]) -> tuple[int, ...]:  # noqa: ARG002 - lost in any case
        """No copy arrives."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Duplicate(Action):
    """The network makes a second copy of a transmission.

    Attributes:
        hold: Delay of the copy, in seconds. None: the original's own delay, before any `Hold`.
    """

    hold: float | None = field(default=None, metadata=HOLD)

    turn: ClassVar[int] = 1

    def change(self, delays_ns: tuple[int, ...]) -> tuple[int, ...]:
        """Two copies arrive, if the original was not lost."""
        if not delays_ns:
            return ()
        second_ns = delays_ns[-1] if self.hold is None else to_ns(self.hold)
        return delays_ns[0], second_ns


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Hold(Action):
    """The network holds a transmission: its delay is given here rather than drawn by its link.

    Attributes:
        seconds: Its delay, at least 0; on a link with a bandwidth, from the end of its sending.
    """

    seconds: float = field(metadata=AT_LEAST_0)

    turn: ClassVar[int] = 2

    def change(self, delays_ns: tuple[int, ...]) -> tuple[int, ...]:
        """Delay the original, unless it was lost; the network's copy keeps its own delay."""
        return (to_ns(self.seconds), *delays_ns[1:]) if delays_ns else ()
