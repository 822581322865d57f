"""The live engine: it starts the processes of a run, watches them, and reads what they wrote."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Final

from simulator.engines.creation import creation_blocks
from simulator.engines.discrete_event import play
from simulator.errors import LiveFailed, NotLive
from simulator.live.journal import read
from simulator.live.lives import ROLES, lives_of
from simulator.live.merging import LiveRun, merge
from simulator.live.packing import pack
from simulator.live.refusals import refusals
from simulator.network import Network
from simulator.scenario import Scenario
from simulator.validation import refuse

LONGEST: Final = 60.0
"""Seconds of a scenario beyond which one has to ask for it: they pass like those of a clock."""

PATIENCE: Final = 60.0
"""Seconds within which all processes are to be ready, on a machine that is very busy."""

LOOK: Final = 0.05
"""Seconds between two looks at the processes."""


def run(
    scenario: Scenario,
    *,
    replication: int = 0,
    longest: float | None = LONGEST,
    port: int = 0,
    tell: Callable[[float], object] = lambda _: None,
) -> LiveRun:
    """Run a scenario for real.

    Args:
        scenario: What to run.
        replication: Which repetition.
        longest: Refuse what takes more seconds than this. None: nothing.
        port: The port of the proxy, to look at it with other tools. 0: one that is free.
        tell: Called now and then with how far it is, in seconds of the scenario.

    Raises:
        NotLive: If this engine cannot run it, naming each reason.
        LiveFailed: If one of its processes ends before its time.
        ValueError: If the port is not free.
    """
    reasons = refusals(scenario)
    if not reasons and longest is not None:
        seconds = duration(scenario, replication)
        if seconds > longest:
            reasons.append(
                f"it takes {seconds:.0f} s, and more than {longest:g} s have to be asked for"
            )
    if reasons:
        raise NotLive(
            f'engine="live" cannot run this scenario ({"; ".join(reasons)}); '
            'use engine="discrete-event"'
        )
    with TemporaryDirectory(prefix="pigeon-live-", ignore_cleanup_errors=True) as folder:
        processes = Processes(scenario, replication, Path(folder), port)
        try:
            processes.start()
            processes.watch(tell)
        finally:
            processes.end()
        journals = {name: list(read(processes.journal(name))) for name in (*ROLES, "proxy")}
        return merge(journals, scenario, replication)


def duration(scenario: Scenario, replication: int = 0) -> float:
    """Return how long a scenario takes, in seconds of its own clock."""
    net = Network(scenario.seed, replication=replication, trace=False, adversary=scenario.adversary)
    play(scenario, net, creation_blocks(scenario, replication))
    return net.now


def is_killed(status: int | None) -> bool:
    """Whether a process that ended with a status was killed, rather than ending by itself."""
    return status is not None and (status < 0 or (os.name == "nt" and status == signal.SIGTERM))


class Processes:
    """The processes of a live run."""

    def __init__(self, scenario: Scenario, replication: int, folder: Path, port: int) -> None:
        """Start none yet."""
        self._folder = folder
        self._port = port
        self._lives = {role: len(lives) for role, lives in lives_of(scenario).items()}
        self._setup = {"scenario": pack(scenario), "replication": replication}
        self._running: dict[tuple[str, int], subprocess.Popen[str]] = {}
        self._said: queue.Queue[dict[str, Any]] = queue.Queue()
        self._started = time.monotonic()

    def journal(self, name: str) -> Path:
        """Return where a process writes what it does."""
        return self._folder / f"{name}.jsonl"

    def start(self) -> None:
        """Start them all: the proxy, and every life of both peers."""
        self._start("proxy", 0, port=self._port)
        heard = self._hear(lambda said: "port" in said)
        if heard["port"] is None:
            refuse("port", self._port, f"one that is free ({heard['error']})")
        for role in ROLES:
            for life in range(self._lives[role]):
                self._start(role, life, proxy=heard["port"], life=life)

    def watch(self, tell: Callable[[float], object]) -> None:
        """Wait until the run is over."""
        self._hear(lambda said: "epoch" in said)
        begun = time.monotonic()
        while self._running["proxy", 0].poll() is None:
            self._check()
            tell(time.monotonic() - begun)
            time.sleep(LOOK)
        self._check()
        for (role, life), process in self._running.items():
            if role != "proxy" and life == self._lives[role] - 1:
                with suppress(subprocess.TimeoutExpired):  # one that was killed last is gone
                    process.wait(timeout=1.0)

    def end(self) -> None:
        """End all that still run."""
        for process in self._running.values():
            process.kill()
        for process in self._running.values():
            process.wait()
            for stream in (process.stdin, process.stdout, process.stderr):
                with suppress(OSError):  # what it had not read
                    assert stream is not None  # noqa: S101 - all three are pipes
                    stream.close()

    def _start(self, role: str, number: int, **setup: Any) -> None:
        places = [place or str(Path.cwd()) for place in sys.path]
        process = subprocess.Popen(
            (sys.executable, "-P", "-m", "simulator.live.child"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(places)},
            text=True,
        )
        self._running[role, number] = process
        words = {**self._setup, **setup, "role": role, "journal": str(self.journal(role))}
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 - pipes
        with suppress(BrokenPipeError):  # it has ended already: `_check` says so
            process.stdin.write(json.dumps(words) + "\n")
            process.stdin.flush()
        threading.Thread(target=self._listen, args=(process.stdout,), daemon=True).start()

    def _listen(self, lines: IO[str]) -> None:
        with suppress(ValueError):  # it is closed at the end
            for line in lines:
                self._said.put(json.loads(line))

    def _hear(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return what a process says, once it does."""
        while time.monotonic() < self._started + PATIENCE:
            self._check()
            with suppress(queue.Empty):
                said = self._said.get(timeout=LOOK)
                if wanted(said):
                    return said
        raise LiveFailed(f"the processes of a live run were not ready within {PATIENCE:g} s")

    def _check(self) -> None:
        """Raise what a process died of, unless it was to be killed."""
        for (role, life), process in self._running.items():
            status = process.poll()
            is_to_die = role != "proxy" and life < self._lives[role] - 1 and is_killed(status)
            if status in {None, 0} or is_to_die:
                continue
            assert process.stderr is not None  # noqa: S101 - a pipe
            told = process.stderr.read().strip().splitlines()
            why = told[-1] if told else f"status {status}" if status > 0 else f"signal {-status}"
            raise LiveFailed(f"the live run's {role} ended before its time: {why}")
