"""The result of an engine: a ledger, or the sums over one that was not kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from simulator.ledger import Ledger
from simulator.metrics import Tally
from simulator.network import CopyCounts
from simulator.policies import Promise
from simulator.scenario import Scenario
from simulator.trace import Trace
from simulator.verdict import Judge

Keep = Literal["ledger", "summary"]


@dataclass(slots=True)
class Run:
    """The result of one run.

    Attributes:
        ledger: The outcome of each message; None if it was not kept.
        tally: The sums over all messages; None if the ledger was kept.
        judge: The judge that looked for broken promises; None if the ledger was kept.
        links: The counts of copies on each link, by its name.
        trace: The events, if they were recorded.
        missed: The actions of the adversary's script that found nothing to act on.
    """

    ledger: Ledger | None
    tally: Tally | None
    judge: Judge | None
    links: Mapping[str, CopyCounts]
    trace: Trace | None = None
    missed: tuple[Any, ...] = ()

    def merge(self, later: Run) -> None:
        """Add the summary of a run over the messages that follow."""
        if self.tally is None or later.tally is None or self.judge is None or later.judge is None:
            raise AssertionError("only summaries are merged")
        self.tally.merge(later.tally)
        self.judge.follow(later.judge)
        self.links = {name: counts + later.links[name] for name, counts in self.links.items()}


def gather(
    scenario: Scenario, blocks: Iterable[Ledger], keep: Keep
) -> tuple[Ledger | None, Tally | None, Judge | None]:
    """Join the ledgers of blocks of messages, or add up their sums one by one."""
    if keep == "ledger":
        if scenario.horizon is None:
            return Ledger.join(blocks, scenario.messages), None, None
        parts = list(blocks)  # how many messages come before the horizon is known only now
        return Ledger.join(parts, sum(map(len, parts))), None, None
    tally, judge = Tally(), Judge(promises_of(scenario))
    for block in blocks:
        tally.add(block)
        judge.see(block)
    return None, tally, judge


def promises_of(scenario: Scenario) -> frozenset[Promise]:
    """Return the promises of the guarantee of a scenario."""
    promises: frozenset[Promise] = getattr(scenario.guarantee, "promises", frozenset())
    return promises
