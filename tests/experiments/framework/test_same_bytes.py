"""The same seed gives the same bytes: whatever the workers, and after a kill on the way."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from experiments.cli.program import main

RUN = ["run", "delivery_guarantees", "--quick", "--lang", "en"]
RUN += ["--messages", "50000"]  # long enough to be killed on the way
RUN += ["--set", "link.loss=0:0.6:0.3"]
RUNS = 3 * (2 + 2 * 3) * 3  # losses, guarantees with their retry policies, replications


def start(folder, *more):
    return subprocess.Popen(
        [sys.executable, "-m", "experiments", *RUN, "--results", str(folder), *more],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finish(process):
    _, said = process.communicate()
    assert process.returncode == 0, said
    return said


def run_here(folder, *more):
    """Run it in this process, which has all that it needs loaded."""
    with pytest.raises(SystemExit) as ended:
        main([*RUN, "--results", str(folder), "--jobs", "1", *more])
    assert ended.value.code == 0


def tables_and_drawings(folder):
    files = sorted(p for p in folder.rglob("*") if p.suffix in {".csv", ".svg", ".txt"})
    return {path.relative_to(folder): path.read_bytes() for path in files}


def cells(folder):
    path = folder / ".cells.sqlite"
    if not path.exists():
        return 0
    base = sqlite3.connect(path, timeout=60)
    try:
        return base.execute("SELECT count(*) FROM cell").fetchone()[0]
    except sqlite3.OperationalError:  # its table is not there yet
        return 0
    finally:
        base.close()


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("one_job")
    run_here(folder)
    found = tables_and_drawings(folder)
    assert len(found) == 8  # two tables, two figures in two themes, with their texts
    return found


def test_two_workers_write_the_same_bytes_as_one(uninterrupted, tmp_path):
    finish(start(tmp_path, "--jobs", "2"))
    assert tables_and_drawings(tmp_path) == uninterrupted


def test_a_dask_cluster_writes_the_same_bytes(uninterrupted, tmp_path):
    pytest.importorskip("distributed")
    finish(start(tmp_path, "--jobs", "2", "--backend", "dask"))
    assert tables_and_drawings(tmp_path) == uninterrupted


def test_a_worker_killed_in_mid_sweep_costs_nothing_but_time(uninterrupted, tmp_path):
    process = start(tmp_path, "--jobs", "2")
    while cells(tmp_path) < 5:
        assert process.poll() is None, "it ended before a worker could be killed"
        time.sleep(0.01)
    os.kill(max(workers_of(process.pid)), signal.SIGKILL)
    finish(process)
    assert tables_and_drawings(tmp_path) == uninterrupted


def workers_of(parent):
    """The processes that compute for one, found by what they run."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_text()
            above = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except (OSError, ValueError):
            continue
        if above == parent and "loky" in command and "resource_tracker" not in command:
            found.append(int(folder.name))
    return found


def test_a_run_killed_on_the_way_resumes_and_ends_with_the_same_bytes(uninterrupted, tmp_path):
    first = start(tmp_path, "--jobs", "2")
    while cells(tmp_path) < 10:
        assert first.poll() is None, "it ended before it could be killed"
        time.sleep(0.01)
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    kept = cells(tmp_path)
    assert 10 <= kept < RUNS
    assert tables_and_drawings(tmp_path) == {}  # nothing half-written
    said = finish(start(tmp_path, "--jobs", "2"))
    assert f"{RUNS} of {RUNS} runs" in said
    assert tables_and_drawings(tmp_path) == uninterrupted


def test_another_seed_writes_other_numbers(uninterrupted, tmp_path):
    run_here(tmp_path, "--seed", "2", "--set", "link.loss=0.3:0.3:0.3")
    [data] = [path for path in uninterrupted if path.name == "data.csv"]
    header, *others = (tmp_path / data).read_text().splitlines()
    mine = uninterrupted[data].decode().splitlines()
    assert mine[0] == header
    assert len(others) == RUNS / 3
    assert not set(others) & set(mine)
