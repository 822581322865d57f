"""What a channel puts on its wires: copies of messages, and the answers to them."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

from simulator.errors import CallFailed, Failed
from simulator.network.timers import Phase
from simulator.network.wire import Parcel

if TYPE_CHECKING:
    from simulator.ledger import Row
    from simulator.message import Message
    from simulator.network.channel.receiver_end import ReceiverEnd
    from simulator.network.channel.sender_end import SenderEnd


DATA: Final = Phase.DATA.value  # a plain number, which is hashed quickly
ACKNOWLEDGEMENT: Final = Phase.ACKNOWLEDGEMENT.value

RETURNED: Final = object()
"""What a worker answers when its handler raised: the message goes back to the queue."""


class Copy(Parcel):
    """A copy of a message, on its way to the receiver or there.

    Attributes:
        message: The message that it carries.
        attempt: Which sending of the message, from 1.
        number: 0, or 1 for the copy that the network made.
        is_release: Whether it carries no data, but lets the receiver forget the message.
        row: The message's row in the ledger.
        wants_reply: Whether the sender waits for a reply, as the acknowledgement.
        let_in: In which life of the receiver it was let in; None if it was not.
        twin: The other copy of the same sending, where the network made one.
    """

    __slots__ = ("is_release", "let_in", "row", "twin", "wants_reply")

    end: ReceiverEnd

    def __init__(  # noqa: PLR0917 - made by its channel alone
        self,
        end: ReceiverEnd,
        message: Message,
        attempt: int,
        number: int,
        row: Row,
        is_release: bool,  # noqa: FBT001 - made by its channel alone
        wants_reply: bool,  # noqa: FBT001 - made by its channel alone
    ) -> None:
        """Make a copy, which a wire is to carry."""
        self.end = end
        self.phase = DATA
        self.message = message
        self.attempt = attempt
        self.number = number
        self.row = row
        self.is_release = is_release
        self.wants_reply = wants_reply
        self.let_in: int | None = None
        self.twin: Copy | None = None

    @property
    def kind(self) -> str | None:
        """What it is, as a trace says it. None: its message's data."""
        return "release" if self.is_release else None

    def duplicate(self) -> Copy:
        """Return the copy of it that the network makes."""
        about = self.message, self.attempt, 1, self.row, self.is_release, self.wants_reply
        twin = Copy(self.end, *about)
        self.twin, twin.twin = twin, self
        return twin


class Answer(Parcel):
    """An acknowledgement of a copy, on its way to the sender.

    Attributes:
        message: The message that it is about.
        attempt: Which sending of the message the copy was.
        number: Which copy it answers: 0, or 1 for the one that the network made.
        row: The message's row in the ledger.
        reply: The reply that it carries, if any.
        to_release: Whether it answers a release.
        kind: What it is, as a trace says it.
        is_refusal: Whether it refuses the copy.
    """

    __slots__ = ("kind", "reply", "row", "to_release")

    kind: str

    is_answer = True
    is_refusal = False

    def __init__(self, end: SenderEnd, received: Copy, reply: Any = None) -> None:
        """Make an answer, which a wire is to carry."""
        self.end = end
        self.phase = ACKNOWLEDGEMENT
        self.message = received.message
        self.attempt = received.attempt
        self.number = received.number
        self.row = received.row
        self.to_release = received.is_release
        self.reply = reply
        self.kind = _kind(received, reply) if received.wants_reply else "acknowledgement"

    def duplicate(self) -> Answer:
        """Return the copy of it that the network makes."""
        return copy.copy(self)


class Refusal(Answer):
    """The answer that a copy was not let in, or that its handling failed."""

    __slots__ = ()

    is_refusal = True

    def __init__(self, end: SenderEnd, received: Copy, failure: CallFailed | None = None) -> None:
        """Make a refusal, which a wire is to carry; perhaps with the failure to raise."""
        super().__init__(end, received, failure)
        if not isinstance(failure, Failed) or self.kind == "acknowledgement":
            self.kind = "refusal"  # else it is the reply that somebody waits for: an error


def _kind(received: Copy, reply: Any) -> str:
    """Return what an answer is to somebody who waits for it: a program, or a broker."""
    if not received.message.delivers:
        return "reply"
    return "refusal" if reply is RETURNED else "acknowledgement"
