"""Trials: each runs a candidate in the calm network, to see whether it breaks the promise."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from simulator.adversary import CalmNetwork, Script
from simulator.errors import SimulatorError
from simulator.minimization.candidate import Candidate, size_of
from simulator.minimization.program import Program


class Step(NamedTuple):
    """The progress of a minimization.

    Attributes:
        messages: How many messages are left.
        actions: How many actions are left.
        runs: How many runs there were so far.
    """

    messages: int
    actions: int
    runs: int


class Trials:
    """Runs candidates, none twice.

    Attributes:
        runs: How many runs there were so far.
        best: The smallest candidate so far that breaks the promise.
    """

    def __init__(
        self,
        program: Program,
        start: Candidate,
        seed: int,
        replication: int,
        progress: Callable[[Step], object] | None,
    ) -> None:
        """Begin from a candidate."""
        self._program, self._seed, self._replication = program, seed, replication
        self._progress = progress
        self._known: dict[Candidate, bool] = {}
        self.runs = 0
        self.best = start

    def breaks(self, candidate: Candidate) -> bool:
        """Whether a candidate breaks the promise."""
        if candidate not in self._known:
            self._known[candidate] = candidate.numbers != () and self._run(candidate)
        if self._known[candidate]:
            self.best = min(self.best, candidate, key=size_of)
        if self._progress is not None:
            self._progress(Step(len(self.best.numbers), len(self.best.actions), self.runs))
        return self._known[candidate]

    def _run(self, candidate: Candidate) -> bool:
        self.runs += 1
        net = CalmNetwork(
            self._seed,
            replication=self._replication,
            trace=False,
            adversary=Script(candidate.script),
        )
        try:
            return bool(self._program(net, candidate.times))
        except SimulatorError:
            return False  # a run that fails otherwise says nothing about the promise
