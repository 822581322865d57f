"""One transmission of a message over a link: what a loss model sees when it decides."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.clock import to_seconds


@dataclass(frozen=True, slots=True)
class Transmission:
    """One passage over a link, of the data of a message or of an acknowledgement.

    Attributes:
        link: Name of the link, "sender→receiver".
        message: Number of the message.
        attempt: Which sending of the message, from 1.
        copy: Which copy of the data: 0, or 1 for the one that the network made.
        acknowledgement: Whether it carries an acknowledgement (of that copy) rather than the data.
        sent_ns: Instant of sending, in nanoseconds.
        size_bytes: Size on the wire, in bytes.
    """

    link: str
    message: int
    attempt: int
    copy: int
    acknowledgement: bool
    sent_ns: int
    size_bytes: int = 0

    @property
    def sent_s(self) -> float:
        """Instant of sending, in seconds."""
        return to_seconds(self.sent_ns)
