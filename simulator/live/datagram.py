"""Datagrams: a copy of a message, a release or an answer, as bytes on a socket."""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import Final

from simulator.network.timers import Phase

DATA: Final = 0
RELEASE: Final = 1
ANSWER: Final = 2
ANSWER_TO_RELEASE: Final = 3

FORMAT: Final = Struct("!2sBBBBIIQQQ")
"""The header: 38 bytes, less than an acknowledgement's 40."""

MAGIC: Final = b"Pg"


@dataclass(frozen=True, slots=True)
class Datagram:
    """What a datagram says.

    Attributes:
        kind: DATA, RELEASE, ANSWER or ANSWER_TO_RELEASE.
        message: Number of the message.
        attempt: Which sending of the message, from 1.
        copy: Which copy of the data: 0, or 1 for the one that the proxy made.
        twin: Likewise of an answer to that copy.
        life: Which life of its sender sent it, from 0: a crash ends one.
        sent_ns: Instant of sending, in nanoseconds since the epoch.
        due_ns: Instant at which it is to arrive; what the proxy decided.
        late_ns: By how much the machine had delayed what caused it.
        size_bytes: Size of the datagram.
    """

    kind: int
    message: int
    attempt: int
    copy: int
    twin: int
    life: int
    sent_ns: int
    due_ns: int = 0
    late_ns: int = 0
    size_bytes: int = FORMAT.size

    @property
    def is_answer(self) -> bool:
        """Whether it goes back, from the receiver to the sender."""
        return self.kind >= ANSWER

    @property
    def is_release(self) -> bool:
        """Whether it is about a release, rather than the data."""
        return self.kind in {RELEASE, ANSWER_TO_RELEASE}

    @property
    def about(self) -> tuple[int, int, int, int, int]:
        """Which copy it is: its kind, message, attempt, copy and twin."""
        return self.kind, self.message, self.attempt, self.copy, self.twin

    @property
    def phase(self) -> int:
        """In which phase of an instant it arrives."""
        return Phase.ACKNOWLEDGEMENT if self.is_answer else Phase.DATA

    def to_bytes(self) -> bytes:
        """Return it as bytes, filled with zeros up to its size."""
        what = self.kind, self.life, self.copy, self.twin, self.attempt, self.message
        header = FORMAT.pack(MAGIC, *what, self.sent_ns, self.due_ns, self.late_ns)
        return header.ljust(self.size_bytes, b"\0")


def is_datagram(data: bytes) -> bool:
    """Whether bytes are a datagram, rather than what processes say to each other."""
    return data.startswith(MAGIC) and len(data) >= FORMAT.size


def from_bytes(data: bytes) -> Datagram:
    """Read a datagram."""
    _, kind, life, copy, twin, attempt, message, sent, due, late = FORMAT.unpack_from(data)
    return Datagram(kind, message, attempt, copy, twin, life, sent, due, late, len(data))
