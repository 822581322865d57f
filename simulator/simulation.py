"""Simulate: a scenario in, an outcome out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from simulator.engines import Run, discrete_event, vectorized
from simulator.ledger import Ledger
from simulator.metrics import summarize
from simulator.network import CopyCounts
from simulator.policies import Promise
from simulator.scenario import Scenario
from simulator.trace import Trace
from simulator.validation import choice, integer, refuse
from simulator.verdict import Verdict, judge

ENGINES = ("auto", "discrete-event", "vectorized")


@dataclass(frozen=True)
class Outcome:
    """What a run of a scenario gave.

    Attributes:
        scenario: What was run.
        replication: Which repetition of it.
        engine: Which engine answered: "discrete-event" or "vectorized".
        ledger: What became of each message.
        links: What became of the copies on each link, "sender→receiver" and "receiver→sender".
        trace: What happened, event by event, if that was asked for; else None.
    """

    scenario: Scenario
    replication: int
    engine: str
    ledger: Ledger
    links: Mapping[str, CopyCounts]
    trace: Trace | None

    @cached_property
    def summary(self) -> Mapping[str, float]:
        """Every metric, by name."""
        return summarize(self.ledger)

    @cached_property
    def verdict(self) -> Verdict:
        """Whether the guarantee kept its promises."""
        promises: frozenset[Promise] = getattr(self.scenario.guarantee, "promises", frozenset())
        return judge(self.ledger, promises, self.timeline)

    def timeline(self, message: int) -> Trace:
        """Return the events of one message, running the scenario again if it was not traced."""
        trace = self.trace
        if trace is None:
            again = simulate(self.scenario, trace=True, replication=self.replication)
            return again.timeline(message)
        return trace.of(message)

    def __repr__(self) -> str:
        """Say what was run and how it went."""
        return f"<Outcome of {len(self.ledger):,} messages, {self.engine}: {self.verdict.status}>"


def simulate(
    scenario: Scenario, *, engine: str = "auto", trace: bool = False, replication: int = 0
) -> Outcome:
    """Run a scenario.

    Args:
        scenario: What to run.
        engine: "discrete-event" (SimPy, answers everything), "vectorized" (NumPy, faster, where
            messages do not meet), or "auto": the faster that can answer.
        trace: Whether to record every event; needs the discrete-event engine.
        replication: Which repetition to run, from 0; each has luck of its own.

    Raises:
        EndlessRun: If the run could never end.
        NotVectorizable: If `engine="vectorized"` cannot answer this scenario.
        ValueError: If an argument is not allowed.
    """
    if not isinstance(scenario, Scenario):
        refuse("simulate.scenario", scenario, "a Scenario")
    choice("simulate.engine", engine, ENGINES)
    if not isinstance(trace, bool):
        refuse("simulate.trace", trace, "True or False")
    replication = integer("simulate.replication", replication, low=0, high=2**32 - 1)
    scenario.check_that_it_ends()
    if engine == "auto":
        engine = "discrete-event" if trace or vectorized.refusals(scenario) else "vectorized"
    chosen = vectorized if engine == "vectorized" else discrete_event
    run: Run = chosen.run(scenario, replication=replication, trace=trace)
    return Outcome(scenario, replication, engine, run.ledger, run.links, run.trace)
