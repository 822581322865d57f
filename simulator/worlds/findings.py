"""Findings: what a search through worlds has found so far."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from simulator.worlds.chooser import Chooser
from simulator.worlds.subject import METRICS, Facts

Weight = tuple[tuple[tuple[str, bool], int, int], ...]
"""By link and kind of transmission: how many were lost, and how many were not."""


@dataclass
class Tally:
    """The worlds of one weight.

    Attributes:
        count: How many there are.
        events: In how many of them each event happens.
        sums: The sum over them of each metric.
    """

    count: int = 0
    events: Counter[str] = field(default_factory=Counter)
    sums: Counter[str] = field(default_factory=Counter)

    def add(self, facts: Facts) -> None:
        """Count one more."""
        self.count += 1
        self.events.update(facts.events)
        self.sums.update(dict(zip(METRICS, facts.sums, strict=False)))

    def merge(self, others: Tally) -> None:
        """Count others too."""
        self.count += others.count
        self.events += others.events
        self.sums += others.sums


class Findings:
    """What a search has found so far.

    Attributes:
        tallies: The worlds, by their weight.
        undecided: In how many something was undecided.
        violating: The path of the least world that breaks a promise; None if none does.
        said: What it breaks.
    """

    def __init__(self) -> None:
        """Start with none."""
        self.tallies: dict[Weight, Tally] = {}
        self.undecided = 0
        self.violating: tuple[int, ...] | None = None
        self.said = ""
        self._least: tuple[Any, ...] = ()

    def see(self, chooser: Chooser, facts: Facts) -> None:
        """Add a world."""
        lost, kept = chooser.lost, chooser.kept
        weight = tuple(
            sorted((link, lost.get(link, 0), kept.get(link, 0)) for link in {**lost, **kept})
        )
        tally = self.tallies.get(weight)
        if tally is None:
            tally = self.tallies[weight] = Tally()
        tally.add(facts)
        self.undecided += not facts.is_decided
        if facts.said:
            path = tuple(chooser.taken)
            self._see_violating((chooser.actions, chooser.done, path), path, facts.said)

    def merge(self, others: Findings) -> None:
        """Add what another search has found, in other worlds."""
        for weight, theirs in others.tallies.items():
            self.tallies.setdefault(weight, Tally()).merge(theirs)
        self.undecided += others.undecided
        if others.violating is not None:
            self._see_violating(others._least, others.violating, others.said)

    def _see_violating(self, size: tuple[Any, ...], path: tuple[int, ...], said: str) -> None:
        if self.violating is None or size < self._least:
            self._least, self.violating, self.said = size, path, said

    @property
    def count(self) -> int:
        """How many worlds."""
        return sum(tally.count for tally in self.tallies.values())
