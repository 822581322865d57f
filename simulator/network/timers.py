"""Timers: events that are due at an instant, in the order of their phase within it.

At one instant data arrive first, then acknowledgements, then timers fire, then new messages are
sent. An acknowledgement at the very instant of the timeout therefore counts, which SimPy's
`acknowledgement | timeout` alone does not promise.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import simpy
from simpy.events import EventPriority


class Phase(IntEnum):
    """The order of events at one instant. SimPy's own events (0 and 1) come before or with data."""

    DATA = 1
    ACKNOWLEDGEMENT = 2
    TIMER = 3
    SENDING = 4


def now_ns(env: simpy.Environment) -> int:
    """Return the clock of an environment, which counts whole nanoseconds."""
    return int(env.now)


class Timer(simpy.Event):
    """An event that happens after a delay, in a phase of its instant."""

    def __init__(
        self, env: simpy.Environment, delay_ns: int, phase: Phase, value: Any = None
    ) -> None:
        """Schedule the event `delay_ns` nanoseconds from now."""
        super().__init__(env)
        self._ok = True
        self._value = value
        env.schedule(self, EventPriority(phase), delay_ns)
