"""The ledger: the outcome of each message, one row per message.

Instants are whole nanoseconds, so two ledgers are equal to the last bit or not at all; they are
shown in seconds, in columns whose names end in `_s`, with NaN for what never happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from simulator.clock import SECOND

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

NEVER: Final = -1
"""The instant, in nanoseconds, of what never happened."""

BELIEFS: Final = ("sent", "waiting", "acknowledged", "gave_up", "forgot")
"""What a sender may believe about a message.

"sent": it knows only that it sent the message. It never waited, or its guarantee ended with
neither an acknowledgement nor `give_up`; a loss is then a loss in silence, and a later
acknowledgement still counts. "waiting": it waits for an acknowledgement. "acknowledged": it has
one. "gave_up": what arrives later changes nothing. "forgot": it crashed while it waited.
"""

COLUMNS: Final = (
    "message",
    "created_s",
    "attempts",
    "arrivals",
    "handovers",
    "effects",
    "suppressed",
    "delivered_s",
    "acknowledged_s",
    "gave_up_s",
    "acks_sent",
    "belief",
    "undecided",
)
"""The columns of a ledger, in order."""

COUNTS: Final = ("attempts", "arrivals", "handovers", "effects", "suppressed", "acks_sent")
INSTANTS: Final = ("delivered", "acknowledged", "gave_up")
KEPT: Final = (
    "created_ns",
    *COUNTS,
    *(f"{instant}_after" for instant in INSTANTS),
    "belief",
    "undecided",
)
"""The columns as stored; those that end in `_after` are in nanoseconds since creation."""


@dataclass(slots=True)
class Row:
    """What is known of one message while it is on its way.

    What is at work on it, if anything is, is in `sending`.
    """

    message: int
    created_ns: int
    attempts: int = 0
    arrivals: int = 0
    handovers: int = 0
    effects: int = 0
    suppressed: int = 0
    delivered_ns: int = NEVER
    acknowledged_ns: int = NEVER
    gave_up_ns: int = NEVER
    acks_sent: int = 0
    belief: str = "sent"
    in_flight: int = 0
    sending: Any = None

    @property
    def undecided(self) -> bool:
        """Whether its outcome is open (censored): the sender waits, or data are in flight."""
        return self.belief == "waiting" or self.in_flight > 0


class Ledger:
    """The outcome of each message of a sender.

    `ledger["attempts"]` is a column as a NumPy array of shape (messages,). Columns: `message`,
    `created_s`, `attempts`, `arrivals` (copies that reached the receiver), `handovers` (times the
    handler ran), `effects` (times it changed something), `suppressed` (copies dropped by
    deduplication), `delivered_s` (first handover), `acknowledged_s` (when the sender knew),
    `gave_up_s`, `acks_sent`, `belief` (one of `BELIEFS`) and `undecided` (censored: at the end of
    the run the sender was waiting, or data were in flight).

    Internally, counts have the smallest type that holds them, and instants are stored as the time
    since the message's creation: about 40 bytes per message.

    Attributes:
        first: Number of the first message.
    """

    __slots__ = ("_columns", "_shown", "first")

    def __init__(self, columns: Mapping[str, npt.NDArray[Any]], *, first: int = 0) -> None:
        """Take the columns named in `KEPT`; those that end in `_after` are in nanoseconds.

        Args:
            columns: Each of shape (messages,); `belief` as indices into `BELIEFS`.
            first: Number of the first message.
        """
        self._columns = {name: np.asarray(columns[name]) for name in KEPT}
        self.first = first
        self._shown: dict[str, npt.NDArray[Any]] = {}
        for column in self._columns.values():
            column.flags.writeable = False

    @classmethod
    def from_rows(cls, rows: Sequence[Row]) -> Ledger:
        """Make a ledger of the rows of a network."""
        columns: dict[str, npt.NDArray[Any]] = {
            name: np.array([getattr(row, name) for row in rows], dtype=np.int64)
            for name in ("created_ns", *COUNTS)
        }
        for name in INSTANTS:
            instants = np.array([getattr(row, f"{name}_ns") for row in rows], dtype=np.int64)
            columns[f"{name}_after"] = np.where(
                instants == NEVER, NEVER, instants - columns["created_ns"]
            )
        columns["belief"] = np.array([BELIEFS.index(row.belief) for row in rows], dtype=np.int8)
        columns["undecided"] = np.array([row.undecided for row in rows], dtype=np.bool_)
        return cls(columns, first=rows[0].message if rows else 0)

    @classmethod
    def join(cls, parts: Iterable[Ledger], messages: int) -> Ledger:
        """Join the ledgers of consecutive messages as they come, so that none is kept twice.

        Args:
            parts: The ledgers.
            messages: How many messages they have, at most.
        """
        columns: dict[str, npt.NDArray[Any]] = {}
        first = stop = 0
        for part in parts:
            if not columns:
                first = part.first
                columns = {name: np.empty(messages, part.kept(name).dtype) for name in KEPT}
            start, stop = stop, stop + len(part)
            for name in KEPT:
                kept = part.kept(name)
                if kept.dtype != columns[name].dtype:  # counts that need more bytes
                    wide = np.promote_types(kept.dtype, columns[name].dtype)
                    columns[name] = columns[name].astype(wide)
                columns[name][start:stop] = kept
        if not columns:
            return cls.from_rows([])
        return cls({name: column[:stop] for name, column in columns.items()}, first=first)

    def part(self, start: int, stop: int) -> Ledger:
        """Return the rows `start` to `stop` - 1, without copying them."""
        columns = {name: column[start:stop] for name, column in self._columns.items()}
        return Ledger(columns, first=self.first + start)

    def kept(self, name: str) -> npt.NDArray[Any]:
        """Return a column as stored: one of `KEPT`."""
        return self._columns[name]

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        """Return a column; one whose name ends in `_ns` has NEVER where `_s` has NaN."""
        if name not in self._shown:
            column = self._show(name)
            column.flags.writeable = False
            self._shown[name] = column
        return self._shown[name]

    def _show(self, name: str) -> npt.NDArray[Any]:
        if name == "message":
            return np.arange(self.first, self.first + len(self))
        if name == "belief":
            return np.array(BELIEFS).take(self._columns["belief"])
        if name in COUNTS:
            return self._columns[name].astype(np.int64)
        if name in self._columns:
            return self._columns[name]
        if name in COLUMNS:
            instants = self[name.removesuffix("_s") + "_ns"]
            return np.where(instants == NEVER, np.nan, instants / SECOND)
        after = self._columns.get(name.removesuffix("_ns") + "_after")
        if after is None or not name.endswith("_ns"):
            raise KeyError(f"a ledger has no column {name!r}; it has {', '.join(COLUMNS)}")
        return np.where(after == NEVER, NEVER, self._columns["created_ns"] + after)

    def __len__(self) -> int:
        """Count the messages."""
        return len(self._columns["created_ns"])

    def __eq__(self, other: object) -> bool:
        """Compare to the last bit."""
        if not isinstance(other, Ledger):
            return NotImplemented
        mine, theirs = self._columns, other._columns
        same = all(np.array_equal(mine[name], theirs[name]) for name in KEPT)
        return same and self.first == other.first

    __hash__ = None  # type: ignore[assignment]  # equal by content, and content is large

    def __repr__(self) -> str:
        """Give the number of messages, and how to see them."""
        return f"<Ledger of {len(self):,} messages; .to_frame() for a table>"

    def to_frame(self) -> pd.DataFrame:
        """Return a table, one row per message."""
        import pandas as pd  # noqa: PLC0415 - only where a table leaves the library

        return pd.DataFrame({name: self[name] for name in COLUMNS})
