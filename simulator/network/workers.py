"""Workers: how many handlers of a node run at once, and how many messages wait for one.

It is the queue of the textbooks: M/M/c, and M/M/c/K where the backlog is bounded. A delivery by a
broker needs a place of its subscription as well as a worker; it waits for both until it expires.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.clock import END_OF_TIME
from simulator.network.gauge import Gauge
from simulator.network.timers import Phase, Timer, now_ns
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


@dataclass(slots=True, eq=False)
class Work:
    """Work that waits in the backlog.

    Attributes:
        begin: Called when it begins.
        prefetch: Of a delivery, whose places it needs one of.
        expire: Called if it does not begin in time.
        is_waiting: Whether it still waits.
    """

    begin: Callable[[], None]
    prefetch: Prefetch | None
    expire: Callable[[], None] | None
    is_waiting: bool = True


class Expiry(Timer):
    """The end of the time in which waiting work may begin."""

    def __init__(self, env: Schedule, work: Work, delay_ns: int) -> None:
        """Schedule it."""
        super().__init__(env, delay_ns, Phase.TIMER)
        self._work = work

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
        workers: How many handlers run at once at most. None: no limit.
        backlog: How many messages may wait to be handled; more are refused. None: no limit.
        busy: How many handlers run.
        waiting: How many messages wait to be handled.
    """

    def __init__(
        self, env: Schedule, workers: int | None = None, backlog: int | None = None
    ) -> None:
        """Start with nothing to do."""
        if workers is not None:
            allowed = "a whole number at least 1, or None for no limit"
            workers = integer("Network.node.workers", workers, low=1, allowed=allowed)
        if backlog is not None:
            allowed = "a whole number at least 0, or None for no limit"
            backlog = integer("Network.node.backlog", backlog, low=0, allowed=allowed)
            if workers is None:
                refuse("Network.node.backlog", backlog, "None where workers is: nothing ever waits")
        self.workers = workers
        self.backlog = backlog
        self.busy = Gauge(env)
        self.waiting = Gauge(env)
        self.env = env
        self._backlog: deque[Work] = deque()
        self._running: Counter[Prefetch] = Counter()
        self._is_taking = False

    @property
    def is_full(self) -> bool:
        """Whether no worker is free, and as many messages wait as may."""
        return self.backlog is not None and not self.has_room_for(None)

    @property
    def is_free(self) -> bool:
        """Whether a worker is free."""
        return self.workers is None or self.busy.value < self.workers

    def has_room_for(self, prefetch: Prefetch | None) -> bool:
        """Whether work would begin at once, or may wait."""
        may_wait = self.backlog is None or self.waiting.value < self.backlog
        return may_wait or (self.is_free and self._has_place(prefetch))

    def admit(
        self,
        begin: Callable[[], None],
        prefetch: Prefetch | None = None,
        expires_ns: int = END_OF_TIME,
        expire: Callable[[], None] | None = None,
    ) -> None:
        """Let work begin as soon as it can, and `free_worker` be called at its end.

        Args:
            begin: Called when a worker is free and, of a delivery, its subscription has a place.
            prefetch: Of a delivery, whose places it needs one of.
            expires_ns: How long it may wait: to this instant, in nanoseconds. Then it does not
                begin any more, and is not answered.
            expire: Called if it does not begin in time.
        """
        if self.is_free and self._has_place(prefetch):
            self._take_place(prefetch)
            self.busy.add(1)
            begin()
            return
        delay_ns = expires_ns - now_ns(self.env)
        if delay_ns < 0:
            if expire is not None:
                expire()
            return
        work = Work(begin, prefetch, expire)
        self._backlog.append(work)
        self.waiting.add(1)
        if expires_ns < END_OF_TIME:
            expiry = Expiry(self.env, work, delay_ns)
            expiry.callbacks.append(lambda _: self._expire(work))

    def free_worker(self, prefetch: Prefetch | None = None) -> None:
        """Let the worker of what has ended, and its place, take what waits, or rest."""
        if prefetch is not None:
            self._running[prefetch] -= 1
        if self._is_taking:
            self.busy.add(-1)
            return  # some calls up, the loop below is at work, and goes on
        work = self._next() if self._backlog else None
        if work is None:
            self.busy.add(-1)
            return
        self._is_taking = True
        work.begin()  # it may end at once, and free its worker again
        while self.is_free and (work := self._next()) is not None:
            self.busy.add(1)
            work.begin()
        self._is_taking = False

    def _has_place(self, prefetch: Prefetch | None) -> bool:
        return prefetch is None or self._running[prefetch] < prefetch.places

    def _take_place(self, prefetch: Prefetch | None) -> None:
        if prefetch is not None:
            self._running[prefetch] += 1

    def _next(self) -> Work | None:
        """Take the first work that has a place off the backlog."""
        for index, work in enumerate(self._backlog):
            if self._has_place(work.prefetch):
                del self._backlog[index]
                self._end_waiting(work)
                self._take_place(work.prefetch)
                return work
        return None

    def _expire(self, work: Work) -> None:
        if work.is_waiting:
            self._backlog.remove(work)
            self._end_waiting(work)
            if work.expire is not None:
                work.expire()

    def _end_waiting(self, work: Work) -> None:
        work.is_waiting = False
        self.waiting.add(-1)

    def drop_all(self) -> None:
        """Forget what is being done, and what waits."""
        for work in self._backlog:
            work.is_waiting = False
        self._backlog.clear()
        self._running.clear()
        self.busy.add(-self.busy.value)
        self.waiting.add(-self.waiting.value)
