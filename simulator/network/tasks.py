"""Tasks: generators at work, each from one event that it yields to the next.

A task is a SimPy process, so a student may wait for it, interrupt it, or join it with others in a
condition. What fails says where, and what would go on for ever at one instant is stopped.
"""

from __future__ import annotations

import math
from types import GeneratorType, SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, NoReturn

import simpy
from simpy.events import PENDING

from simulator.clock import to_seconds
from simulator.errors import EndlessRun
from simulator.network.failures import twin_of
from simulator.network.timers import Occurrence, process_event
from simulator.protocols.channel import Steps
from simulator.validation import refuse

if TYPE_CHECKING:
    from simulator.network.schedule import Schedule

MOST: Final = 100_000
"""About how often a task may go on at one instant: one that does so for ever never ends."""

AT_A_TIME: Final = 1_000
"""How often a task goes on before it is looked at whether the clock has moved."""


BEGUN: Final = SimpleNamespace(_ok=True, _value=None)
"""What a task goes on from when it begins."""


class Task(Occurrence, simpy.Process):
    """A generator at work; it happens when it has ended."""

    # As slots, SimPy's own attributes are read quicker and take less room.
    __slots__ = (*("_generator", "_ok", "_target", "_times", "_value", "callbacks", "env"),)

    env: Schedule
    happen = process_event
    _instant = -1  # when it was last looked at, and how often it had gone on there
    _stood = 0

    def __init__(self, env: Schedule, steps: Steps) -> None:
        """Start it at this instant, once what runs now waits."""
        self._value = PENDING
        self._times = 0
        super().__init__(env, steps)

    def _begin(self, steps: Steps) -> None:
        """Run the generator from its beginning, here and now."""
        self._generator = steps
        self._times = 0
        self._resume(BEGUN)

    def _resume(self, event: Any) -> None:
        """Go on, now that an event has happened, up to the next one that has not."""
        env = self.env
        before = env._active_proc
        env._active_proc = self
        send = self._generator.send
        while True:
            self._times += 1  # up from 0: small numbers take no room
            if self._times == AT_A_TIME:
                self._check_progress()
            try:
                if event._ok:
                    event = send(event._value)
                else:
                    event._defused = True  # it fails, or copes
                    event = self._generator.throw(twin_of(event._value))
            except StopIteration as end:
                self._end(ok=True, value=end.value)
                break
            except BaseException as error:  # noqa: BLE001 - whoever waits for it will get it
                self._end(ok=False, value=without_frame(error))
                break
            try:
                callbacks = event.callbacks
            except AttributeError:
                self._refuse(event)
            if callbacks is not None:
                callbacks.append(self._resume)
                self._target = event
                break
        env._active_proc = before

    def _wait_for(self, event: Any) -> None:
        """Go on once an event has happened, which may be at once."""
        if not isinstance(event, simpy.Event):
            self._refuse(event)
        if event.callbacks is None:
            self._resume(event)
        else:
            event.callbacks.append(self._resume)
            self._target = event

    def _end(self, *, ok: bool, value: Any) -> None:
        """Be done; without an event, where nobody waits for it."""
        self._ok = ok
        self._value = value
        self._target = None  # type: ignore[assignment]  # as SimPy's own does
        if ok and not self.callbacks:
            self.callbacks = None  # type: ignore[assignment]  # it has been processed
        else:
            self.env.schedule(self)

    @property
    def name(self) -> str:
        """The name of the function that it goes through; empty before it has begun."""
        generator = getattr(self, "_generator", None)
        return "" if generator is None else generator.__name__

    @property
    def target(self) -> simpy.Event:
        """The event that it waits for; None if it waits for none."""
        return getattr(self, "_target", None)  # type: ignore[return-value]  # SimPy has None too

    @property
    def place(self) -> str:
        """Where it is: the file and line of the generator that yielded last."""
        generator = self._innermost()
        line = generator.gi_frame.f_lineno if generator.gi_frame else "?"
        return f"{generator.gi_code.co_filename}, line {line}"

    def _innermost(self) -> GeneratorType[Any, Any, Any]:
        generator: Any = self._generator
        while hasattr(generator.gi_yieldfrom, "gi_frame"):
            generator = generator.gi_yieldfrom
        return generator  # type: ignore[no-any-return]  # found by what it has

    def _check_progress(self) -> None:
        """Refuse to go on for ever at one instant."""
        now_ns = self.env.instant_ns
        self._stood = self._stood + AT_A_TIME if self._instant == now_ns else 0
        self._instant = now_ns
        self._times = 0
        if self._stood < MOST:
            return
        name, seconds = self._innermost().__name__, to_seconds(int(self.env.now))
        self.env._active_proc = None
        raise EndlessRun(
            f"{name} ({self.place}) went on {MOST:,} times at {seconds:g} s, and the clock stood "
            "still: let what it waits for take time, such as net.timeout(0.5)"
        )

    def _refuse(self, value: object) -> NoReturn:
        """Refuse what was yielded, and is no event."""
        self.env._active_proc = None
        allowed = "an event to wait for, such as net.timeout(0.5)"
        if isinstance(value, GeneratorType):
            name = value.gi_code.co_name
            allowed = (
                f"an event to wait for: `yield from {name}(…)`, or `yield net.process({name}(…))`"
            )
        elif (
            isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf
        ):
            allowed = f"an event to wait for, such as net.timeout({value!r})"
        refuse(f"what {self._innermost().__name__} yields ({self.place})", value, allowed)


def without_frame(error: BaseException) -> BaseException:
    """Leave the frame of `_resume`, where all tasks fail, out of what is said of a failure."""
    traceback = error.__traceback__
    return error if traceback is None else error.with_traceback(traceback.tb_next)
