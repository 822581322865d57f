"""A candidate: some of the messages of a run, and some of the actions of its adversary."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from simulator.adversary import Action, CrashAt


@dataclass(frozen=True, slots=True)
class Candidate:
    """A smaller run that may break the same promise.

    Messages and actions keep the numbers of the original run; `script` renumbers them for this one.

    Attributes:
        numbers: The messages.
        times: When each is sent, in seconds.
        actions: The actions of the adversary.
        senders: Names of the nodes that each send all of these messages.
    """

    numbers: tuple[int, ...]
    times: tuple[float, ...]
    actions: tuple[Any, ...]
    senders: frozenset[str]

    def with_messages(self, numbers: Iterable[int]) -> Candidate:
        """Keep only some messages, and the actions on them."""
        kept = set(numbers)
        pairs = [pair for pair in zip(self.numbers, self.times, strict=True) if pair[0] in kept]
        actions = tuple(a for a in self.actions if not self._follows(a) or a.message in kept)
        numbers, times = tuple(n for n, _ in pairs), tuple(t for _, t in pairs)
        return dataclasses.replace(self, numbers=numbers, times=times, actions=actions)

    def with_actions(self, actions: tuple[Any, ...]) -> Candidate:
        """Keep only some actions."""
        return dataclasses.replace(self, actions=actions)

    @property
    def script(self) -> tuple[Any, ...]:
        """The actions, with the numbers that messages have in this run."""
        rank = {number: place for place, number in enumerate(self.numbers)}
        return tuple(
            dataclasses.replace(action, message=rank[action.message])
            if self._follows(action)
            else action
            for action in self.actions
        )

    def _follows(self, action: Any) -> bool:
        """Whether an action is about one of these messages."""
        if isinstance(action, CrashAt) and action.link is None:
            return len(self.senders) == 1  # whose copy it was, as far as is known
        if not isinstance(action, Action | CrashAt) or None in {action.message, action.link}:
            return False
        start, end = str(action.link).split("→")
        return (end if getattr(action, "what", "") == "acknowledgement" else start) in self.senders


def size_of(candidate: Candidate) -> tuple[int, int]:
    """Return a key to compare candidates by: actions and messages together, then actions."""
    actions = len(candidate.actions)
    return actions + len(candidate.numbers), actions
