"""Comparing: a live run beside the simulated one, message by message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from simulator.ledger import COUNTS, Ledger
from simulator.live.merging import LiveRun
from simulator.live.slack import Prediction

COMPARED: Final = (*COUNTS, "belief")
"""The columns of the ledger that are compared: never times."""

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Fates:
    """Which messages met the same fate, measured and simulated.

    Attributes:
        equal: Whether the two rows of each message are equal, in `COMPARED`. Shape (messages,), as
            the others.
        too_close: Whether the machine was later, while the message was under way, than its fate
            allows: nothing follows from its row.
        mislaid: Whether the machine itself lost a datagram of it.
        slack_ns: How much later than the simulated things may be without changing its row.
        late_ns: How late the machine was at most while the message was under way.
    """

    equal: BoolArray
    too_close: BoolArray
    mislaid: BoolArray
    slack_ns: IntArray
    late_ns: IntArray

    @property
    def judged(self) -> int:
        """How many messages could be compared."""
        return int((~self.too_close & ~self.mislaid).sum())

    @property
    def same(self) -> int:
        """How many of these met the same fate."""
        return int((self.equal & ~self.too_close & ~self.mislaid).sum())

    @property
    def different(self) -> list[int]:
        """The messages whose fate differs, though the machine was not too late."""
        found = ~self.equal & ~self.too_close & ~self.mislaid
        return [int(number) for number in np.flatnonzero(found)]


def compare(run: LiveRun, prediction: Prediction) -> Fates:
    """Compare a live run with the simulation of the same scenario.

    Args:
        run: The live run.
        prediction: The simulation, by `predict`.
    """
    measured, simulated = run.ledger, prediction.ledger
    assert measured is not None  # noqa: S101 - a live run keeps its ledger
    if len(measured) != len(simulated):
        raise AssertionError(f"{len(measured)} messages measured, {len(simulated)} simulated")
    equal = np.ones(len(measured), dtype=np.bool_)
    for name in COMPARED:
        equal &= measured[name] == simulated[name]
    late_ns = worst_ns(run, prediction)
    slack_ns = np.array(prediction.slack_ns, dtype=np.int64)
    too_close = slack_ns <= late_ns
    if prediction.messages_meet:  # one that met another fate changes when the next ones are sent
        too_close |= np.cumsum(too_close & ~equal) > 0
    mislaid = np.zeros(len(measured), dtype=np.bool_)
    mislaid[list(run.mislaid)] = True
    return Fates(equal, too_close, mislaid, slack_ns, late_ns)


def worst_ns(run: LiveRun, prediction: Prediction) -> IntArray:
    """Return how late the machine was at most while each message was under way.

    That is from its creation to the last thing that happened to it, measured or simulated.
    """
    ledger: Ledger = prediction.ledger
    created = ledger["created_ns"]
    ends = np.array(prediction.end_ns, dtype=np.int64)
    for row in run.trace.rows if run.trace is not None else ():
        if row.message >= 0:
            ends[row.message] = max(ends[row.message], row.time_ns)
    lateness = run.lateness
    found = np.zeros(len(ledger), dtype=np.int64)
    for number in range(len(ledger)):
        overlaps = (lateness.done_ns >= created[number]) & (lateness.due_ns <= ends[number])
        found[number] = np.max(lateness.late_ns[overlaps], initial=0)
    return found
