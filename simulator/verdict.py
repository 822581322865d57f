"""The verdict: did the guarantee keep its promise in this run?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import numpy.typing as npt

from simulator.ledger import Ledger
from simulator.policies import Promise

if TYPE_CHECKING:
    from simulator.trace import Trace

Status = Literal["held", "violated", "undecided", "no promise"]


def _handed_over_twice(ledger: Ledger) -> npt.NDArray[np.bool_]:
    return np.asarray(ledger["handovers"] > 1)


def _lost_in_silence(ledger: Ledger) -> npt.NDArray[np.bool_]:
    knows = ledger["belief"] == "gave_up"
    return np.asarray(~ledger["undecided"] & (ledger["handovers"] == 0) & ~knows)


BROKEN: Final[dict[Promise, Callable[[Ledger], npt.NDArray[np.bool_]]]] = {
    Promise.NEVER_TWICE: _handed_over_twice,
    Promise.NEVER_LOST_IN_SILENCE: _lost_in_silence,
}
"""How each promise is seen to be broken: which messages of a ledger break it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a run kept the promises of its guarantee.

    Attributes:
        status: "held"; "violated"; "undecided", if nothing broke but some message is still open;
            or "no promise".
        message: Number of the first message that broke a promise, or None.
        promise: The promise that it broke, or None.
        messages: How many messages were judged.
    """

    status: Status
    message: int | None
    promise: Promise | None
    messages: int
    _timeline: Callable[[int], Trace]

    def explain(self) -> str:
        """Say why, in words; of a violation, tell what happened to the message."""
        if self.status == "no promise":
            return "no promise: this guarantee makes none"
        if self.message is None or self.promise is None:
            return f"{self.status}: no promise was broken over {self.messages:,} messages"
        story = self._timeline(self.message)
        return f"violated by message {self.message}: {self.promise.value}\n{story}"


def judge(
    ledger: Ledger, promises: frozenset[Promise], timeline: Callable[[int], Trace]
) -> Verdict:
    """Judge a ledger.

    Args:
        ledger: What became of each message.
        promises: What the guarantee promised.
        timeline: Called for the events of a message, when a violation is to be explained.
    """
    if not promises:
        return Verdict("no promise", None, None, len(ledger), timeline)
    offences = [
        (int(np.argmax(broken)), promise)
        for promise in Promise
        if promise in promises and (broken := BROKEN[promise](ledger)).any()
    ]
    if offences:
        message, promise = min(offences, key=lambda offence: offence[0])
        return Verdict("violated", message, promise, len(ledger), timeline)
    status: Status = "undecided" if ledger["undecided"].any() else "held"
    return Verdict(status, None, None, len(ledger), timeline)
