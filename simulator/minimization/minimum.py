"""A minimum: the shortest script that still breaks a promise, and the run in which it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.adversary import Script
from simulator.adversary.sentences import say, say_broken
from simulator.drawing import sequence_diagram
from simulator.policies import Promise
from simulator.scenario import Scenario
from simulator.trace import Trace

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from simulator.drawing import Player


@dataclass(frozen=True, kw_only=True, repr=False)
class Minimum:
    """What remains of a random run when everything unnecessary has been left out.

    It is 1-minimal: without any one of its messages or actions, the promise is kept.

    Attributes:
        script: The actions of the adversary; the network itself is calm.
        times: When messages are sent, in seconds.
        messages: Numbers that these messages had in the random run; here they count from 0.
        trace: The events: `.to_mermaid()`, `.plot()` and `.play()` show them.
        scenario: The scenario of this run, if a scenario was minimized.
        promise: The promise that it breaks, if a scenario was minimized.
        said: The program's sentence about the broken promise, if it returned one.
        seed: Seed of the random run.
        replication: Which repetition of it.
        messages_before: How many messages the random run had.
        actions_before: How many actions its random outcomes and faults amounted to.
        runs: How many runs the search took.
    """

    script: Script
    times: tuple[float, ...]
    messages: tuple[int, ...]
    trace: Trace
    scenario: Scenario | None
    promise: Promise | None
    said: str
    seed: int
    replication: int
    messages_before: int
    actions_before: int
    runs: int

    def explain(self, language: str = "en", *, conclusion: str = "") -> str:
        """Describe what the adversary does, and which promise that breaks, one sentence per line.

        Args:
            language: "en" or "fr".
            conclusion: The last sentence. "": the broken promise, or the program's sentence.
        """
        if not conclusion:
            promise = self.promise
            conclusion = self.said if promise is None else say_broken(promise, language)
        said = say(self.script.actions, language, self.trace.rows)
        return "\n".join(filter(None, (*said, conclusion)))

    def to_mermaid(self, *, language: str = "en", conclusion: str = "") -> str:
        """Return the run as a sequence diagram, below the sentences of `explain`."""
        caption = self.explain(language, conclusion=conclusion)
        return sequence_diagram(self.trace.rows, caption=caption, language=language)

    def plot(self, *, language: str = "en", theme: str = "light", conclusion: str = "") -> Figure:
        """Return the run as a space-time diagram, below the sentences of `explain`."""
        sentences = self.explain(language, conclusion=conclusion)
        return self.trace.plot(language=language, theme=theme, title=sentences)

    def play(self, *, language: str = "en") -> Player:
        """Return a page that plays the run."""
        return self.trace.play(language=language)

    def __repr__(self) -> str:
        """Give the size, and how to see more."""
        size = f"{len(self.times)} messages and {len(self.script)} actions"
        return f"<Minimum of {size}; print it, or .plot() it>"

    def __str__(self) -> str:
        """Give the sizes before and after, and describe the run."""
        before = f"{self.messages_before:,} messages and {self.actions_before:,} actions"
        times = ", ".join(f"{time:g} s" for time in self.times)
        return (
            f"{before} became {len(self.times)} and {len(self.script)}, in {self.runs:,} runs.\n"
            f"Messages are sent at {times}.\n{self.explain()}"
        )
