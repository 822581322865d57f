"""A live run that cannot go on says so in one line, and leaves no process behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from simulator import (
    AtLeastOnce,
    Constant,
    Link,
    LiveFailed,
    Periodic,
    Retry,
    Scenario,
)
from simulator.live import compare, predict, run
from simulator.live.datagram import ANSWER, Datagram
from tests.simulator.live.own import SaysSo

SCENARIO = Scenario(
    guarantee=AtLeastOnce(retry=Retry(timeout=0.2)),
    link=Link(delay=Constant(0.02), loss=0.1),
    workload=Periodic(interval=0.01),
    messages=200,
)


@pytest.fixture
def started(monkeypatch):
    """All processes that live runs start."""
    found = []

    class Noted(subprocess.Popen):
        def __init__(self, *args, **settings):
            super().__init__(*args, **settings)
            found.append(self)

    monkeypatch.setattr(subprocess, "Popen", Noted)
    yield found
    assert found
    assert all(process.poll() is not None for process in found)


@pytest.mark.parametrize("role", ["proxy", "sender", "receiver"])
def test_a_process_that_is_killed_ends_the_run(started, role):
    place = ["proxy", "sender", "receiver"].index(role)

    def kill(seconds):
        if seconds > 0.2:
            started[place].kill()

    with pytest.raises(
        LiveFailed, match=rf"^the live run's {role} ended before its time: \w+ \d+$"
    ):
        run(SCENARIO, tell=kill)


def test_ctrl_c_ends_all(started):
    def interrupt(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(SCENARIO, tell=interrupt)


@pytest.mark.usefixtures("started")
def test_a_port_in_use_is_named():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(
            ValueError, match=rf"^port must be one that is free \(.*in use.*\), got {port}$"
        ):
            run(SCENARIO, port=port)


def a_free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def test_a_free_port_is_taken(started):
    port = a_free_port()
    seen = []

    def look(_):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as another:
            try:
                another.bind(("127.0.0.1", port))
            except OSError:
                seen.append(port)

    run(SCENARIO, port=port, tell=look)
    assert seen


def test_what_a_students_guarantee_prints_is_printed(capfd):
    scenario = Scenario(guarantee=SaysSo(after=0.05), link=Link(delay=Constant(0.01)), messages=3)
    run(scenario)
    said = capfd.readouterr()
    lines = said.out.splitlines()
    assert sorted(lines) == sorted(["{'over': True}"] * 6 + [f"reçu {k}" for k in (0, 1, 2)] * 2)
    assert not said.err


def test_strangers_on_the_port_are_not_listened_to():
    port = a_free_port()
    forged = Datagram(ANSWER, 0, 1, 0, 0, 0, 0).to_bytes()

    def disturb(_):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            for data in (b"hello", b"\xff\x00", b"{}", b"[]", b'{"stop": true}', forged):
                stranger.sendto(data, ("127.0.0.1", port))

    found = run(SCENARIO, port=port, tell=disturb)
    fates = compare(found, predict(SCENARIO))
    assert not fates.different
    assert not fates.mislaid.any()


PROCESSES = Path("/proc")
needs_proc = pytest.mark.skipif(not PROCESSES.is_dir(), reason="it looks for processes in /proc")
PROGRAM = """
from simulator.live import compare, predict, run
from simulator.live.datagram import ANSWER, Datagram
from tests.simulator.live.own import SaysSo
from tests.simulator.live.test_endings import SCENARIO
print("begun", flush=True)
run(SCENARIO.replace("messages", 2000))
"""


def processes_with(mark):
    """Return the processes of this machine that have a mark in their environment."""
    found = []
    for process in PROCESSES.glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile, or is not ours
            if mark.encode() in (process / "environ").read_bytes():
                found.append(int(process.name))
    return found


def left_after(kill, delay, mark):
    """Start a run, end it after a while, and return the processes that are left."""
    program = subprocess.Popen(
        (sys.executable, "-c", PROGRAM),
        env={**os.environ, "PIGEON_TEST_MARK": mark},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert program.stdout is not None
    with program.stdout as said:
        said.readline()
        time.sleep(delay)
        kill(program)
        program.wait()
    until = time.monotonic() + 10
    while (left := processes_with(mark)) and time.monotonic() < until:
        time.sleep(0.05)
    return left


ENDINGS = {
    "killed": lambda program: program.kill(),
    "interrupted": lambda program: program.send_signal(signal.SIGINT),
    "terminated": lambda program: program.terminate(),
}


@needs_proc
@pytest.mark.parametrize("ending", ENDINGS)
def test_no_process_is_left_whoever_ends_it(ending):
    assert not left_after(ENDINGS[ending], 2.0, f"pigeon-{ending}-{os.getpid()}")


@pytest.mark.slow
@needs_proc
@pytest.mark.parametrize("ten", range(10))
def test_no_process_is_left_a_hundred_times(ten):
    for number in range(ten, 100, 10):
        kill = list(ENDINGS.values())[number % 3]
        assert not left_after(kill, number * 0.04, f"pigeon-{number}-{os.getpid()}")
