"""Timers: events that are due at an instant, in the order of their phase within it.

At one instant faults begin first, then faults end, then data arrive, then acknowledgements, then
timers fire, then new messages are sent. An acknowledgement at the very instant of the timeout
therefore counts, which SimPy's `acknowledgement | timeout` alone does not promise. A fault holds
over [start, end), and two that touch leave no moment between them.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any, ClassVar

import simpy
from simpy.events import Condition

from simulator.network.failures import uncaught

if TYPE_CHECKING:
    from simulator.network.schedule import Schedule


class Phase(IntEnum):
    """The order of events at one instant.

    SimPy's own events are 0 (the start of a process, an interrupt) and 1: they come after faults,
    and before or with data.
    """

    BREAK = -2
    HEAL = -1
    DATA = 1
    ACKNOWLEDGEMENT = 2
    TIMER = 3
    SENDING = 4


def now_ns(env: Schedule) -> int:
    """Return the clock of a schedule, in whole nanoseconds."""
    return env.instant_ns


class Occurrence:
    """Something that happens at an instant: all that a schedule needs to know of it.

    A process can wait for an event, which is more.
    """

    __slots__ = ()

    may_lapse: ClassVar[bool] = False
    """Whether it may come to nothing, as what is `Revocable` may."""

    def happen(self) -> None:
        """Let it happen, now."""
        raise NotImplementedError


def process_event(event: simpy.Event) -> None:
    """Let an event happen as SimPy does: call its callbacks, and see that a failure is met."""
    callbacks, event.callbacks = event.callbacks, None  # type: ignore[assignment]  # as SimPy does
    for callback in callbacks:
        callback(event)
    if not event._ok and not event.defused:
        raise uncaught(event)


class Plain(Occurrence):
    """An event of SimPy's own on the schedule."""

    __slots__ = ("_event",)

    def __init__(self, event: simpy.Event) -> None:
        """Stand for the event."""
        self._event = event

    def happen(self) -> None:
        """Process the event."""
        process_event(self._event)


class Revocable(Occurrence):
    """What may come to nothing: then a run leaves it out, and the clock does not move."""

    __slots__ = ()

    may_lapse = True

    def matters(self) -> bool:
        """Whether anything would come of it now."""
        raise NotImplementedError

    @property
    def is_over(self) -> bool:
        """Whether nothing can come of it any more, whoever waits for it later."""
        return False


def is_awaited(event: simpy.Event) -> bool:
    """Whether anybody waits for an event.

    A process or a callback does. A condition, such as `event | other`, does if it has not happened
    yet and is itself awaited: not after the process that yielded it has gone on, or crashed.
    """
    for callback in event.callbacks or ():
        condition = getattr(callback, "__self__", None)
        if not isinstance(condition, Condition):
            return True
        if condition is not event and not condition.triggered and is_awaited(condition):
            return True
    return False


class Timer(Revocable, simpy.Event):
    """An event that happens after a delay, in a phase of its instant."""

    __slots__ = ("_ok", "_value", "callbacks", "env")

    is_over = False

    def __init__(self, env: Schedule, delay_ns: int, phase: Phase, value: Any = None) -> None:
        """Schedule the event `delay_ns` nanoseconds from now."""
        self.env = env
        self.callbacks = []
        self._ok = True
        self._value = value
        env.push((env.instant_ns + delay_ns, phase, env.turn(), self))

    def happen(self) -> None:
        """Let whoever waits go on."""
        callbacks, self.callbacks = self.callbacks, None  # type: ignore[assignment]  # as SimPy does
        for callback in callbacks:
            callback(self)

    matters = is_awaited


class Wait(Revocable, simpy.Event):
    """A wait for an answer: an event that happens when the answer comes, or at a deadline.

    Its value is the answer; at the deadline, False. On the schedule it is its own timer. It is over
    when it has been answered.
    """

    __slots__ = ("_ok", "_value", "callbacks", "env", "is_over")

    is_over: bool  # plainly: it is asked often

    def __init__(self, env: Schedule) -> None:
        """Wait; the deadline is to be scheduled."""
        self.env = env
        self.callbacks = []
        self._value = simpy.events.PENDING
        self.is_over = False

    def happen(self) -> None:
        """Let the deadline pass: it is too late for an answer."""
        if not self.is_over:
            self.answer(value=False)

    def answer(self, value: Any) -> None:
        """Answer it, and let whoever waits go on."""
        self.is_over = True
        self._ok = True
        self._value = value
        callbacks, self.callbacks = self.callbacks, None  # type: ignore[assignment]  # as SimPy does
        for callback in callbacks:
            callback(self)

    def matters(self) -> bool:
        """Whether the answer is outstanding, and somebody waits for it."""
        return not self.is_over and is_awaited(self)


def defuse(event: simpy.Event) -> None:
    """Let an event fail without ending the run, and so the conditions that fail with it."""
    event.defused = True
    for callback in event.callbacks or ():
        condition = getattr(callback, "__self__", None)
        if isinstance(condition, Condition) and condition is not event:
            defuse(condition)
