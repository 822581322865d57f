"""Idempotency keys: how a handler has no further effect the second time.

A request carries a key chosen by its caller. The node that handles it keeps the result under the
key, and answers another request of the same key with that result.

Source: "The Idempotency-Key HTTP Header Field", IETF draft-ietf-httpapi-idempotency-key-header.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from simulator.callables import function, hashable
from simulator.fields import BOOLEAN, Checked, checked
from simulator.policies.deduplication import MAX_AGE, WINDOW
from simulator.validation import choice

if TYPE_CHECKING:
    from simulator.message import Message

OTHER_PAYLOAD: Final = checked(choice, choices=("answer", "refuse"))


def message_id(message: Message) -> Hashable:
    """Use the identifier of a message as its key."""
    return message.id


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotencyKeys(Checked):
    """Remember which requests have been handled, and their replies.

    Attributes:
        key: The key of a message: by default its identifier. Two messages with one key are one
            request.
        window: How many keys to remember at most; the oldest go first. None: all.
        max_age: How long to remember one, in seconds, above 0. None: for ever.
        durable: Whether the memory survives a crash of the node.
        other_payload: What becomes of a request with a key that came before with another payload:
            "answer" it from memory all the same, or "refuse" it, which its caller gets as
            `Refused`.
    """

    key: Callable[[Message], Hashable] = field(
        default=message_id, metadata=checked(function, argument="the message")
    )
    window: int | None = field(default=None, metadata=WINDOW)
    max_age: float | None = field(default=None, metadata=MAX_AGE)
    durable: bool = field(default=True, metadata=BOOLEAN)
    other_payload: Literal["answer", "refuse"] = field(default="answer", metadata=OTHER_PAYLOAD)

    def key_of(self, message: Message) -> Hashable:
        """Return the key of a message, which must be hashable."""
        key = self.key(message)
        allowed = 'a function that returns a hashable value, such as message.data["id"] (a text)'
        hashable("IdempotencyKeys.key", key, allowed)
        return key
