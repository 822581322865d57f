"""A run is killed at any moment, or a worker of it: the next one ends with the same bytes.

`PIGEON_KILLS=100 pytest -m slow -n 4 -rP tests/experiments/framework/test_kills.py` kills a hundred
times, half of them a worker, stops a fifth as often by SIGTERM, and shows what happened. By
default, ten and two.
"""

import os
import random
import signal
import time
from collections import Counter

import pytest

from tests.experiments.interrupted import (
    SMALL,
    all_end,
    finish,
    hidden,
    processes,
    shared,
    start,
    tables,
    workers,
)

KILLS = int(os.environ.get("PIGEON_KILLS", "10"))
PLAN = ["process", "worker"] * (KILLS // 2) + ["terminate"] * (KILLS // 5)
PARTS = 4
"""How many may go at the same time."""


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_after_any_kill_the_next_run_ends_with_the_same_bytes_and_nothing_is_left(part, tmp_path):
    whole = tmp_path / "whole"
    began = time.monotonic()
    finish(start(SMALL, whole))
    lasts, expected = time.monotonic() - began, tables(whole)
    assert set(expected) == {"data.csv", "summary.csv"}
    moments = random.Random(part)  # noqa: S311 - any moments
    happened, found = Counter(), Counter()
    for number, kind in enumerate(PLAN[part::PARTS]):
        folder = tmp_path / str(number)
        process = start(SMALL, folder)
        seen = interrupt(process, kind, moments.uniform(0.1, 1.0) * lasts)
        _, said = process.communicate()
        assert all_end(process.pid), (kind, processes(process.pid))
        happened[kind, process.returncode] += 1
        if kind == "worker":
            assert process.returncode == 0, said
            assert "Traceback" not in said, said
            assert tables(folder) == expected
        elif kind == "terminate" and process.returncode != -signal.SIGTERM:  # it was still starting
            assert process.returncode in {0, 143}, said
            assert "Traceback" not in said, said
            assert not hidden(folder)
        found[kind, "left something hidden"] += bool(hidden(folder))
        found[kind, "had written nothing"] += not tables(folder)
        again = start(SMALL, folder)
        finish(again)
        assert tables(folder) == expected
        assert sorted(path.name for path in folder.iterdir()) == [".cells.sqlite", "timeouts"]
        assert all_end(again.pid)
        assert not shared([*seen, process.pid, again.pid])
    print(f"one run lasts {lasts:.1f} s", *happened.items(), *found.items(), sep="\n")  # noqa: T201 - see above


def interrupt(process, kind, moment):
    """Interrupt a run, or a worker of it, at a moment; return the processes it had."""
    time.sleep(moment)
    if kind == "worker":
        while process.poll() is None and not workers(process.pid):
            time.sleep(0.01)
        for worker in workers(process.pid)[-1:]:
            os.kill(worker, signal.SIGKILL)
        return processes(process.pid)
    seen = processes(process.pid)
    process.send_signal(signal.SIGKILL if kind == "process" else signal.SIGTERM)
    return seen
