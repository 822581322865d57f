"""A message, and one transmission of it over a link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulator.clock import to_seconds


@dataclass(frozen=True, slots=True)
class Message:
    """One logical payload, whatever the number of copies that carry it.

    Attributes:
        sender: Name of the node that sends it.
        receiver: Name of the node that it is for.
        number: Its place among the messages of its sender, from 0.
        topic: Which handler of the receiver it is for.
        data: The payload; the simulator never looks inside.
        created_ns: Instant of creation, in nanoseconds.
        size_bytes: Size on the wire, in bytes.
    """

    sender: str
    receiver: str
    number: int
    topic: str
    data: Any
    created_ns: int
    size_bytes: int = 1000

    @property
    def id(self) -> str:
        """Identifier, unique in a network."""
        return f"{self.sender}-{self.number}"

    @property
    def created_s(self) -> float:
        """Instant of creation, in seconds."""
        return to_seconds(self.created_ns)


@dataclass(frozen=True, slots=True)
class Transmission:
    """One passage over a link: what a loss model sees when it decides.

    Attributes:
        link: Name of the link, "sender→receiver".
        message: Number of the message.
        attempt: Which sending of the message, from 1.
        copy: Which copy of the data: 0, or 1 for the one that the network made.
        acknowledgement: Whether it carries an acknowledgement (of that copy) rather than the data.
        sent_ns: Instant of sending, in nanoseconds.
    """

    link: str
    message: int
    attempt: int
    copy: int
    acknowledgement: bool
    sent_ns: int

    @property
    def sent_s(self) -> float:
        """Instant of sending, in seconds."""
        return to_seconds(self.sent_ns)
