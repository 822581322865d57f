"""Simulate: a scenario in, an outcome out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from simulator import live, memory
from simulator.engines import discrete_event, vectorized
from simulator.engines.run import Keep, Run, promises_of
from simulator.ledger import Ledger
from simulator.metrics import Tally, summarize, tally
from simulator.network import CopyCounts
from simulator.scenario import Scenario
from simulator.titles import titles_of
from simulator.trace import Trace
from simulator.validation import choice, integer, refuse
from simulator.verdict import Verdict, judge

ENGINES = ("auto", "discrete-event", "vectorized", "live")


@dataclass(frozen=True)
class Outcome:
    """The result of one run.

    Attributes:
        scenario: The scenario that was run.
        replication: Which repetition of it.
        engine: The engine that ran it, "discrete-event", "vectorized" or "live".
        run: The result of the engine.
    """

    scenario: Scenario
    replication: int
    engine: str
    run: Run

    @property
    def ledger(self) -> Ledger:
        """The outcome of each message.

        Raises:
            ValueError: If the run kept only its summary.
        """
        if self.run.ledger is None:
            refuse("simulate.keep", "summary", '"ledger" to read the ledger')
        return self.run.ledger

    @property
    def links(self) -> Mapping[str, CopyCounts]:
        """The counts of copies on each link, "sender→receiver" and "receiver→sender"."""
        return self.run.links

    @property
    def trace(self) -> Trace | None:
        """The events, in order, if they were recorded; else None."""
        return self.run.trace

    @property
    def missed(self) -> tuple[Any, ...]:
        """The actions of the adversary's script that found nothing to act on."""
        return self.run.missed

    @cached_property
    def tally(self) -> Tally:
        """The sums over all messages: counts, and the moments and distribution of the latencies."""
        return self.run.tally or tally(self.ledger)

    @cached_property
    def summary(self) -> Mapping[str, float]:
        """Every metric, by name. Percentiles of a run without a ledger are within 0.4 %."""
        return summarize(self.tally)

    @cached_property
    def verdict(self) -> Verdict:
        """Whether the guarantee kept its promises."""
        if self.run.judge is not None:
            return self.run.judge.verdict(self.timeline)
        return judge(self.ledger, promises_of(self.scenario), self.timeline)

    def timeline(self, message: int) -> Trace:
        """Return the events of one message, running the scenario again if it was not traced.

        Raises:
            ValueError: If the scenario has no such message.
        """
        message = integer("timeline.message", message, low=0, high=self.scenario.messages - 1)
        trace = self.trace
        if trace is None:
            again = simulate(self.scenario, trace=True, replication=self.replication)
            return again.timeline(message)
        return trace.of(message)

    def __repr__(self) -> str:
        """Give the size of the run, the engine and the verdict."""
        messages = self.verdict.messages
        missed = f"; {len(self.missed)} actions met nothing" if self.missed else ""
        return f"<Outcome of {messages:,} messages, {self.engine}: {self.verdict.status}{missed}>"


def simulate(
    scenario: Scenario,
    *,
    engine: str = "auto",
    trace: bool = False,
    replication: int = 0,
    keep: Keep = "ledger",
) -> Outcome:
    """Run a scenario.

    Args:
        scenario: What to run.
        engine: "discrete-event" (SimPy, runs any scenario), "vectorized" (NumPy, faster, if
            messages are independent), "auto": the faster of these that can run the scenario; or
            "live": two processes and real sockets, which take as long as the scenario says.
        trace: Whether to record every event; the vectorized engine cannot, the live one always
            does.
        replication: Which repetition to run, from 0; each has its own draws.
        keep: "ledger", one row per message; or "summary", only the metrics and the verdict, in
            memory that does not grow with the number of messages.

    Raises:
        EndlessRun: If the run could never end.
        NotVectorizable: If `engine="vectorized"` cannot run this scenario.
        NotLive: If `engine="live"` cannot, or it takes more than a minute.
        LiveFailed: If a process of a live run ended before its time.
        ValueError: If an argument is not allowed, or the machine does not have enough memory.
    """
    if not isinstance(scenario, Scenario):
        refuse("simulate.scenario", scenario, "a Scenario")
    choice("simulate.engine", engine, ENGINES)
    choice("simulate.keep", keep, ("ledger", "summary"))
    if not isinstance(trace, bool):
        refuse("simulate.trace", trace, "True or False")
    replication = integer("simulate.replication", replication, low=0, high=2**32 - 1)
    scenario.check_that_it_ends()
    if engine == "auto":
        engine = "discrete-event" if trace or vectorized.refusals(scenario) else "vectorized"
    check_memory(scenario, engine=engine, trace=trace or engine == "live", keep=keep)
    if engine == "live":
        if keep == "summary":
            refuse("simulate.keep", keep, '"ledger" where engine is "live"')
        run = live.run(scenario, replication=replication)
    else:
        chosen = vectorized if engine == "vectorized" else discrete_event
        run = chosen.run(scenario, replication=replication, trace=trace, keep=keep)
    if run.trace is not None:
        run.trace.titles = titles_of(scenario)
    return Outcome(scenario, replication, engine, run)


def check_memory(
    scenario: Scenario,
    *,
    engine: str = "auto",
    trace: bool = False,
    keep: Keep = "ledger",
    advice: str | None = None,
) -> None:
    """Refuse a run for which the machine does not have enough memory; see `simulator.memory`.

    Args:
        scenario: The scenario to run.
        engine: As in `simulate`.
        trace: As in `simulate`.
        keep: As in `simulate`.
        advice: What to do about it. None: which argument of `simulate` to change.

    Raises:
        ValueError: If memory does not suffice, with an estimate of what the run needs.
    """
    can_sum_up = not trace and not vectorized.refusals(scenario)
    if can_sum_up and engine != "discrete-event":
        each = memory.LEDGER if keep == "ledger" else 0
    else:
        each = memory.TRACED if trace else memory.NETWORK
    if advice is None and not can_sum_up:
        advice = "have fewer, or a horizon"
    elif advice is None:
        engines = "" if engine != "discrete-event" else 'engine="auto" and '
        advice = f'{engines}keep="summary" take{"s" if not engines else ""} next to none'
    count = scenario.expected_messages
    memory.check_fits("Scenario.messages", scenario.messages, count, each, advice)
