"""The live schedule: what is planned, and how late the machine has made it.

Timers keep the instants for which they are planned, however late the machine wakes up: a retry is
sent a timeout after the attempt before it, not a timeout after that was noticed. What arrives has
the instant at which it did, and a timer that goes off after it is no earlier. By how much anything
is later than on a machine without delays passes on to all that it causes.
"""

from __future__ import annotations

from heapq import heappop
from typing import Any

from simulator.network.schedule import Schedule
from simulator.network.timers import Occurrence


class LiveSchedule(Schedule):
    """A schedule that goes by the time of a machine.

    Attributes:
        late_ns: By how much the machine has delayed what happens now.
    """

    def __init__(self) -> None:
        """Start with nothing to come."""
        super().__init__()
        self.late_ns = 0
        self._lateness: dict[int, int] = {}  # by turn, of what is not on time
        put = self.push

        def push(item: tuple[int, int, int, Occurrence]) -> None:
            if self.late_ns:
                self._lateness[item[2]] = self.late_ns
            put(item)

        self.push = push

    def next_place(self) -> tuple[int, int, int] | None:
        """Return when the next event is due: its instant, phase and turn. None: nothing is."""
        queue: list[Any] = self._queue
        return queue[0][:3] if queue else None

    def happen_next(self) -> int:
        """Let the next event happen at the instant for which it is planned.

        Returns:
            The instant at which it would have happened on a machine without delays.
        """
        item: Any = heappop(self._queue)
        instant_ns, _, turn, event = item
        ideal_ns: int = instant_ns - self._lateness.pop(turn, 0)
        self.instant_ns = max(instant_ns, self.instant_ns)
        self.late_ns = self.instant_ns - ideal_ns
        event.happen()
        self.late_ns = 0
        return ideal_ns

    @property
    def pending_ns(self) -> int:
        """By how much the machine has delayed what is planned, at most."""
        return max(self._lateness.values(), default=0)

    def let_in(self, arrival: Occurrence, now_ns: int, late_ns: int) -> None:
        """Let something happen that comes from outside, now."""
        self.instant_ns = now_ns
        self.late_ns = late_ns
        arrival.happen()
        self.late_ns = 0

    def has_more(self, end_ns: int) -> bool:
        """Whether anything that matters is still to come before an end."""
        queue: list[Any] = self._queue
        return any(
            instant_ns < end_ns and not (event.may_lapse and (event.is_over or not event.matters()))
            for instant_ns, _, _, event in queue
        )
