"""The processes of a host: they run until they end by themselves, or a crash ends them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import simpy

from simulator.errors import Crashed
from simulator.network.timers import Phase, Timer, defuse

if TYPE_CHECKING:
    from simulator.network.guarantee import Steps


class Processes:
    """Processes that end together when their host crashes."""

    def __init__(self, env: simpy.Environment, host: str) -> None:
        """Start with none, at the host of that name."""
        self._env = env
        self._host = host
        self._crashes = 0
        self._running: dict[simpy.Process, None] = {}  # a set would forget their order

    def start(self, steps: Steps) -> simpy.Process:
        """Start one."""
        process = self._env.process(self._until_crash(steps, self._crashes))
        self._running[process] = None
        process.callbacks.append(lambda _: self._running.pop(process, None))
        return process

    def end_all(self) -> None:
        """End them: who waits for one gets `Crashed`."""
        self._crashes += 1
        for process in self._running:
            if process.is_alive:
                defuse(process)
                self._end(process)
        self._running.clear()

    def _end(self, process: simpy.Process) -> None:
        if process is not self._env.active_process:
            process.interrupt("crash")
            return
        # It has crashed its own host. What runs cannot be interrupted: it ends where it next waits.
        wait = Timer(self._env, 0, Phase.BREAK)
        wait.callbacks.append(lambda _: self._end(process) if process.is_alive else None)

    def _until_crash(self, steps: Steps, crashes: int) -> Steps:
        if crashes != self._crashes:
            steps.close()
            raise Crashed(f"{self._host} crashed before this process had begun")
        try:
            return (yield from steps)
        except simpy.Interrupt:
            if crashes == self._crashes:
                raise
            raise Crashed(f"{self._host} crashed") from None
