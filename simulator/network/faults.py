"""Faults: what breaks, when, and for how long. Each is a value, and heals on its own.

    net.inject(Crash(node="server", at=5.0, lasts=2.0))
    net.inject(Partition(groups=(("a", "b"), ("c",)), at=1.0, lasts=0.5))

Instants and times are in seconds. A fault holds over [start, end), before all else that happens at
its start and at its end. What is on its way when a link is cut still arrives.

Faults add up, in whatever order they are injected: a node is down while any of its crashes lasts,
and silent while any of those is; a link is cut while anything cuts it; a node is as slow as the
product of the factors that last. Crashes that overlap or touch are one outage, with one row in the
trace for its start and one for its end; so are cuts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from simulator.fields import (
    ABOVE_0,
    AT_LEAST_0,
    BOOLEAN,
    DURATION,
    LEFT_OUT,
    Checked,
    check_fields,
    checked,
)
from simulator.network.windows import NODE, begin_and_end, names_in, node_of
from simulator.validation import parts, refuse

if TYPE_CHECKING:
    from simulator.network.network import Network
    from simulator.network.wire import Wire
    from simulator.protocols.channel import Steps


class Fault(Protocol):
    """The extension point: one method."""

    def steps(self, net: Network) -> Steps:
        """Break something, and heal it, as a process. It is called as the fault is injected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crash(Checked):
    """A node stops, and starts again.

    Attributes:
        node: Its name.
        at: When.
        lasts: How long it is down, above 0.
        refuses: Whether what comes meanwhile is refused, so that senders learn of it, or met with
            silence.
    """

    node: str = field(metadata=NODE)
    at: float = field(metadata=AT_LEAST_0)
    lasts: float = field(metadata=DURATION)
    refuses: bool = field(default=False, metadata=BOOLEAN | LEFT_OUT)

    def steps(self, net: Network) -> Steps:
        """Crash the node, and restart it."""
        cause = object()  # equal crashes are two
        return begin_and_end(
            net,
            self,
            find=lambda: [node_of(net, self)],
            begin=lambda node: node.begin_outage(cause, refuses=self.refuses),
            end=lambda node: node.end_outage(cause),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A one-way link loses all that is sent over it.

    Attributes:
        sender: Name of the node at its start.
        receiver: Name of the node at its end.
        at: When.
        lasts: How long, above 0.
    """

    sender: str = field(metadata=NODE)
    receiver: str = field(metadata=NODE)
    at: float = field(metadata=AT_LEAST_0)
    lasts: float = field(metadata=DURATION)

    def __post_init__(self) -> None:
        """Refuse bad parameters."""
        check_fields(self)
        if self.sender == self.receiver:
            refuse("Cut.receiver", self.receiver, "the name of another node than the sender")

    def steps(self, net: Network) -> Steps:
        """Cut the link, and mend it."""

        def find() -> list[Wire]:
            ends = node_of(net, self, "sender"), node_of(net, self, "receiver")
            return [net.wire(*(end.name for end in ends))]

        return _cut(net, self, find)


def _two_names(field: str, value: Any) -> tuple[str, ...]:
    allowed = "the names of two nodes, not empty and without →"
    names = names_in(field, value, allowed)
    if len(names) != 2 or names[0] == names[1]:  # noqa: PLR2004 - two ends
        refuse(field, value, allowed)
    return names


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOutage(Checked):
    """The links between two nodes, both ways, lose all that is sent over them.

    Attributes:
        between: Names of the two nodes.
        at: When.
        lasts: How long, above 0.
    """

    between: tuple[str, str] = field(metadata=checked(_two_names))
    at: float = field(metadata=AT_LEAST_0)
    lasts: float = field(metadata=DURATION)

    def steps(self, net: Network) -> Steps:
        """Cut the links, and mend them."""

        def find() -> list[Wire]:
            a, b = (net.find(name, "LinkOutage.between").name for name in self.between)
            return [net.wire(a, b), net.wire(b, a)]

        return _cut(net, self, find)


def _groups(field: str, value: Any) -> tuple[tuple[str, ...], ...]:
    allowed = "two groups or more of names of nodes, no node in two of them"
    groups = tuple(names_in(field, group, allowed) for group in parts(field, value, allowed))
    names = [name for group in groups for name in group]
    if len(groups) < 2 or len(names) != len(set(names)):  # noqa: PLR2004 - else nothing parts
        refuse(field, groups, allowed)
    return groups


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition(Checked):
    """The network falls into groups; nothing passes from one to another.

    Attributes:
        groups: Names of the nodes of each group, two groups at least. Nodes that are in none are
            cut off from nobody.
        at: When.
        lasts: How long, above 0.
    """

    groups: Sequence[Sequence[str]] = field(metadata=checked(_groups))
    at: float = field(metadata=AT_LEAST_0)
    lasts: float = field(metadata=DURATION)

    def steps(self, net: Network) -> Steps:
        """Cut every link between groups that is there at the start, and mend it."""
        group_of = {name: k for k, group in enumerate(self.groups) for name in group}

        def find() -> list[Wire]:
            for name in group_of:
                net.find(name, "Partition.groups")
            links = [link.split("→") for link in net.links]
            return [
                net.wire(a, b)
                for a, b in links
                if a in group_of and b in group_of and group_of[a] != group_of[b]
            ]

        return _cut(net, self, find)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowNode(Checked):
    """A node takes longer for its work: for `node.work(seconds)` that begins meanwhile.

    Attributes:
        node: Its name.
        factor: How many times as long, above 0.
        at: When.
        lasts: How long, above 0.
    """

    node: str = field(metadata=NODE)
    factor: float = field(metadata=ABOVE_0)
    at: float = field(metadata=AT_LEAST_0)
    lasts: float = field(metadata=DURATION)

    def steps(self, net: Network) -> Steps:
        """Slow the node down, and let it recover."""
        cause = object()  # equal slowings are two
        return begin_and_end(
            net,
            self,
            find=lambda: [node_of(net, self)],
            begin=lambda node: node.begin_slowing(cause, self.factor),
            end=lambda node: node.end_slowing(cause),
        )


def _cut(
    net: Network, fault: Cut | LinkOutage | Partition, find: Callable[[], list[Wire]]
) -> Steps:
    return begin_and_end(
        net,
        fault,
        find=find,
        begin=lambda wire: net.cut(wire, 1),
        end=lambda wire: net.cut(wire, -1),
    )
