"""A minimum: the shortest script that still breaks a promise, and the run in which it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.adversary import Script
from simulator.drawing import sequence_diagram
from simulator.minimization.trials import Step
from simulator.scenario import Scenario
from simulator.trace import Trace

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from simulator.drawing import Player


@dataclass(frozen=True, kw_only=True)
class Minimum:
    """What is left of a random run, once all that can be left out is.

    It is 1-minimal: without any one of its messages or actions, the promise is kept.

    Attributes:
        script: What the adversary does.
        times: When messages are sent, in seconds; the network does nothing of its own.
        messages: Numbers that these messages had in the random run; here they count from 0.
        broken: How the promise is broken, in a sentence; "" if the program did not say.
        trace: What happens: `.to_mermaid()`, `.plot()` and `.play()` show it.
        scenario: The scenario that does all this, if a scenario was minimized.
        seed: Seed of the random run.
        replication: Which repetition of it.
        before: How many messages and actions the random run had.
        runs: How many runs it took to find this.
    """

    script: Script
    times: tuple[float, ...]
    messages: tuple[int, ...]
    broken: str
    trace: Trace
    scenario: Scenario | None
    seed: int
    replication: int
    before: Step
    runs: int

    def to_mermaid(self, *, language: str = "en") -> str:
        """Return the run as a sequence diagram, the script above it in words."""
        caption = self.script.explain(language)
        return sequence_diagram(self.trace.rows, caption=caption, language=language)

    def plot(self, *, language: str = "en") -> Figure:
        """Return the run as a space-time diagram, the script above it in words."""
        figure = self.trace.plot(language=language)
        figure.suptitle(self.script.explain(language), fontsize="medium", wrap=True)
        return figure

    def play(self, *, language: str = "en") -> Player:
        """Return a page that plays the run."""
        return self.trace.play(language=language)

    def __str__(self) -> str:
        """Say what is left, and what it breaks."""
        times = ", ".join(f"{time:g} s" for time in self.times)
        told = [
            f"{self.before.messages:,} messages and {self.before.actions:,} actions became "
            f"{len(self.times)} and {len(self.script)} (seed {self.seed}, {self.runs:,} runs)",
            f"Messages are sent at {times}.",
            str(self.script),
            f"The promise that is broken: {self.broken}." if self.broken else "The promise is broken.",
        ]
        return "\n".join(told)
