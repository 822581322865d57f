"""The processes of a host: they run until they end by themselves, or a crash ends them all."""

from __future__ import annotations

from inspect import GEN_CREATED, getgeneratorstate
from typing import TYPE_CHECKING, Any

import simpy

from simulator.errors import Crashed
from simulator.network.tasks import Task
from simulator.network.timers import Phase, Timer, defuse
from simulator.protocols.channel import Steps

if TYPE_CHECKING:
    from simulator.network.schedule import Schedule


class HostTask(Task):
    """A task at a host: a crash of the host ends it, and who waits for it gets `Crashed`."""

    __slots__ = ("_processes",)

    def __init__(self, processes: Processes, steps: Steps) -> None:
        """Start it at this instant, once what runs now waits."""
        self._processes = processes
        processes.running[self] = True
        super().__init__(processes.env, steps)

    def _end(self, *, ok: bool, value: Any) -> None:
        was_running = self._processes.running.pop(self, False)  # a crash has taken it off
        if not ok and not was_running and isinstance(value, simpy.Interrupt):
            value = Crashed(f"{self._processes.host} crashed")
        super()._end(ok=ok, value=value)

    def crash(self) -> None:
        """End it, now that its host has crashed."""
        if self is self.env.active_process:
            # It has crashed its own host. What runs cannot be interrupted: it ends where it next
            # waits.
            wait = Timer(self.env, 0, Phase.BREAK)
            wait.callbacks.append(lambda _: self.crash() if self.is_alive else None)
        elif getgeneratorstate(self._generator) == GEN_CREATED:
            self._target.callbacks.remove(self._resume)
            self._generator.close()
            crashed = f"{self._processes.host} crashed before this process had begun"
            self._end(ok=False, value=Crashed(crashed))
        else:
            self.interrupt("crash")


class Processes:
    """Processes that end together when their host crashes.

    Attributes:
        env: The schedule.
        host: The name of the host.
        running: Those that run, in the order in which they were started.
    """

    def __init__(self, env: Schedule, host: str) -> None:
        """Start with none."""
        self.env = env
        self.host = host
        self.running: dict[HostTask, bool] = {}  # a set would forget their order

    def end_all(self) -> list[HostTask]:
        """End them, and return them: who waits for one gets `Crashed`."""
        running = list(self.running)
        self.running.clear()
        for task in running:
            defuse(task)
            task.crash()
        return running
