"""Runs of the command line to interrupt, and what they leave: files, processes, shared memory."""

import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SMALL = ["run", "timeouts", "--quick", "--jobs", "2", "--lang", "en", "--set", "link.loss=0.1,0.2"]


def start(arguments, folder, ignored=()):
    """Start the program in a session of its own, which is how its processes are found."""

    def prepare():
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN if number in ignored else signal.SIG_DFL)

    return subprocess.Popen(
        [sys.executable, "-m", "experiments", *arguments, "--results", str(folder)],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=prepare,  # noqa: PLW1509 - no threads here
    )


def finish(process):
    _, said = process.communicate()
    assert process.returncode == 0, said
    return said


def tables(folder):
    return {path.name: path.read_bytes() for path in folder.glob("[!.]*/*.csv")}


def hidden(folder):
    """What is hidden in a folder of results, but for the store."""
    return [path.name for path in folder.glob(".*") if path.name != ".cells.sqlite"]


def processes(session):
    """The living processes of a session, with their commands."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, _, _, itself = (folder / "stat").read_text().rsplit(")", 1)[1].split()[:4]
            command = (folder / "cmdline").read_text()
        except OSError:
            continue
        if int(itself) == session and state != "Z":
            found[int(folder.name)] = command
    return found


def workers(session):
    return [pid for pid, command in processes(session).items() if "popen_loky" in command]


def wait_until(fact, seconds=60.0):
    """Wait for a fact, and return it."""
    end = time.monotonic() + seconds
    while not (value := fact()):
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.01)
    return value


def all_end(session, seconds=20.0):
    """Whether every process of a session ends by itself."""
    end = time.monotonic() + seconds
    while processes(session) and time.monotonic() < end:
        time.sleep(0.05)
    return not processes(session)


def shared(pids):
    """What processes left in shared memory and among temporary files: joblib names them by id."""
    places = [Path("/dev/shm"), Path(tempfile.gettempdir())]  # noqa: S108 - it is Linux's name
    return [
        path.name
        for place in places
        if place.is_dir()
        for path in place.iterdir()
        if any(f"loky-{pid}-" in path.name or f"folder_{pid}_" in path.name for pid in pids)
    ]
