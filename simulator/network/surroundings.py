"""Surroundings: what a node needs of the network that it is in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from simulator.network.channel.channel import Channel
    from simulator.network.schedule import Schedule
    from simulator.network.wire import Wire
    from simulator.protocols.channel import Guarantee
    from simulator.randomness import Lane
    from simulator.service_times import ServiceTimes
    from simulator.trace import Trace


class Surroundings(Protocol):
    """The network, as its nodes see it.

    Attributes:
        env: The schedule.
        trace: What happened so far.
        mistakes: The mistakes of handlers that have been reported.
        service_times: How long the handling of each message takes.
    """

    env: Schedule
    trace: Trace
    mistakes: Any
    service_times: ServiceTimes

    def channel(self, sender: Any, receiver: Any, guarantee: Guarantee) -> Channel:
        """Return the channel between two nodes under a guarantee, opened on first use."""

    def wire(self, sender: str, receiver: str) -> Wire:
        """Return the wire from a node to a node, by their names."""

    def draw(self, lane: Lane, message: int) -> float:
        """Return the draw of a message in a lane, uniform on [0, 1)."""

    def workload_draws(self, node: Any, driver: int, count: int) -> npt.NDArray[np.float64]:
        """Return the draws of a node's workload, uniform on [0, 1). Shape (count,)."""
