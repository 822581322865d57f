"""Random crashes: a node fails and is repaired again and again, from draws of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from simulator.clock import to_ns, to_seconds
from simulator.fields import ABOVE_0, BOOLEAN, Checked
from simulator.network.faults import Crash
from simulator.network.timers import Phase, Timer, now_ns
from simulator.network.windows import NODE, node_of
from simulator.randomness import Randomness

if TYPE_CHECKING:
    from simulator.network.network import Network
    from simulator.network.schedule import Schedule
    from simulator.protocols.channel import Steps


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomCrashes(Checked):
    """A node crashes again and again, with exponential times to failure and to repair.

    Each injection has draws of its own: two of one node, equal or not, are independent.

    Attributes:
        node: Its name.
        mean_time_to_failure: From a start to the next crash, on average, above 0.
        mean_time_to_repair: From a crash to the restart, on average, above 0.
        until: No crash begins at this instant or after it, by the clock.
        refuses: Whether what comes while it is down is refused, so that senders learn of it, or met
            with silence.
    """

    node: str = field(metadata=NODE)
    mean_time_to_failure: float = field(metadata=ABOVE_0)
    mean_time_to_repair: float = field(metadata=ABOVE_0)
    until: float = field(metadata=ABOVE_0)
    refuses: bool = field(default=False, metadata=BOOLEAN)

    def crashes(self, net: Network) -> Iterator[Crash]:
        """Go through the crashes that its latest injection brings, with `at` by the clock.

        If it has not been injected, these are what an injection now would bring. Looking at them
        changes nothing.
        """
        return (
            Crash(
                node=self.node,
                at=to_seconds(start_ns),
                lasts=to_seconds(end_ns - start_ns),
                refuses=self.refuses,
            )
            for start_ns, end_ns in self._outages_ns(net.random_crashes.find(self))
        )

    def steps(self, net: Network) -> Steps:
        """Crash the node at random, and repair it each time."""
        return self._crash(net, self._outages_ns(net.random_crashes.add(self)))

    def _crash(self, net: Network, outages_ns: Iterator[tuple[int, int]]) -> Steps:
        node = node_of(net, self)
        end: Timer | None = None
        for start_ns, end_ns in outages_ns:
            # Planned before the one before it ends: two that touch are one.
            start = Timer(net.env, start_ns - now_ns(net.env), Phase.BREAK)
            yield start
            end = Timer(net.env, end_ns - start_ns, Phase.HEAL)
            end.callbacks.append(node.end_outage)  # the event of its end is the outage's cause
            node.begin_outage(end, refuses=self.refuses)
        if end is not None:
            yield end

    def _outages_ns(self, injection: Injection) -> Iterator[tuple[int, int]]:
        """Draw each start and end, in nanoseconds."""
        draws, at_ns = injection
        until_ns = to_ns(self.until)
        while True:
            at_ns += to_ns(draws.exponential(self.mean_time_to_failure))
            if at_ns >= until_ns:
                return
            end_ns = at_ns + max(to_ns(draws.exponential(self.mean_time_to_repair)), 1)
            yield at_ns, end_ns
            at_ns = end_ns


class Injection(NamedTuple):
    """A fault that was injected: its draws, and when that was, in nanoseconds."""

    draws: np.random.Generator
    at_ns: int


class Injections:
    """The random crashes of a network: which stream each injection draws from."""

    def __init__(self, env: Schedule, randomness: Randomness) -> None:
        """Start with none."""
        self._env = env
        self._randomness = randomness
        self._counts = Counter[str]()
        self._last: dict[RandomCrashes, tuple[str, int]] = {}

    def add(self, fault: RandomCrashes) -> Injection:
        """Note that a fault is injected now, and give it a stream of its own."""
        self._last[fault] = self._next(fault.node)
        self._counts[fault.node] += 1
        return self.find(fault)

    def find(self, fault: RandomCrashes) -> Injection:
        """Return the last injection of a fault; what it would be now, if there was none.

        The draws start anew at each call.
        """
        name, at_ns = self._last.get(fault) or self._next(fault.node)
        return Injection(self._randomness.stream(name), at_ns)

    def _next(self, node: str) -> tuple[str, int]:
        count = self._counts[node] + 1
        # No node has → in its name, and no link has it twice: no other stream is called so.
        number = "" if count == 1 else f"→→{count}"
        return f"crashes of {node}{number}", now_ns(self._env)
