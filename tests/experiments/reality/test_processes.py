"""Programs that are started are read, killed, and stopped at the end, whatever happens."""

import os
import signal
import subprocess
import sys
import time

import pytest

from experiments.reality import processes
from experiments.reality.processes import Processes
from tests.experiments.interrupted import all_end, wait_until
from tests.experiments.interrupted import processes as processes_of

ENDLESS = [sys.executable, "-c", "import time; print('up'); time.sleep(3600)"]


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("error", [None, ValueError, KeyboardInterrupt])
def test_none_is_left_at_the_end_whatever_happens(error):
    def use():
        with Processes() as started:
            pids.extend(started.start(ENDLESS).pid for _ in range(2))
            folders.append(started.folder)
            assert all(map(is_alive, pids))
            if error is not None:
                raise error

    pids, folders = [], []
    if error is None:
        use()
    else:
        with pytest.raises(error):
            use()
    assert not any(map(is_alive, pids))
    assert not folders[0].exists()


def test_what_a_killed_program_has_said_is_still_there():
    with Processes() as started:
        process = started.start(ENDLESS)
        process.said("up\n")
        process.kill()
        assert process.output == "up\n"


@pytest.mark.parametrize(
    ("program", "wait", "why"),
    [
        ("raise OSError('no port')", lambda one: one.said("up"), "did not print 'up': OSError: no"),
        ("print('up')", lambda one: one.said("up", 2), "did not print 'up': no error"),
        ("raise SystemExit('full')", lambda one: one.end(), "ended with 1: full"),
        ("import time; time.sleep(3600)", lambda one: one.said("up"), "did not print 'up'"),
    ],
)
def test_a_program_that_does_not_do_what_is_waited_for_says_why(program, wait, why, monkeypatch):
    if "sleep" in program:
        monkeypatch.setattr(processes, "PATIENCE", 0.2)
    with Processes() as started, pytest.raises(OSError, match=why):
        wait(started.start([sys.executable, "-c", program]))


def interrupted(number, seconds, name):
    """Send a measurement a signal once its programs run; return what it says."""
    measured = subprocess.Popen(
        [sys.executable, "-m", "experiments", "measure", name],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    wait_until(lambda: len(processes_of(measured.pid)) > 1)
    time.sleep(seconds)
    measured.send_signal(number)
    said, errors = measured.communicate()
    assert all_end(measured.pid, seconds=0.5)
    assert measured.returncode == 128 + number
    return (said + errors).strip()  # click ends the line of ^C


def test_ctrl_c_leaves_no_process_and_says_one_line():
    said = interrupted(signal.SIGINT, 0.1, "queue")
    assert said == "pigeon: error: stopped; nothing is left half-written"


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.05, 0.3, 0.6, 1.0, 2.0, 3.0])
def test_at_whatever_moment_it_comes(number, seconds):
    pytest.importorskip("requests")
    said = interrupted(number, seconds, "http")
    assert said == "pigeon: error: stopped; nothing is left half-written"
