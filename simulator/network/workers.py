"""Workers: how many handlers of a node run at once, and how many messages wait for one.

It is the queue of the textbooks: M/M/c, and M/M/c/K where the backlog is bounded.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from simulator.network.gauge import Gauge
from simulator.validation import integer, refuse

if TYPE_CHECKING:
    import simpy


class Workers:
    """Workers, and the backlog that waits for them, first come, first served.

    Attributes:
        workers: How many handlers run at once at most. None: no limit.
        backlog: How many messages may wait for a worker; more are refused. None: no limit.
        busy: How many handlers run.
        waiting: How many messages wait for a worker.
    """

    def __init__(
        self, env: simpy.Environment, workers: int | None = None, backlog: int | None = None
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
        self._env = env
        self._backlog: deque[Callable[[], None]] = deque()
        self._is_taking = False

    @property
    def is_full(self) -> bool:
        """Whether no worker is free, and as many messages wait as may."""
        return self.backlog is not None and not (self.is_free or self.waiting.value < self.backlog)

    @property
    def is_free(self) -> bool:
        """Whether a worker is free."""
        return self.workers is None or self.busy.value < self.workers

    def admit(self, begin: Callable[[], None]) -> None:
        """Let work begin as soon as a worker is free; it is to tell `free_worker` of its end."""
        if self.is_free:
            self.busy.add(1)
            begin()
        else:
            self._backlog.append(begin)
            self.waiting.add(1)

    def free_worker(self) -> None:
        """Let the worker of what has ended take what waits, or rest."""
        if not self._backlog or self._is_taking:
            self.busy.add(-1)
            return  # if some calls up the loop below is at work, it goes on
        self._is_taking = True
        begin = self._take_next()
        begin()  # it may end at once, and free its worker again
        while self._backlog and self.is_free:
            self.busy.add(1)
            begin = self._take_next()
            begin()
        self._is_taking = False

    def _take_next(self) -> Callable[[], None]:
        self.waiting.add(-1)
        return self._backlog.popleft()

    def drop_all(self) -> None:
        """Forget what is being done, and what waits."""
        self._backlog.clear()
        self.busy.add(-self.busy.value)
        self.waiting.add(-self.waiting.value)
