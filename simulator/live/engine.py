"""The live engine: it starts the processes of a run, watches them, and reads what they wrote."""

from __future__ import annotations

import io
import json
import os
import queue
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from simulator.clock import SECOND, to_seconds
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

KEPT: Final = 50
"""Lines of what a process complains of that are kept, to say what it died of."""

LOOK: Final = 0.05
"""Seconds between two words on how far a run is."""


def run(
    scenario: Scenario,
    *,
    replication: int = 0,
    longest: float | None = LONGEST,
    port: int = 0,
    tell: Callable[[float], object] | None = None,
) -> LiveRun:
    """Run a scenario for real.

    Args:
        scenario: What to run.
        replication: Which repetition.
        longest: Refuse what takes more seconds than this. None: nothing.
        port: The port of the proxy, to look at it with other tools. 0: one that is free.
        tell: Called now and then with how far it is, in seconds of the scenario. None: nobody is.

    Raises:
        EndlessRun: If it could never end.
        NotLive: If this engine cannot run it, naming each reason.
        LiveFailed: If one of its processes ends before its time.
        ValueError: If the port is not free.
    """
    scenario.check_that_it_ends()
    reasons = refusals(scenario)
    if not reasons and longest is not None:
        with redirect_stdout(io.StringIO()):  # what is printed there is not of the live run
            seconds = duration(scenario, replication, longest=longest)
        if seconds > longest:
            reasons.append(
                f"it takes {seconds:.0f} s or more, and more than {longest:g} s must be asked for: "
                "--long, or simulator.live.run(…, longest=None)"
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
            processes.watch(tell or (lambda _: None))
        finally:
            processes.end()
        journals = {name: list(read(processes.journal(name))) for name in (*ROLES, "proxy")}
        return merge(journals, scenario, replication)


def duration(scenario: Scenario, replication: int = 0, *, longest: float = float("inf")) -> float:
    """Return how long a scenario takes, in seconds of its own clock.

    Args:
        scenario: The scenario.
        replication: Which repetition.
        longest: If messages are created after so many seconds, when the first of them is.

    Raises:
        EndlessRun: If it could never end.
    """
    scenario.check_that_it_ends()
    blocks = []
    for times in creation_blocks(scenario, replication):
        after = times[times > longest * SECOND]
        if len(after):
            return to_seconds(int(after[0]))
        blocks.append(times)
    net = Network(scenario.seed, replication=replication, trace=False, adversary=scenario.adversary)
    play(scenario, net, blocks)
    return net.now


def is_killed(status: int | None) -> bool:
    """Whether a process that ended with a status was killed, rather than ending by itself."""
    return status is not None and (status < 0 or (os.name == "nt" and status == signal.SIGTERM))


class Processes:
    """The processes of a live run, each with a thread of ours that listens to it."""

    def __init__(self, scenario: Scenario, replication: int, folder: Path, port: int) -> None:
        """Start none yet."""
        self._folder = folder
        self._port = port
        self._lives = {role: len(lives) for role, lives in lives_of(scenario).items()}
        common = {"token": secrets.token_hex(8), "replication": replication}
        self._setup = {"scenario": pack(scenario), **common}
        self._running: list[subprocess.Popen[str]] = []
        self._listeners: list[threading.Thread] = []
        self._said: queue.Queue[dict[str, Any]] = queue.Queue()

    def journal(self, name: str) -> Path:
        """Return where a process writes what it does."""
        return self._folder / f"{name}.jsonl"

    def start(self) -> None:
        """Start them all: the proxy, and every life of both peers."""
        self._start("proxy", 0, port=self._port)
        port = self._hear("port", PATIENCE)
        if port["port"] is None:
            refuse("port", self._port, f"one that is free ({port['error']})")
        for role in ROLES:
            for life in range(self._lives[role]):
                self._start(role, life, proxy=port["port"])

    def watch(self, tell: Callable[[float], object]) -> None:
        """Wait until the run is over."""
        self._hear("epoch", PATIENCE)
        begun = time.monotonic()
        while self._hear("over", LOOK, at_most=True) is None:
            tell(time.monotonic() - begun)

    def end(self) -> None:
        """End all that still run."""
        for process in self._running:
            process.kill()
        for listener in self._listeners:
            listener.join()
        while not self._said.empty():
            _show(self._said.get())

    def _start(self, role: str, life: int, **setup: Any) -> None:
        places = [place or str(Path.cwd()) for place in sys.path]
        process = subprocess.Popen(
            (sys.executable, "-P", "-m", "simulator.live.child"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(places)},
            encoding="utf-8",
            errors="replace",
        )
        self._running.append(process)
        listener = threading.Thread(target=self._listen, args=(process, role, life), daemon=True)
        self._listeners.append(listener)
        listener.start()
        journal = str(self.journal(role))
        words = {**self._setup, **setup, "role": role, "life": life, "journal": journal}
        with suppress(BrokenPipeError):  # it has ended already: its listener says so
            assert process.stdin is not None  # noqa: S101 - a pipe
            process.stdin.write(json.dumps(words) + "\n")
            process.stdin.flush()

    def _listen(self, process: subprocess.Popen[str], role: str, life: int) -> None:
        """Pass on what a process says, and how it ends.

        It is waited for here, where no signal comes: one that came while Popen looks for the end of
        a process would leave a lock of its own locked.
        """
        with process:
            assert process.stdout is not None  # noqa: S101 - a pipe
            assert process.stderr is not None  # noqa: S101 - a pipe
            complaints: deque[str] = deque(maxlen=KEPT)
            reader = threading.Thread(target=complaints.extend, args=(process.stderr,))
            reader.start()
            for line in process.stdout:
                self._said.put(_words(line))
            reader.join()
            status = process.wait()
        if role == "proxy" and status == 0:
            self._said.put({"over": True})
        is_to_be_killed = role != "proxy" and life < self._lives[role] - 1
        if status and not (is_to_be_killed and is_killed(status)):
            told = [line for line in complaints if line.strip()]
            why = told[-1].strip() if told else f"status {status}"
            why = why if told or status > 0 else f"signal {-status}"
            self._said.put({"failed": f"the live run's {role} ended before its time: {why}"})

    def _hear(self, what: str, seconds: float, *, at_most: bool = False) -> Any:
        """Return what a process says, once it does; or None after so many seconds at most.

        Raises:
            LiveFailed: If a process ends before its time; or if nothing is said in time, where
                that is not allowed.
        """
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            with suppress(queue.Empty):
                said = self._said.get(timeout=left)
                if "failed" in said:
                    raise LiveFailed(said["failed"])
                _show(said)
                if what in said:
                    return said
        if at_most:
            return None
        raise LiveFailed(f"the processes of a live run were not ready within {seconds:g} s")


def _words(line: str) -> dict[str, Any]:
    """Read what a process says; what is no line of ours was printed, by code that is not Python."""
    with suppress(ValueError):
        words = json.loads(line)
        if isinstance(words, dict):
            return words
    return {"printed": line}


def _show(words: dict[str, Any]) -> None:
    """Print what a student's own code has printed in a process, as a simulation would."""
    print(words.get("printed", ""), end="")  # noqa: T201 - it was to be printed
