"""A minimum: the shortest script that still breaks a promise, and the run in which it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.adversary import Script
from simulator.adversary.sentences import say_broken
from simulator.drawing import sequence_diagram
from simulator.drawing.themes import theme_of
from simulator.policies import Promise
from simulator.scenario import Scenario
from simulator.trace import Trace

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from simulator.drawing import Player


@dataclass(frozen=True, kw_only=True, repr=False)
class Minimum:
    """What is left of a random run, once all that can be left out is.

    It is 1-minimal: without any one of its messages or actions, the promise is kept.

    Attributes:
        script: What the adversary does; the network does nothing of its own.
        times: When messages are sent, in seconds.
        messages: Numbers that these messages had in the random run; here they count from 0.
        trace: What happens: `.to_mermaid()`, `.plot()` and `.play()` show it.
        scenario: The scenario that does all this, if a scenario was minimized.
        promise: The promise that it breaks, if a scenario was minimized.
        said: What the program said was broken, if it said it in a sentence.
        seed: Seed of the random run.
        replication: Which repetition of it.
        messages_before: How many messages the random run had.
        actions_before: How many actions its luck and its faults came to.
        runs: How many runs it took to find this.
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
        """Say what the adversary does, and what it breaks, a sentence a line.

        Args:
            language: "en" or "fr".
            conclusion: What to say is broken. "": the promise, or what the program said.
        """
        if not conclusion:
            promise = self.promise
            conclusion = self.said if promise is None else say_broken(promise, language)
        return "\n".join(filter(None, (self.script.explain(language), conclusion)))

    def to_mermaid(self, *, language: str = "en", conclusion: str = "") -> str:
        """Return the run as a sequence diagram, under what `explain` says."""
        caption = self.explain(language, conclusion=conclusion)
        return sequence_diagram(self.trace.rows, caption=caption, language=language)

    def plot(self, *, language: str = "en", theme: str = "light", conclusion: str = "") -> Figure:
        """Return the run as a space-time diagram, under what `explain` says."""
        figure = self.trace.plot(language=language, theme=theme)
        told = self.explain(language, conclusion=conclusion)
        figure.suptitle(told, fontsize="medium", color=theme_of(theme).ink, wrap=True)
        return figure

    def play(self, *, language: str = "en") -> Player:
        """Return a page that plays the run."""
        return self.trace.play(language=language)

    def __repr__(self) -> str:
        """Say how much is left, and how to see it."""
        size = f"{len(self.times)} messages and {len(self.script)} actions"
        return f"<Minimum of {size}; print it, or .plot() it>"

    def __str__(self) -> str:
        """Say what is left of what, and what it breaks."""
        before = f"{self.messages_before:,} messages and {self.actions_before:,} actions"
        times = ", ".join(f"{time:g} s" for time in self.times)
        return (
            f"{before} became {len(self.times)} and {len(self.script)}, in {self.runs:,} runs.\n"
            f"Messages are sent at {times}.\n{self.explain()}"
        )
