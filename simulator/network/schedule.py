"""The schedule: the events to come, on SimPy's heap, and the loop that processes them.

What has been answered leaves nothing behind: an event for which nobody waits any more neither moves
the clock nor keeps a run alive. That is judged when its turn comes, and not before: a timer that
nobody waits for now may be yielded later, and keeps its instant. So a run is SimPy's own, event by
event, but for its end: what comes after the last event that matters stays on the heap.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import Any
from weakref import ref

import simpy
from simpy.core import EmptySchedule
from simpy.events import EventPriority

from simulator.clock import END_OF_TIME
from simulator.network.failures import uncaught
from simulator.network.tasks import Steps, Task
from simulator.network.timers import Occurrence, Phase, Revocable, Timer


class Schedule(simpy.Environment):
    """A SimPy environment that counts nanoseconds, and stops at the last event that matters."""

    def __init__(self) -> None:
        """Start at 0, with nothing to come."""
        super().__init__()
        self._lapsed: list[tuple[int, EventPriority, int, ref[Timer]]] = []

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
        self._now, _, _, event = heappop(self._queue)
        if isinstance(event, Occurrence):
            event.happen()
            return
        callbacks, event.callbacks = event.callbacks, None  # type: ignore[assignment]
        for callback in callbacks:
            callback(event)
        if not event._ok and not event.defused:
            raise uncaught(event)

    def at(self, instant_ns: int, phase: Phase, occurrence: Occurrence) -> None:
        """Let something happen at an instant from now on, in a phase of it."""
        heappush(self._queue, (instant_ns, phase, next(self._eid), occurrence))  # type: ignore[misc]

    def _process_events(self, until: simpy.Event | float | None) -> Any:
        if isinstance(until, simpy.Event):
            return super().run(until)
        if until is None:
            self._run_out()
        else:
            while self.peek() < until:
                self.step()
            self._now = max(self._now, until)
        return None

    def _run_out(self) -> None:
        """Process events until none that matters is left before the end of time."""
        queue, step = self._queue, self.step
        set_aside = []
        while queue and queue[0][0] < END_OF_TIME:
            head = queue[0]
            event = head[3]
            if isinstance(event, Revocable) and not event.matters():
                heappop(queue)
                if not event.is_over:
                    set_aside.append(head)
                continue
            if set_aside:  # the clock goes on, so they are past
                for item in set_aside:
                    heappush(queue, item)
                set_aside.clear()
                while queue[0] is not head:
                    step()
            step()
        for item in set_aside:
            self._set_aside(item)

    def _set_aside(self, item: tuple[Any, EventPriority, int, simpy.Event]) -> None:
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
                heappush(self._queue, (instant, phase, number, event))
        self._lapsed.clear()
