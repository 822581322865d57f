"""How long a person waits: two workers beside one, the published experiment, the slider."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks.contenders import w1
from experiments.catalogue import delivery_guarantees
from experiments.framework import runner
from experiments.framework.large import simulate_large
from experiments.framework.parallel import Workers
from experiments.framework.store import Store
from experiments.interactive.guarantees import Picture, scenario_of
from simulator import simulate


def sweep(jobs: int, messages: int) -> float:
    """Return the seconds that the sweep of `delivery_guarantees` takes so many processes."""
    experiment = delivery_guarantees.EXPERIMENT
    experiment = experiment.replace(base=experiment.base.replace("messages", messages))
    cells = experiment.cells()
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "store") as store:
        began = perf_counter()
        runner.run(experiment, cells, store=store, workers=Workers(jobs=jobs))
        return perf_counter() - began


def one_scenario(jobs: int, messages: int) -> float:
    """Return the seconds that one large scenario takes so many processes."""
    began = perf_counter()
    simulate_large(w1(messages), Workers(jobs=jobs))
    return perf_counter() - began


def published(*, quick: bool) -> float:
    """Return the seconds that `pigeon run delivery_guarantees` takes, start to figures."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "experiments", "run", "delivery_guarantees"]
        command += ["--jobs", "2", "--fresh", "--results", folder] + ["--quick"] * quick
        began = perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        return perf_counter() - began


def slider(messages: int, moves: int) -> tuple[float, float]:
    """Return the median seconds from a move of the slider to the picture, and the longest."""
    picture = Picture()
    times = []
    for move in range(moves):
        began = perf_counter()
        picture.show(simulate(scenario_of(loss=0.9 * move / moves, messages=messages)))
        picture._repr_png_()
        times.append(perf_counter() - began)
    return median(times), max(times)
