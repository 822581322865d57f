"""What goes through worlds: a scenario, or a program; and what came of it in one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np

from simulator.adversary import Script, calm
from simulator.adversary.recorder import Recorder
from simulator.conditions import Constant, Link, Workload
from simulator.engines.creation import IntArray, creation_blocks
from simulator.engines.discrete_event import play
from simulator.engines.run import promises_of
from simulator.ledger import Row
from simulator.minimization import Program
from simulator.minimization.record import calmed
from simulator.network import Adversary, Fault, Network, Node, RandomCrashes
from simulator.network.channel.channel import Channel
from simulator.policies import Backoff, Promise, Retry
from simulator.protocols import Guarantee
from simulator.randomness import link_name
from simulator.scenario import Scenario
from simulator.trace import Trace
from simulator.validation import refuse
from simulator.verdict import judge

EVENTS: Final = ("lost", "duplicated", "in_doubt", "gave_up", "violated")
UNSAID: Final = "True"
"""What is broken according to a program that does not say what."""
METRICS: Final = ("attempts", "duplicates", "cost")


class Facts(NamedTuple):
    """What came of one world.

    Attributes:
        events: Which of `EVENTS` happened to some message.
        sums: The sum of each of `METRICS` over all messages.
        is_decided: Whether nothing was undecided at its end.
        said: What was broken, in words; empty if nothing was.
    """

    events: frozenset[str]
    sums: tuple[int, ...]
    is_decided: bool
    said: str


class WorldNetwork(Network):
    """A network without randomness: what goes wrong in it, its adversary chooses."""

    def __init__(self, *, adversary: Adversary, trace: bool = False) -> None:
        """Make an empty network."""
        self._recorder = adversary if isinstance(adversary, Recorder) else None
        super().__init__(trace=trace, adversary=adversary)

    def connect(self, sender: Node, receiver: Node, link: Link, *, one_way: bool = False) -> None:
        """Lay a link that loses and duplicates nothing by itself."""
        if isinstance(link, Link):
            check_link("Network.connect.link", link)
            link = calm(link)
        super().connect(sender, receiver, link, one_way=one_way)
        if self._recorder is not None:
            for ends in ((sender, receiver), (receiver, sender)):
                name = link_name(*(end.name for end in ends))
                self._recorder.usual_ns[name] = link.fixed_delay_ns or 0

    def inject(self, *faults: Fault) -> None:
        """Let faults happen in every world."""
        for fault in faults:
            if isinstance(fault, RandomCrashes):
                refuse("Network.inject", fault, "a fault at a given instant, such as Crash")
        super().inject(*faults)

    def channel(self, sender: Node, receiver: Node, guarantee: Guarantee) -> Channel:
        """Return the channel between two nodes under a guarantee that ends and draws nothing."""
        retry = getattr(guarantee, "retry", None)
        if isinstance(retry, Retry):
            check_backoff("guarantee.retry.backoff", retry.backoff)
        return super().channel(sender, receiver, guarantee)


@dataclass(frozen=True)
class ScenarioSubject:
    """A scenario whose worlds are searched.

    Attributes:
        calm: The scenario over calm links.
        times_ns: When messages are created.
        scenario: The scenario as it was given.
    """

    calm: Scenario
    times_ns: list[IntArray]
    scenario: Scenario

    @property
    def over(self) -> Any:
        """What happens in every world."""
        return self.scenario.adversary

    def run(self, adversary: Adversary, *, trace: bool = False) -> tuple[Facts, Network]:
        """Go through one world."""
        net = WorldNetwork(adversary=adversary, trace=trace)
        sender = play(self.calm, net, self.times_ns)
        promise = broken(sender, promises_of(self.scenario))
        return _facts(sender.rows, promise), net


@dataclass(frozen=True)
class ProgramSubject:
    """A program whose worlds are searched.

    Attributes:
        program: The program.
        times: When it sends messages, in seconds.
    """

    program: Program
    times: tuple[float, ...]

    over: None = None

    def run(self, adversary: Adversary, *, trace: bool = False) -> tuple[Facts, Network]:
        """Go through one world."""
        net = WorldNetwork(adversary=adversary, trace=trace)
        result = self.program(net, self.times)
        said = result if isinstance(result, str) else UNSAID if result else ""
        return Facts(frozenset({"violated"} if said else ()), (), is_decided=True, said=said), net


Subject = ScenarioSubject | ProgramSubject


def broken(sender: Node, promises: frozenset[Promise]) -> Promise | None:
    """Return the promise that was broken, if one was."""
    return judge(sender.ledger, promises, lambda _: Trace(enabled=False)).promise


def _facts(rows: Sequence[Row], promise: Promise | None) -> Facts:
    events = set() if promise is None else {"violated"}
    is_decided = True
    for row in rows:
        if row.handovers > 1:
            events.add("duplicated")
        if row.undecided:
            is_decided = False
            continue
        if not row.handovers:
            events.add("lost")
        if row.belief == "gave_up":
            events.add("gave_up")
            if row.handovers:
                events.add("in_doubt")
    attempts = sum(row.attempts for row in rows)
    duplicates = sum(max(row.handovers - 1, 0) for row in rows)
    cost = attempts + sum(row.acks_sent for row in rows)
    said = "" if promise is None else promise.value
    return Facts(frozenset(events), (attempts, duplicates, cost), is_decided, said)


def checked_scenario(scenario: Scenario) -> ScenarioSubject:
    """Refuse a scenario that draws anything, or may have no end.

    Raises:
        ValueError: Naming what is random, or endless.
    """
    check_link("Scenario.link", scenario.link)
    check_link("Scenario.return_link", scenario.link_back)
    if scenario.handling is not None:
        check_constant("Scenario.handling", scenario.handling)
    check_workload("Scenario.workload", scenario.workload)
    if not isinstance(scenario.adversary, Script | None):
        refuse("Scenario.adversary", scenario.adversary, "a Script, or None")
    guarantee = scenario.guarantee
    retry = getattr(guarantee, "retry", None)
    if isinstance(retry, Retry):
        check_backoff("Scenario.guarantee.retry.backoff", retry.backoff)
        check_end(scenario, retry)
    scenario.check_that_it_ends()
    return ScenarioSubject(calmed(scenario), list(creation_blocks(scenario, 0)), scenario)


def check_end(scenario: Scenario, retry: Retry) -> None:
    """Refuse a scenario that retries for ever: in one of its worlds all is lost."""
    if scenario.horizon is not None or scenario.has_an_end(retry):
        return
    if not getattr(scenario.guarantee, "gives_up", True):
        refuse("Scenario.horizon", None, "set: this guarantee never gives up")
    refuse("Scenario.guarantee.retry.max_attempts", None, "a number, or a horizon set")


def check_link(field: str, link: Link) -> None:
    """Refuse a link whose delay or loss depends on draws of its own history."""
    check_constant(f"{field}.delay", link.delay)
    if hasattr(link.loss_model, "start"):
        refuse(f"{field}.loss", link.loss, "one without memory: losses are independent here")


def check_constant(field: str, delay: object) -> None:
    """Refuse a delay that is drawn."""
    if not isinstance(delay, Constant):
        refuse(field, delay, "constant, such as Constant(0.05): random delays have no worlds")


def check_backoff(field: str, backoff: Backoff) -> None:
    """Refuse a backoff whose pauses are drawn."""
    pauses = {backoff.pause_after(2, 0.1, u) for u in (0.0, 0.3, 0.7)}
    if len(pauses) > 1:
        refuse(field, backoff, "one without jitter, such as ExponentialBackoff(base=0.1)")


def check_workload(field: str, workload: Workload) -> None:
    """Refuse a workload whose instants are drawn."""
    one, other = (workload.times_ns(5, np.full(5, u)) for u in (0.2, 0.8))
    if not np.array_equal(one, other):
        refuse(field, workload, "one that draws nothing, such as Periodic or At")
