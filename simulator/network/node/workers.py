"""Workers: how many handlers of a node run at once, and how many messages wait for one.

It is the queue of the textbooks: M/M/c, and M/M/c/K where the backlog is bounded. A delivery by a
broker needs a place of its subscription as well as a worker; it waits for both until it expires.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from simulator.clock import END_OF_TIME
from simulator.network.gauge import Gauge
from simulator.network.timers import Phase, Revocable
from simulator.validation import integer, refuse

if TYPE_CHECKING:
    from simulator.network.schedule import Schedule


@dataclass(frozen=True, slots=True, eq=False)
class Prefetch:
    """How a node takes the deliveries of one subscription.

    Attributes:
        places: How many of their handlings run at once at most.
        visibility_ns: How long after it was sent a delivery may begin, in nanoseconds.
    """

    places: int
    visibility_ns: int


class Work(Protocol):
    """Work for a worker.

    Attributes:
        prefetch: Of a delivery by a broker, whose places it needs one of; else None.
        is_waiting: Whether it waits in the backlog.
    """

    prefetch: Prefetch | None
    is_waiting: bool

    def begin(self) -> None:
        """Begin, now that a worker is free; what takes time is to `occupy` and `free` it."""

    def expire(self) -> None:
        """Note that it did not begin in time, and never will."""


class Expiry(Revocable):
    """The end of the time in which waiting work may begin."""

    __slots__ = ("_work", "_workers")

    def __init__(self, workers: Workers, work: Work) -> None:
        """Make it; it is to be scheduled."""
        self._workers = workers
        self._work = work

    def happen(self) -> None:
        """Take the work off the backlog."""
        self._workers.expire(self._work)

    def matters(self) -> bool:
        """Whether anything would come of it: nothing that anybody waits for."""
        return False

    @property
    def is_over(self) -> bool:
        """Whether the work waits no more."""
        return not self._work.is_waiting


class Workers:
    """Workers, and the backlog that waits for them, first come, first served.

    Work that waits for a place of its subscription does not hold up what comes after it.

    Attributes:
        most: How many handlers run at once at most. None: no limit.
        backlog: How many messages may wait to be handled; more are refused. None: no limit.
        busy: How many handlers run.
        waiting: How many messages wait to be handled.
    """

    def __init__(self, env: Schedule, most: int | None = None, backlog: int | None = None) -> None:
        """Start with nothing to do."""
        if most is not None:
            allowed = "a whole number at least 1, or None for no limit"
            most = integer("Network.node.workers", most, low=1, allowed=allowed)
        if backlog is not None:
            allowed = "a whole number at least 0, or None for no limit"
            backlog = integer("Network.node.backlog", backlog, low=0, allowed=allowed)
            if most is None:
                refuse("Network.node.backlog", backlog, "None where workers is: nothing ever waits")
        self.most = most
        self.backlog = backlog
        self.busy = Gauge(env)
        self.waiting = Gauge(env)
        self._env = env
        self._backlog: deque[Work] = deque()
        self._running: Counter[Prefetch] = Counter()
        self._is_taking = False

    def has_room_for(self, prefetch: Prefetch | None) -> bool:
        """Whether work would begin at once, or may wait."""
        may_wait = self.backlog is None or self.waiting.value < self.backlog
        return may_wait or self.has_free(prefetch)

    def has_free(self, prefetch: Prefetch | None) -> bool:
        """Whether a worker is free, and a place of the subscription, where work needs one."""
        if self.most is not None and self.busy.value >= self.most:
            return False
        return prefetch is None or self._running.get(prefetch, 0) < prefetch.places

    def admit(self, work: Work) -> None:
        """Let work begin as soon as it can."""
        if self.has_free(work.prefetch):
            work.begin()
        else:
            self.wait(work)

    def wait(self, work: Work, expires_ns: int = END_OF_TIME) -> None:
        """Let work wait until it can begin, or expires."""
        if expires_ns < self._env.instant_ns:
            work.expire()
            return
        work.is_waiting = True
        self._backlog.append(work)
        self.waiting.add(1)
        if expires_ns < END_OF_TIME:
            self._env.at(expires_ns, Phase.TIMER, Expiry(self, work))

    def occupy(self, prefetch: Prefetch | None = None) -> None:
        """Occupy a worker, and a place of the subscription: what began takes time."""
        if prefetch is not None:
            self._running[prefetch] += 1
        self.busy.add(1)

    def free(self, prefetch: Prefetch | None = None) -> None:
        """Let the worker of what has ended, and its place, take what waits, or rest."""
        if prefetch is not None:
            self._running[prefetch] -= 1
        self.busy.add(-1)
        if not self._backlog or self._is_taking:
            return  # some calls up, the loop below may be at work, and goes on
        self._is_taking = True
        try:
            while self.has_free(None) and (work := self._next()) is not None:
                work.is_waiting = False
                self.waiting.add(-1)
                work.begin()  # it may end at once, and free its worker again
        finally:
            self._is_taking = False

    def drop_all(self) -> None:
        """Forget what is being done, and what waits."""
        for work in self._backlog:
            work.is_waiting = False
        self._backlog.clear()
        self._running.clear()
        self.busy.add(-self.busy.value)
        self.waiting.add(-self.waiting.value)

    def _next(self) -> Work | None:
        """Take the first work that has a place off the backlog."""
        backlog = self._backlog
        if backlog and backlog[0].prefetch is None:
            return backlog.popleft()
        for index, work in enumerate(backlog):
            if self.has_free(work.prefetch):
                del backlog[index]
                return work
        return None

    def expire(self, work: Work) -> None:
        """Give up work that has not begun in time."""
        if work.is_waiting:
            self._backlog.remove(work)
            work.is_waiting = False
            self.waiting.add(-1)
            work.expire()
