"""A trial: the program of a lab over a student's file, with the student's mistakes found."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

from experiments.labs import mistakes
from experiments.labs.catalogue import Lab
from experiments.labs.conditions import Conditions
from experiments.labs.state import snapshot
from experiments.labs.student import Student
from experiments.labs.wording import texts
from simulator import HandlerFailed, Network


@dataclass(frozen=True)
class Trial:
    """A program, as `worlds` and `minimize` take it.

    Attributes:
        student: What is judged.
        lab: By what.
        conditions: In what network.
        language: In which a broken rule is said.
        begin: Called as each run begins.
    """

    student: Student
    lab: Lab
    conditions: Conditions
    language: str
    begin: Callable[[], object]

    def __call__(self, net: Network, times: tuple[float, ...]) -> str:
        """Run it once, and say what was broken, or which exception was met.

        Raises:
            Mistake: If it has no end, or keeps state where it must not.
        """
        self.begin()
        made = self.student.make()
        watched = None if self.lab.has_state else made
        before = snapshot(watched, self.student.module)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", HandlerFailed)
            try:
                broken = self.lab.program(made, net, times, self.conditions, texts(self.language))
            except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever code raises
                return mistakes.of_exception(error, self.student, self.language)
        after = snapshot(watched, self.student.module)
        mistakes.check_state(before, after, self.student, self.language)
        return broken
