"""The verdict: did the guarantee keep its promise in this run?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import numpy.typing as npt

from simulator.languages.numbers import numbers
from simulator.languages.texts import texts
from simulator.ledger import BELIEFS, Ledger
from simulator.policies import Promise

if TYPE_CHECKING:
    from simulator.trace import Trace

Status = Literal["held", "violated", "undecided", "no promise"]


def _handed_over_twice(ledger: Ledger) -> npt.NDArray[np.bool_]:
    return np.asarray(ledger.kept("handovers") > 1)


def _lost_in_silence(ledger: Ledger) -> npt.NDArray[np.bool_]:
    knows = ledger.kept("belief") == BELIEFS.index("gave_up")
    return np.asarray(~ledger.kept("undecided") & (ledger.kept("handovers") == 0) & ~knows)


BROKEN: Final[dict[Promise, Callable[[Ledger], npt.NDArray[np.bool_]]]] = {
    Promise.NEVER_TWICE: _handed_over_twice,
    Promise.NEVER_LOST_IN_SILENCE: _lost_in_silence,
}
"""For each promise, the function that finds the messages of a ledger that break it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a run kept the promises of its guarantee.

    Attributes:
        status: "held"; "violated"; "undecided", if no promise was broken but the outcome of some
            message is open; or "no promise".
        message: Number of the first message that broke a promise, or None.
        promise: The promise that it broke, or None.
        messages: How many messages were judged.
    """

    status: Status
    message: int | None
    promise: Promise | None
    messages: int
    _timeline: Callable[[int], Trace]

    def explain(self, *, language: str = "en") -> str:
        """Explain the verdict in words; for a violation, with the events of the message.

        Args:
            language: "en" or "fr".

        Raises:
            ValueError: If `language` is neither.
        """
        said = texts(language)
        promise = self.promise
        sentence = said("verdict", self.status).format(
            messages=numbers(language).count(self.messages),
            message=self.message,
            promise=said("verdict", promise.name, promise.value) if promise else "",
        )
        if self.message is None:
            return sentence
        return f"{sentence}\n{self._timeline(self.message).tell(language=language)}"


class Judge:
    """Finds the first message of a run that breaks a promise."""

    def __init__(self, promises: frozenset[Promise]) -> None:
        """Judge by the promises of a guarantee."""
        self._promises = [promise for promise in Promise if promise in promises]
        self._messages = 0
        self._undecided = False
        self._offence: tuple[int, Promise] | None = None

    def see(self, ledger: Ledger) -> None:
        """Check the messages of a ledger, which follow those checked so far."""
        for promise in self._promises:
            broken = BROKEN[promise](ledger)
            if broken.any():
                message = self._messages + int(np.argmax(broken))
                if self._offence is None or message < self._offence[0]:
                    self._offence = message, promise
        self._undecided |= bool(ledger.kept("undecided").any())
        self._messages += len(ledger)

    def follow(self, later: Judge) -> None:
        """Add the findings of another judge on the messages that follow."""
        if self._offence is None and later._offence is not None:
            message, promise = later._offence
            self._offence = self._messages + message, promise
        self._undecided |= later._undecided
        self._messages += later._messages

    def verdict(self, timeline: Callable[[int], Trace]) -> Verdict:
        """Return the verdict; `timeline` is called for the events of a message, to explain it."""
        if not self._promises:
            return Verdict("no promise", None, None, self._messages, timeline)
        if self._offence is not None:
            return Verdict("violated", *self._offence, self._messages, timeline)
        status: Status = "undecided" if self._undecided else "held"
        return Verdict(status, None, None, self._messages, timeline)


def judge(
    ledger: Ledger, promises: frozenset[Promise], timeline: Callable[[int], Trace]
) -> Verdict:
    """Judge a ledger.

    Args:
        ledger: The outcome of each message.
        promises: The promises of the guarantee.
        timeline: Called for the events of a message, when a violation is to be explained.
    """
    one = Judge(promises)
    one.see(ledger)
    return one.verdict(timeline)
