"""A program, which can be minimized: it runs messages on a network, and says what broke.

A scenario is one. For a network of your own, write a function:

    def shop(net, times):
        client, server = net.node("client"), net.node("server")
        net.connect(client, server, Link(delay=Exponential(mean=0.05), loss=0.2))
        server.on("order")(lambda message: None)
        client.send_each(At(times=times), server, "order", messages=len(times), guarantee=…)
        net.run()
        if (client.ledger["handovers"] > 1).any():
            return "an order was handled twice"
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from simulator.clock import to_ns_array
from simulator.engines.discrete_event import play
from simulator.engines.run import promises_of
from simulator.network import Network
from simulator.policies import Promise
from simulator.scenario import Scenario
from simulator.verdict import judge


class Program(Protocol):
    """The extension point: a function."""

    def __call__(self, net: Network, times: tuple[float, ...], /) -> str | bool | None:
        """Build a network, run it, and return whether its promise was broken.

        Args:
            net: An empty network, which the program builds and runs.
            times: When to send messages, in seconds, rising; all else must follow from these.

        Returns:
            A sentence that says how the promise was broken, or True; else None, "" or False.
        """


@dataclass(frozen=True)
class ScenarioProgram:
    """A scenario as a program.

    Attributes:
        scenario: The scenario; the instants replace its workload.
        promise: The promise to break, in a run that sends every message, so that the number of a
            message is its index among the instants. None: any promise, in any run.
    """

    scenario: Scenario
    promise: Promise | None = None

    def __call__(self, net: Network, times: Sequence[float]) -> str:
        """Run the scenario; return the promise that was broken, or an empty text."""
        sender = play(self.scenario, net, [to_ns_array(np.array(times, dtype=np.float64))])
        verdict = judge(sender.ledger, promises_of(self.scenario), net.trace.of)
        if verdict.promise is None:
            return ""
        if self.promise is not None and (
            self.promise is not verdict.promise or len(sender.ledger) < len(times)
        ):
            return ""
        return verdict.promise.value
