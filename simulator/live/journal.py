"""A journal: the file to which a process writes what it did, before anybody else learns of it.

A line is one step: when it was due and when it was done, the events, the rows of the ledger that it
changed, what is remembered. What is written survives `kill -9`; a process that starts again reads
what it needs, and the one that started them all reads the whole run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from simulator.ledger import Row

FIELDS: Final = (
    *("message", "created_ns", "attempts", "arrivals", "handovers", "effects", "suppressed"),
    *("delivered_ns", "acknowledged_ns", "gave_up_ns", "acks_sent", "belief"),
)
"""The fields of a row, as a journal has them."""

Step = Mapping[str, Any]
"""One line: when it was "due" and "done", and "what" it was. Of a peer: any of its "events", its
"rows", what it has "seen" and "forgotten"; the "datagram" that came; and where it is to be killed,
up to when all that was due is done ("clear")."""


class Journal(Protocol):
    """Where steps are written."""

    def write(self, step: Step) -> None:
        """Write a step, so that it survives the process."""


class FileJournal:
    """A journal in a file."""

    def __init__(self, path: Path) -> None:
        """Open it, to add to what is there."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
        self._file = os.open(path, flags, 0o600)

    def write(self, step: Step) -> None:
        """Write a step, in one piece."""
        os.write(self._file, json.dumps(step, separators=(",", ":")).encode() + b"\n")


class MemoryJournal(list[Step]):
    """A journal that is only kept in memory."""

    def write(self, step: Step) -> None:
        """Keep a step."""
        self.append(step)


def read(path: Path) -> Iterator[Step]:
    """Read the steps of a journal; a last line that was cut short is left out."""
    if not path.exists():
        return
    with path.open("rb") as lines:
        for line in lines:
            if line.endswith(b"\n"):
                yield json.loads(line)


def row_fields(row: Row) -> list[Any]:
    """Return what a journal has of a row."""
    return [getattr(row, name) for name in FIELDS]


@dataclass
class Past:
    """What the earlier lives of a process left behind.

    Attributes:
        rows: The rows of the ledger, by message.
        seen: The identifiers of messages that durable memory has, in order.
    """

    rows: dict[int, Row] = field(default_factory=dict)
    seen: dict[str, None] = field(default_factory=dict)

    @classmethod
    def of(cls, steps: Iterable[Step]) -> Past:
        """Read it from a journal."""
        past = cls()
        for step in steps:
            for values in step.get("rows", ()):
                row = Row(**dict(zip(FIELDS, values, strict=True)))
                past.rows[row.message] = row
            for message_id in step.get("seen", ()):
                past.seen[message_id] = None
            for message_id in step.get("forgotten", ()):
                past.seen.pop(message_id, None)
        return past
