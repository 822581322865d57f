"""A crash at a point of a message's way, which an instant cannot name where no time passes.

    CrashAt(message=0, point="begun", lasts=0.2)        its handling has no effect
    CrashAt(message=0, point="ended", lasts=0.2)        it has had its effect; nobody is told

The points of a copy, in their order: "sent", "arriving", "begun", "ended", "acknowledged",
"answered".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from simulator.adversary.transmissions import LINK
from simulator.fields import DURATION, LEFT_OUT, Checked, checked
from simulator.validation import choice, integer

Point = Literal["sent", "arriving", "begun", "ended", "acknowledged", "answered"]
POINTS = get_args(Point)
OF_THE_SENDER = frozenset({"sent", "answered"})
"""The points at which the sender crashes; at the others, the receiver does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrashAt(Checked):
    """A node crashes at a point of a message's way, and is back after a while.

    It is down over [start, end), and silent. What is durable stays.

    Attributes:
        message: Number of the message, per sender, from 0.
        attempt: Which sending of it, from 1; releases continue the count.
        copy: Which copy of that: 0, or 1 for the network's duplicate.
        point: Where. The sender crashes "sent", just after the transmission has left, or
            "answered", just before an answer to the copy is let in. The receiver crashes
            "arriving", just before the copy is let in; "begun", just after it was handed over,
            with no effect; "ended", just after its handling had its effect; or "acknowledged",
            just after the answer to it has left.
        lasts: How long the node is down, in seconds, above 0.
        link: The link that carries the copy, "client→server". None: the first with such a copy.
    """

    message: int = field(metadata=checked(integer, low=0))
    attempt: int = field(default=1, metadata=checked(integer, low=1) | LEFT_OUT)
    copy: int = field(default=0, metadata=checked(integer, low=0, high=1) | LEFT_OUT)
    point: Point = field(metadata=checked(choice, choices=POINTS))
    lasts: float = field(metadata=DURATION)
    link: str | None = field(default=None, metadata=LINK)

    @property
    def place(self) -> Place:
        """The point that it names, on any link."""
        return self.point, self.message, self.attempt, self.copy


Place = tuple[Any, int, int, int]
"""A point, and the message, attempt and copy on whose way it is."""
