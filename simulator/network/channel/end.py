"""An end of a channel: what both have, the sender's and the receiver's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.clock import to_ns, to_seconds
from simulator.network.timers import Phase, Timer

if TYPE_CHECKING:
    import simpy

    from simulator.network.schedule import Schedule
    from simulator.trace import Trace


class End:
    """An end of a channel.

    Attributes:
        env: The schedule.
        trace: What happened so far.
        link: The name of the link for data, "sender→receiver".
    """

    def __init__(self, env: Schedule, trace: Trace, link: str) -> None:
        """Open it."""
        self.env = env
        self.trace = trace
        self.link = link

    @property
    def now(self) -> float:
        """The clock, in seconds."""
        return to_seconds(self.env.instant_ns)

    def timeout(self, seconds: float) -> simpy.Event:
        """Return an event that happens after `seconds`."""
        return Timer(self.env, to_ns(seconds), Phase.TIMER)
