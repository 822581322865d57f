"""Ctrl-C and SIGTERM stop with one line, keep what is done, and leave nothing else behind."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from experiments.cli.program import main
from experiments.framework.stopping import Stopping
from tests.experiments.interrupted import (
    SMALL,
    all_end,
    finish,
    hidden,
    processes,
    start,
    wait_until,
    workers,
)

LONG = ["run", "delivery_guarantees", "--quick", "--messages", "20000", "--jobs", "2"]
RESULTS = Path(__file__).parents[3] / "results"
GOES_ON = "pigeon: error: stopped; the same command goes on where this one was"


def cells(folder):
    try:
        base = sqlite3.connect(f"file:{folder}/.cells.sqlite?mode=ro", uri=True, timeout=60)
        with base:
            (found,) = base.execute("SELECT count(*) FROM cell").fetchone()
        base.close()
    except sqlite3.OperationalError:  # it is not there yet
        return 0
    return found


def stopped(process, status, folder):
    """Check how a run ended that was stopped."""
    _, said = process.communicate()
    assert process.returncode == status, said
    assert said.splitlines()[-1] == GOES_ON
    assert "Traceback" not in said
    assert "Warning" not in said
    assert all_end(process.pid), processes(process.pid)
    assert not hidden(folder)
    assert not (folder / "delivery_guarantees").exists()


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_in_mid_sweep_keeps_what_is_done(tmp_path, number, status):
    process = start(LONG, tmp_path)
    wait_until(lambda: cells(tmp_path) > 20)
    for _ in range(3):  # as `timeout` and a hurried hand do
        os.killpg(process.pid, number)
        time.sleep(0.05)
    stopped(process, status, tmp_path)
    assert cells(tmp_path) > 20


@pytest.mark.parametrize("pause", [0, 0.1, 0.4])
def test_control_c_while_workers_start_shows_nothing_of_theirs(tmp_path, pause):
    process = start(LONG, tmp_path)
    wait_until(lambda: workers(process.pid))
    time.sleep(pause)
    os.killpg(process.pid, signal.SIGINT)
    stopped(process, 130, tmp_path)


def test_workers_without_work_end_with_their_parent_though_it_is_killed(tmp_path):
    process = start(SMALL, tmp_path)
    wait_until(
        lambda: [name for name in hidden(tmp_path) if name.startswith(".timeouts")]
    )  # it draws, and they wait
    assert workers(process.pid)
    process.kill()
    process.communicate()
    assert all_end(process.pid, seconds=10.0), processes(process.pid)


def test_a_cluster_that_was_made_here_ends_with_the_run(tmp_path):
    pytest.importorskip("distributed")
    process = start([*LONG, "--backend", "dask"], tmp_path)
    wait_until(lambda: cells(tmp_path) > 20)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate()
    assert process.returncode == 143, said
    assert GOES_ON in said
    assert all_end(process.pid), processes(process.pid)
    assert not hidden(tmp_path)


def test_control_c_is_ignored_where_it_was_as_behind_a_shell_s_ampersand(tmp_path):
    arguments = ["run", "timeouts", "--messages", "20", "--replications", "2", "--lang", "en"]
    arguments += ["--set", "link.loss=0.1,0.2", "--set", "guarantee.retry.timeout=1"]
    process = start([*arguments, "--jobs", "2"], tmp_path, ignored=[signal.SIGINT])
    wait_until(lambda: workers(process.pid))
    os.killpg(process.pid, signal.SIGINT)
    finish(process)


def test_two_runs_at_once_in_one_folder_both_end_well(tmp_path):
    arguments = ["run", "timeouts", "--quick", "--messages", "20000", "--jobs", "1"]
    arguments += ["--set", "link.loss=0.1,0.3", "--lang", "en"]
    for process in [start(arguments, tmp_path) for _ in range(2)]:
        finish(process)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".cells.sqlite", "timeouts"]


INTERRUPTED = {
    "run": (
        ["run", "timeouts", "--messages", "20", "--replications", "2", "--results", "."],
        "experiments.figures.plotting.draw",
    ),
    "play": (["play"], "simulator.drawing.player.Player.save"),
    "diagram": (["diagram", "--out", "a.mmd", "--out", "b.svg"], "experiments.figures.svg.save"),
    "stories": (["stories", "--out", "."], "experiments.figures.svg.save"),
    "minimize": (
        ["minimize", "deduplication_window", "--out", "."],
        "experiments.figures.svg.save",
    ),
    "kit": (["kit", "--lang", "en", "--out", "kit"], "experiments.course.book.write_quiz"),
}


@pytest.mark.parametrize(("arguments", "place"), INTERRUPTED.values(), ids=INTERRUPTED)
def test_an_interrupt_while_something_is_written_leaves_nothing_half_written(
    arguments, place, tmp_path, monkeypatch, capsys
):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(place, interrupted)
    if arguments[0] == "kit":
        arguments = [*arguments, "--results", str(RESULTS)]
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 130
    assert capsys.readouterr().err.splitlines()[-1].startswith("pigeon: error: stopped; ")
    left = [path.name for path in tmp_path.iterdir() if path.name != ".cells.sqlite"]
    whole = ["request_response.en.mmd", "request_response.en.txt"]  # a story's files are one by one
    assert sorted(left) == (whole if arguments[0] == "stories" else [])


def test_a_signal_in_the_last_moment_of_a_process_is_too_late():
    program = """
import atexit, signal, sys
import experiments.cli.program as program
atexit.register(signal.raise_signal, signal.SIGTERM)
sys.argv = ["pigeon", "list"]
program.main()
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_an_interrupt_that_nothing_could_catch_is_raised_again():
    program = """
import signal, time
from experiments.framework.stopping import STOPPING

class Gone:
    def __del__(self):
        signal.raise_signal(signal.SIGTERM)

STOPPING.answer_signals()
try:
    Gone()
    time.sleep(5)
except KeyboardInterrupt:
    print("stopped")
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("stopped\n", "")


def test_an_import_is_not_interrupted_and_what_comes_after_it_is(tmp_path, monkeypatch):
    (tmp_path / "imported_slowly.py").write_text(
        "import signal, time\nsignal.raise_signal(signal.SIGTERM)\ntime.sleep(0.1)\ndone = True\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    numbers = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM]
    before = {number: signal.getsignal(number) for number in numbers}
    stopping = Stopping()
    found = []
    try:
        stopping.answer_signals()
        with pytest.raises(KeyboardInterrupt):  # noqa: PT012 - the moment is not known
            import imported_slowly  # type: ignore[import-not-found]  # noqa: PLC0415 - made above

            found.append(imported_slowly.done)
            time.sleep(5)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert found == [True]
    assert stopping.status == 143


@pytest.mark.parametrize("number", [None, signal.SIGINT])
def test_a_thread_that_a_stop_takes_its_work_from_says_nothing(number, capsys):
    """One of loky's may find the work gone; else what a thread raises is shown."""
    stopping = Stopping()
    stopping.number = number
    error = KeyError(1)
    stopping._of_a_thread(
        threading.ExceptHookArgs((KeyError, error, None, threading.current_thread()))
    )
    assert ("KeyError" in capsys.readouterr().err) == (number is None)
