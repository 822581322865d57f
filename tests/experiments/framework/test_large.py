"""One scenario shared among workers gives the bits of one process."""

import subprocess
import sys

import pytest

from experiments.framework import large
from experiments.framework.parallel import Workers
from simulator import AtLeastOnce, Exponential, GilbertElliott, Link, Poisson, Scenario, simulate

SCENARIO = Scenario(
    guarantee=AtLeastOnce(),
    link=Link(delay=Exponential(mean=0.05), loss=0.2),
    workload=Poisson(rate=100),
    messages=900_000,
    horizon=8_000.0,
)


@pytest.mark.parametrize(
    "workers", [Workers(), Workers(jobs=2), Workers(jobs=2, backend="dask")], ids=str
)
def test_any_workers_give_the_bits_of_one_run(workers, monkeypatch):
    if workers.backend == "dask":
        pytest.importorskip("distributed")
    monkeypatch.setattr(large, "PART", 2)
    alone = simulate(SCENARIO, keep="summary")
    shared = large.simulate_large(SCENARIO, workers)
    assert repr(shared.summary) == repr(alone.summary)
    assert shared.tally.latency == alone.tally.latency
    assert shared.links == alone.links
    assert shared.verdict.status == alone.verdict.status == "undecided"


def test_what_must_go_event_by_event_is_run_so():
    link = Link(loss=GilbertElliott.from_rate(rate=0.2, burst=3))
    outcome = large.simulate_large(Scenario(link=link, messages=500), Workers(jobs=2))
    assert outcome.engine == "discrete-event"


def pigeon(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "experiments", "simulate", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_prints_the_metrics_of_a_file(tmp_path):
    file = tmp_path / "scenario.toml"
    file.write_text(SCENARIO.to_toml(), encoding="utf-8")
    done = pigeon(str(file), "--messages", "1000", "--seed", "3", "--jobs", "1")
    assert done.returncode == 0, done.stderr
    expected = simulate(SCENARIO.replace("messages", 1000).replace("seed", 3), keep="summary")
    printed = dict(line.split()[:2] for line in done.stdout.splitlines())
    assert printed.pop("verdict") == expected.verdict.status
    assert printed == {name: f"{value:.9g}" for name, value in expected.summary.items()}


def test_the_command_refuses_a_bad_file_in_one_line(tmp_path):
    file = tmp_path / "scenario.toml"
    file.write_text("[link]\nloss = 2.0\n", encoding="utf-8")
    done = pigeon(str(file))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "loss" in done.stderr
