"""A copy that is received: the receiver's part of its guarantee at work, where that takes time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import simpy
from simpy.events import PENDING

from simulator.errors import Failed, Refused
from simulator.network.processes import HostTask

if TYPE_CHECKING:
    from simulator.network.channel.copies import Copy
    from simulator.network.processes import Processes
    from simulator.protocols.channel import Steps


class NotAdmitted(Refused):
    """The receiver does not begin a handling. What a handler raises is never this."""


class Receiving(HostTask):
    """The receiver's part of a guarantee at work on a copy; a refusal or a failure ends it.

    Attributes:
        copy: The copy.
    """

    __slots__ = ("copy",)

    def __init__(self, copy: Copy, processes: Processes, steps: Steps, event: simpy.Event) -> None:
        """Go on with steps that have begun, once the event that they wait for has happened."""
        self.copy = copy
        self.env = processes.env
        self.callbacks = []
        self._value = PENDING
        self._generator = steps
        self._times = 0
        self._processes = processes
        processes.running[self] = True
        self._wait_for(event)

    def _end(self, *, ok: bool, value: Any) -> None:
        if not ok and isinstance(value, NotAdmitted | Failed):
            copy = self.copy
            copy.end.note_failure(copy, value)
            ok = True
        if ok:
            self._processes.running.pop(self, None)
            self._ok, self._value = True, None
            if self.callbacks:
                self.env.schedule(self)
            else:
                self.callbacks = None  # type: ignore[assignment]  # it has been processed
        else:
            super()._end(ok=ok, value=value)


def when_done(event: simpy.Event, act: Callable[[simpy.Event], None]) -> None:
    """Act as soon as an event has happened, which may be now."""
    if event.callbacks is None:
        act(event)
    else:
        event.callbacks.append(act)


def was_done(reply: Any) -> bool:
    """Whether a handling whose reply this is has come to its end, and had its effect."""
    return not isinstance(reply, simpy.Event) or (reply.triggered and reply.ok)
