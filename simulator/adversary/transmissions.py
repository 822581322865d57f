"""Which transmission an action is about: a message's, or the nth of its kind."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import ClassVar, Literal, NamedTuple

from simulator.conditions import Transmission
from simulator.validation import choice, integer, name_of, refuse

What = Literal["data", "acknowledgement"]
KINDS = ("data", "acknowledgement")


class Address(NamedTuple):
    """What tells a transmission of a message from the others on its link."""

    what: str
    message: int
    attempt: int
    copy: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Action:
    """What is done to one transmission. Subclasses say what.

    Either `message` says which, with `attempt`, or `nth` does:

        Lose(message=0, attempt=2)              the second sending of message 0
        Lose(what="acknowledgement", nth=2)     the second acknowledgement of all

    Attributes:
        message: Number of the message, per sender, from 0.
        attempt: Which sending of it, from 1; releases count on. Of an acknowledgement, the sending
            that it answers.
        what: "data", or "acknowledgement": what answers data, a reply or a refusal too.
        copy: Of an acknowledgement, which copy of the data it answers: 0, or 1 for the one that
            the network made.
        nth: Which of its kind, from 1, whatever the message.
        link: The link that carries it, "client→server" or "client->server". None: whichever is the
            first to carry such a one.
    """

    message: int | None = None
    attempt: int = 1
    what: What = "data"
    copy: int = 0
    nth: int | None = None
    link: str | None = None

    turn: ClassVar[int] = 0
    """A transmission is lost or not, then duplicated, then its copies travel: in that order."""

    def __post_init__(self) -> None:
        """Refuse bad parameters."""
        name = type(self).__name__
        choice(f"{name}.what", self.what, KINDS)
        if (self.message is None) == (self.nth is None):
            refuse(f"{name}.message", self.message, "a number of a message; or None, and nth=1, 2…")
        set_field = object.__setattr__
        if self.message is not None:
            set_field(self, "message", integer(f"{name}.message", self.message, low=0))
        if self.nth is not None:
            set_field(self, "nth", integer(f"{name}.nth", self.nth, low=1))
            if (self.attempt, self.copy) != (1, 0):
                refuse(f"{name}.attempt", self.attempt, "left out, as copy is, where nth is given")
        set_field(self, "attempt", integer(f"{name}.attempt", self.attempt, low=1))
        high = 1 if self.what == "acknowledgement" else 0
        set_field(self, "copy", integer(f"{name}.copy", self.copy, low=0, high=high))
        if self.link is not None:
            link = self.link.replace("->", "→") if isinstance(self.link, str) else self.link
            ends = link.split("→") if isinstance(link, str) else []
            if len(ends) != 2 or not all(ends):  # noqa: PLR2004 - two ends
                refuse(f"{name}.link", self.link, 'a link, such as "client→server", or None')
            set_field(self, "link", "→".join(name_of(f"{name}.link", end) for end in ends))

    @property
    def address(self) -> Address | None:
        """Which transmission of its link it is about; None if `nth` says so."""
        if self.message is None:
            return None
        return Address(self.what, self.message, self.attempt, self.copy)

    def __repr__(self) -> str:
        """Write it as one would: without what is at its default."""
        told = [(spec.name, getattr(self, spec.name), spec.default) for spec in fields(self)]
        given = [f"{name}={value!r}" for name, value, default in told if value != default]
        return f"{type(self).__name__}({', '.join(given)})"

    def change(self, delays_ns: tuple[int, ...]) -> tuple[int, ...]:
        """Return what becomes of the transmission, told what would have: the delay of each copy."""
        raise NotImplementedError


def address_of(transmission: Transmission) -> Address:
    """Return what tells a transmission from the others on its link."""
    what = KINDS[transmission.acknowledgement]
    return Address(what, transmission.message, transmission.attempt, transmission.copy)
