"""A driver: it does something each time that a workload says so."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any

import simpy
from simpy.events import URGENT

from simulator.callables import synchronous
from simulator.network.failures import say_where_it_left
from simulator.network.timers import Occurrence, Phase

if TYPE_CHECKING:
    from simulator.network.node.host import Host
    from simulator.network.schedule import Schedule


class Driver(Occurrence):
    """Does something at instants, while a host is up.

    Attributes:
        done: Happens when all is done.
    """

    __slots__ = ("_action", "_env", "_host", "_instants_ns", "_number", "done")

    def __init__(
        self, host: Host, instants_ns: Iterator[int], action: Callable[[int], Any]
    ) -> None:
        """Wait for the first instant.

        Args:
            host: At whose place; nothing is done while it is down.
            instants_ns: When, rising, from now on.
            action: Called with 0, 1, 2, …: what to do. A generator that it returns is run as a
                process of the host.
        """
        self.done = simpy.Event(host.env)
        self._env: Schedule = host.env
        self._host = host
        self._instants_ns = instants_ns
        self._action = action
        self._number = -1
        self._env.at(self._env.instant_ns, URGENT, self)  # as a process begins

    def happen(self) -> None:
        """Do it once more, and wait for the next instant."""
        number = self._number
        self._number += 1
        if number >= 0 and self._host.is_up:
            try:
                result = self._action(number)
                if result is not None:
                    self._take_time(result)
            except Exception as error:
                say_where_it_left(error)
                raise
        instant_ns = next(self._instants_ns, None)
        if instant_ns is None:
            self.done.succeed()
        else:
            self._env.push((instant_ns, Phase.DATA, self._env.turn(), self))

    def _take_time(self, result: Any) -> None:
        if isinstance(result, Generator):
            self._host.process(result)
        else:
            synchronous("the result of Node.drive.action", result, "a generator or a value")
