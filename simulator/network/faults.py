"""Faults: what breaks, when, and for how long. Each is a value, and heals on its own.

    net.inject(Crash(node="server", at=5.0, lasts=2.0))
    net.inject(Partition(groups=(("a", "b"), ("c",)), at=1.0, lasts=0.5))

Instants and times are in seconds. What is on its way when a link is cut still arrives.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from simulator.clock import to_ns, to_seconds
from simulator.network.timers import Phase, Timer, now_ns
from simulator.validation import keep_number, number, refuse

if TYPE_CHECKING:
    from simulator.network.guarantee import Steps
    from simulator.network.network import Network


class Fault(Protocol):
    """The extension point: one method."""

    def steps(self, net: Network) -> Steps:
        """Break something, and heal it, as a process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crash:
    """A node stops, and starts again.

    Attributes:
        node: Its name.
        at: When.
        lasts: How long it is down, above 0.
        refuses: Whether senders are told meanwhile, or met with silence.
    """

    node: str
    at: float
    lasts: float
    refuses: bool = False

    def __post_init__(self) -> None:
        """Refuse bad parameters."""
        _keep_window(self)

    def steps(self, net: Network) -> Steps:
        """Crash the node, and restart it."""
        node = net.find(self.node)
        start, end = _window(net, self)
        yield start
        node.crash(refuses=self.refuses)
        yield end
        node.restart()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A one-way link loses all that is sent over it.

    Attributes:
        sender: Name of the node at its start.
        receiver: Name of the node at its end.
        at: When.
        lasts: How long, above 0.
    """

    sender: str
    receiver: str
    at: float
    lasts: float

    def __post_init__(self) -> None:
        """Refuse bad parameters."""
        _keep_window(self)

    def steps(self, net: Network) -> Steps:
        """Cut the link, and mend it."""
        links = [(self.sender, self.receiver)]
        yield from _cut(net, links, self)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOutage:
    """The links between two nodes, both ways, lose all that is sent over them.

    Attributes:
        between: Names of the two nodes.
        at: When.
        lasts: How long, above 0.
    """

    between: tuple[str, str]
    at: float
    lasts: float

    def __post_init__(self) -> None:
        """Refuse bad parameters."""
        between = _names("LinkOutage.between", self.between, "the names of two nodes")
        if len(between) != 2:  # noqa: PLR2004 - two ends
            refuse("LinkOutage.between", self.between, "the names of two nodes")
        object.__setattr__(self, "between", between)
        _keep_window(self)

    def steps(self, net: Network) -> Steps:
        """Cut the links, and mend them."""
        a, b = self.between
        yield from _cut(net, [(a, b), (b, a)], self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """The network falls into groups; nothing passes from one to another.

    Attributes:
        groups: Names of the nodes of each group, two groups at least. Nodes that are in none are
            cut off from nobody.
        at: When.
        lasts: How long, above 0.
    """

    groups: tuple[tuple[str, ...], ...]
    at: float
    lasts: float

    def __post_init__(self) -> None:
        """Refuse bad parameters."""
        allowed = "two groups or more of names of nodes, no node in two of them"
        if isinstance(self.groups, str) or not isinstance(self.groups, Iterable):
            refuse("Partition.groups", self.groups, allowed)
        groups = tuple(_names("Partition.groups", group, allowed) for group in self.groups)
        names = [name for group in groups for name in group]
        if len(groups) < 2 or len(names) != len(set(names)):  # noqa: PLR2004 - else nothing parts
            refuse("Partition.groups", groups, allowed)
        object.__setattr__(self, "groups", groups)
        _keep_window(self)

    def steps(self, net: Network) -> Steps:
        """Cut every link between groups, and mend them."""
        group_of = {name: k for k, group in enumerate(self.groups) for name in group}
        for name in group_of:
            net.find(name)
        links = [
            (a, b)
            for a, b in (link.split("→") for link in net.links)
            if a in group_of and b in group_of and group_of[a] != group_of[b]
        ]
        yield from _cut(net, links, self)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowNode:
    """A node takes longer for its work: for `node.work(seconds)` that begins meanwhile.

    Attributes:
        node: Its name.
        factor: How many times as long, above 0.
        at: When.
        lasts: How long, above 0.
    """

    node: str
    factor: float
    at: float
    lasts: float

    def __post_init__(self) -> None:
        """Refuse bad parameters."""
        keep_number(self, "factor", low=0, open_low=True)
        _keep_window(self)

    def steps(self, net: Network) -> Steps:
        """Slow the node down, and let it recover."""
        node = net.find(self.node)
        start, end = _window(net, self)
        yield start
        node.slowness *= self.factor
        yield end
        node.slowness /= self.factor


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomCrashes:
    """A node crashes again and again, with exponential times to failure and to repair.

    Attributes:
        node: Its name.
        mean_time_to_failure: From a start to the next crash, on average, above 0.
        mean_time_to_repair: From a crash to the restart, on average, above 0.
        until: No crash begins at this instant or after it.
        refuses: Whether senders are told while it is down, or met with silence.
    """

    node: str
    mean_time_to_failure: float
    mean_time_to_repair: float
    until: float
    refuses: bool = False

    def __post_init__(self) -> None:
        """Refuse bad parameters."""
        for field in ("mean_time_to_failure", "mean_time_to_repair", "until"):
            keep_number(self, field, low=0, open_low=True)

    def crashes(self, net: Network) -> Iterator[Crash]:
        """Go through the crashes that it comes to, from now on."""
        luck: np.random.Generator = net.stream(f"crashes of {self.node}")
        at_ns = now_ns(net.env)
        while True:
            uptime = float(luck.exponential(self.mean_time_to_failure))
            if to_seconds(at_ns) + uptime >= self.until:
                return
            at_ns += to_ns(uptime)
            lasts_ns = max(to_ns(luck.exponential(self.mean_time_to_repair)), 1)
            at, lasts = to_seconds(at_ns), to_seconds(lasts_ns)
            yield Crash(node=self.node, at=at, lasts=lasts, refuses=self.refuses)
            at_ns += lasts_ns

    def steps(self, net: Network) -> Steps:
        """Crash the node at random, and repair it each time."""
        node = net.find(self.node)
        for crash in self.crashes(net):
            yield Timer(net.env, to_ns(crash.at) - now_ns(net.env), Phase.DATA)
            node.crash(refuses=self.refuses)
            yield net.timeout(crash.lasts)
            node.restart()


Planned = Crash | Cut | LinkOutage | Partition | SlowNode
"""Faults that have an instant and a time that they last."""


def _names(field: str, names: Any, allowed: str) -> tuple[str, ...]:
    """Return names of nodes as a tuple."""
    if isinstance(names, str) or not isinstance(names, Iterable):
        refuse(field, names, allowed)
    kept = tuple(names)
    if not all(isinstance(name, str) for name in kept):
        refuse(field, names, allowed)
    return kept


def _cut(net: Network, links: list[tuple[str, str]], fault: Planned) -> Steps:
    wires = [net.wire(sender, receiver) for sender, receiver in links]
    start, end = _window(net, fault)
    yield start
    for wire in wires:
        net.cut(wire, 1)
    yield end
    for wire in wires:
        net.cut(wire, -1)


def _window(net: Network, fault: Planned) -> tuple[Timer, Timer]:
    """Return the start and the end of a fault, to yield.

    Both are planned now: at their instants they come before whatever is planned later.
    """
    start_ns = to_ns(fault.at)
    end_ns = start_ns + to_ns(fault.lasts)
    return Timer(net.env, start_ns, Phase.DATA), Timer(net.env, end_ns, Phase.DATA)


def _keep_window(fault: Planned) -> None:
    name = type(fault).__name__
    object.__setattr__(fault, "at", number(f"{name}.at", fault.at, low=0))
    lasts = number(f"{name}.lasts", fault.lasts, low=0, open_low=True)
    object.__setattr__(fault, "lasts", lasts)
