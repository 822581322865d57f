"""The schedule: the events to come, on SimPy's heap, and the loop that processes them.

What has been answered leaves nothing behind: an event for which nobody waits any more neither moves
the clock nor keeps a run alive. That is judged when its turn comes, and not before: a timer that
nobody waits for now may be yielded later, and keeps its instant. So a run is SimPy's own, event by
event, but for its end: what comes after the last event that matters stays on the heap.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from heapq import heappop, heappush
from typing import Any
from weakref import ref

import simpy
from simpy.core import EmptySchedule
from simpy.events import NORMAL

from simulator.clock import END_OF_TIME
from simulator.network.tasks import Task
from simulator.network.timers import Occurrence, Plain, Timer
from simulator.protocols.channel import Steps


class Schedule(simpy.Environment):
    """A SimPy environment that counts nanoseconds, and stops at the last event that matters.

    Attributes:
        instant_ns: The clock, in whole nanoseconds.
        push: Plans what is to happen: its instant, its phase, its turn, and itself; `at` in brief.
        turn: Returns the next turn: of what is due in one phase of an instant, the order.
    """

    def __init__(self) -> None:
        """Start at 0, with nothing to come."""
        self.instant_ns = 0
        super().__init__()
        self._lapsed: list[tuple[int, int, int, ref[Timer]]] = []
        queue: Any = self._queue
        self.push: Callable[[tuple[int, int, int, Occurrence]], None] = partial(heappush, queue)
        self.turn: Callable[[], int] = self._eid.__next__

    @property
    def _now(self) -> int:
        return self.instant_ns

    @_now.setter
    def _now(self, instant_ns: int) -> None:
        self.instant_ns = instant_ns

    def process(self, generator: Steps) -> Task:
        """Start a task: a generator that yields the events that it waits for."""
        return Task(self, generator)

    def run(self, until: simpy.Event | float | None = None) -> Any:
        """Process events.

        Args:
            until: An instant, in nanoseconds, at which the run ends, itself excluded. None: run
                until nothing that matters is left. An event: run until it happens, as in SimPy.

        Returns:
            The value of the event, if there is one.

        Raises:
            Exception: What nobody caught, with notes that say where it comes from.
        """
        self._recall()
        try:
            return self._process_events(until)
        finally:
            self._active_proc = None

    def step(self) -> None:
        """Process the next event.

        Raises:
            Exception: If it fails, and nobody copes with that: as it was raised, with notes.
        """
        if not self._queue:
            raise EmptySchedule
        item: Any = heappop(self._queue)
        self.instant_ns = item[0]
        item[3].happen()

    def at(self, instant_ns: int, phase: int, event: Occurrence) -> None:
        """Let something happen at an instant from now on, in a phase of it."""
        self.push((instant_ns, phase, self.turn(), event))

    def schedule(self, event: simpy.Event, priority: int = NORMAL, delay: float = 0) -> None:
        """Let an event happen after a delay, in whole nanoseconds: SimPy's own way to do so."""
        occurrence = event if isinstance(event, Occurrence) else Plain(event)
        self.at(self.instant_ns + round(delay), priority, occurrence)

    def is_over_now(self, phase: int) -> bool:
        """Whether nothing more is planned for this instant, up to a phase of it."""
        if not self._queue:
            return True
        instant_ns, planned, _, _ = self._queue[0]
        return instant_ns > self.instant_ns or planned > phase

    def _process_events(self, until: simpy.Event | float | None) -> Any:
        if isinstance(until, simpy.Event):
            return super().run(until)
        if until is None:
            self._run_out()
        else:
            end_ns = round(until)
            while self.peek() < end_ns:
                self.step()
            self.instant_ns = max(self.instant_ns, end_ns)
        return None

    def _run_out(self) -> None:
        """Process events until none that matters is left before the end of time."""
        queue: list[Any] = self._queue
        set_aside = []
        while queue:
            item = heappop(queue)
            instant_ns, _, _, event = item
            if instant_ns >= END_OF_TIME:
                heappush(queue, item)
                break
            if event.may_lapse and (event.is_over or not event.matters()):
                if not event.is_over:
                    set_aside.append(item)
                continue
            if set_aside:  # the clock goes on, so they are past
                heappush(queue, item)
                for past in set_aside:
                    heappush(queue, past)
                set_aside.clear()
                while queue[0] is not item:
                    self.step()
                heappop(queue)
            self.instant_ns = instant_ns
            event.happen()
        for item in set_aside:
            self._set_aside(item)

    def _set_aside(self, item: Any) -> None:
        """Keep what is left at the end of a run, for as long as anybody could still wait for it."""
        event = item[3]
        if type(event) is Timer:
            instant, phase, number, _ = item
            self._lapsed.append((instant, phase, number, ref(event)))
        else:
            heappush(self._queue, item)

    def _recall(self) -> None:
        """Put back what was set aside, and somebody has kept."""
        for instant, phase, number, reference in self._lapsed:
            event = reference()
            if event is not None:
                item: Any = (instant, phase, number, event)
                heappush(self._queue, item)
        self._lapsed.clear()
