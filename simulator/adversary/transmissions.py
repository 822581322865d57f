"""The transmission that an action is about: that of a message, or the nth of its kind."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Literal, NamedTuple

from simulator.conditions import Transmission
from simulator.fields import COUNT, LEFT_OUT, check_fields, checked, keep, or_none
from simulator.validation import choice, integer, name_of, refuse

What = Literal["data", "acknowledgement"]
KINDS = ("data", "acknowledgement")


class Address(NamedTuple):
    """What identifies a transmission among the others on its link."""

    what: str
    message: int
    attempt: int
    copy: int


def _link(name: str, value: Any) -> str:
    link = value.replace("->", "→") if isinstance(value, str) else value
    ends = link.split("→") if isinstance(link, str) else []
    if len(ends) != 2 or not all(ends):  # noqa: PLR2004 - two ends
        refuse(name, value, 'a link, such as "client→server", or None')
    return "→".join(name_of(name, end) for end in ends)


LINK = or_none(_link)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Action:
    """Something done to one transmission. Subclasses define what.

    The transmission is named by `message` and `attempt`, or by `nth`:

        Lose(message=0, attempt=2)              the second sending of message 0
        Lose(what="acknowledgement", nth=2)     the second acknowledgement of all

    Attributes:
        message: Number of the message, per sender, from 0.
        attempt: Which sending of it, from 1; releases continue the count. For an acknowledgement,
            the sending that it answers.
        what: "data", or "acknowledgement": any answer to data, also a reply or a refusal.
        copy: For an acknowledgement, which copy of the data it answers: 0, or 1 for the network's
            duplicate.
        nth: Which of its kind, from 1, whatever the message.
        link: The link that carries it, "client→server" or "client->server". None: the first link
            that carries such a transmission.
    """

    message: int | None = field(default=None, metadata=or_none(integer, low=0))
    attempt: int = field(default=1, metadata=COUNT | LEFT_OUT)
    what: What = field(default="data", metadata=checked(choice, choices=KINDS) | LEFT_OUT)
    copy: int = field(default=0, metadata=LEFT_OUT)
    nth: int | None = field(default=None, metadata=or_none(integer, low=1))
    link: str | None = field(default=None, metadata=LINK)

    turn: ClassVar[int] = 0
    """Order in which actions apply: losses first, then duplicates, then delays."""

    def __post_init__(self) -> None:
        """Refuse bad parameters."""
        name = type(self).__name__
        if (self.message is None) == (self.nth is None):
            refuse(f"{name}.message", self.message, "a number of a message; or None, and nth=1, 2…")
        check_fields(self)
        if self.nth is not None and (self.attempt, self.copy) != (1, 0):
            refuse(f"{name}.attempt", self.attempt, "left out, like copy, when nth is given")
        keep(self, "copy", integer, low=0, high=1 if self.what == "acknowledgement" else 0)

    @property
    def address(self) -> Address | None:
        """The address of its transmission; None if that is named by `nth`."""
        if self.message is None:
            return None
        return Address(self.what, self.message, self.attempt, self.copy)

    def __repr__(self) -> str:
        """Return the call that makes it, without its defaults."""
        values = [(spec.name, getattr(self, spec.name), spec.default) for spec in fields(self)]
        given = [f"{name}={value!r}" for name, value, default in values if value != default]
        return f"{type(self).__name__}({', '.join(given)})"

    def change(self, delays_ns: tuple[int, ...]) -> tuple[int, ...]:
        """Map the delays of the transmission's copies to those after this action."""
        raise NotImplementedError


def address_of(transmission: Transmission) -> Address:
    """Return the address of a transmission on its link."""
    what = KINDS[transmission.acknowledgement]
    return Address(what, transmission.message, transmission.attempt, transmission.copy)
