"""The runner: every cell of an experiment, in parallel, kept as it finishes, then written whole."""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import click

import simulator.drawing
from experiments import published, tables
from experiments.base import Cell, Experiment
from experiments.model import Runnable, measure_all, missing_in, unit_of
from experiments.parallel import CellsFailed, Failure, Workers
from experiments.progress import Progress, Size
from experiments.store import Store, Summary, key_of
from experiments.whole import replacing
from simulator.drawing.staging import clear_leftovers

BATCH: Final = 5
"""Runs that a worker does before it reports: what a kill can lose, and what a report costs."""

Batch = tuple[tuple[int, str], ...]
"""Replications, each with its key."""

Task = tuple[Runnable, Batch]

ALONE: Final = Workers()


def total_of(cells: Sequence[Cell], experiment: Experiment) -> Size:
    """Return how many runs and messages there are in all."""
    messages = sum(cell.scenario.messages for cell in cells) * experiment.replications
    return Size(len(cells) * experiment.replications, messages, unit_of(experiment.base))


def run(
    experiment: Experiment,
    cells: Sequence[Cell],
    *,
    store: Store,
    workers: Workers = ALONE,
    progress: Progress | None = None,
    fresh: bool = False,
) -> list[list[Summary]]:
    """Run every cell, or take it from the store; return the summaries, cell by cell.

    Args:
        experiment: For its number of replications.
        cells: What to run.
        store: Where results are kept as they come.
        workers: Who computes.
        progress: Told of each run that is done.
        fresh: Whether to run all again, whatever is in the store.

    Raises:
        CellsFailed: If some cells failed twice; the others are in the store.
    """
    keys = [
        [key_of(cell.scenario, replication) for replication in range(experiment.replications)]
        for cell in cells
    ]
    found = {} if fresh else _found(cells, keys, store)
    tasks: list[Task] = []
    for cell, cell_keys in zip(cells, keys, strict=True):
        missing = [(r, key) for r, key in enumerate(cell_keys) if key not in found]
        tasks += [(cell.scenario, batch) for batch in _batches(missing)]
    progress = progress or Progress(total_of(cells, experiment), shown=False)
    for cell, cell_keys in zip(cells, keys, strict=True):
        there = sum(key in found for key in cell_keys)
        progress.advance(there, there * cell.scenario.messages)
    failed = 0
    with closing(workers.share(measure_all, tasks)) as shared:  # stopped, it ends its workers
        for number, results in shared:
            scenario, batch = tasks[number]
            if isinstance(results, Failure):
                failed += len(batch)
                _tell_failed(scenario, batch, results)
                continue
            store.put(results)
            found.update(results)
            progress.advance(len(batch), len(batch) * scenario.messages)
    if failed:
        raise CellsFailed(failed)
    return [[found[key] for key in cell_keys] for cell_keys in keys]


def write(
    name: str,
    experiment: Experiment,
    cells: Sequence[Cell],
    runs: Sequence[Sequence[Summary]],
    folder: Path,
    *,
    languages: Sequence[str],
    command: str,
) -> Path:
    """Write the tables, figures and manifest of an experiment: all of them, or none.

    They are made beside the old ones, which then make room. Old ones that would come out the same
    are left alone, and so are files that no run wrote.

    Returns:
        The folder of the experiment.
    """
    target = folder / name
    made_from = _made_from(experiment, cells, languages, command)
    if _is_current(target, made_from):
        return target
    with replacing(target, published.own_files(target)) as staging:
        tables.write(experiment, cells, runs, staging)
        # From the tables as they were written: `pigeon figures` draws the same again.
        published.draw(name, experiment, staging, languages)
        manifest = _manifest(name, experiment, command, made_from)
        published.write_manifest(manifest, staging)
    return target


def check_writable(folder: Path) -> None:
    """Refuse a results folder that cannot be written, before anything is computed.

    What a run that was killed left there is cleared, or put back.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder):
            clear_leftovers(folder)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ValueError(
            f"--results must be a writable folder, got '{folder}': {reason}"
        ) from error


def _found(
    cells: Sequence[Cell], keys: Sequence[Sequence[str]], store: Store
) -> dict[str, Summary]:
    """Return what is in the store as it was written, with all that it should have."""
    found = {}
    for cell, cell_keys in zip(cells, keys, strict=True):
        for key in cell_keys:
            summary = store.get(key)
            if summary and not missing_in(summary, cell.scenario):
                found[key] = summary
    if store.spoilt:
        click.echo(
            f"store {store.path}: {store.spoilt} of its rows are not as pigeon wrote them, "
            "and are computed again",
            err=True,
        )
    return found


def _tell_failed(scenario: Runnable, batch: Batch, failure: Failure) -> None:
    which = ", ".join(str(replication) for replication, _ in batch)
    click.echo(f"replications {which} failed twice: {failure.why}\n{scenario.to_toml()}", err=True)


def _batches(missing: list[tuple[int, str]]) -> list[Batch]:
    return [tuple(missing[k : k + BATCH]) for k in range(0, len(missing), BATCH)]


def _made_from(
    experiment: Experiment, cells: Sequence[Cell], languages: Sequence[str], command: str
) -> str:
    """Digest all that the files depend on: the runs, and what makes tables and figures of them."""
    parts = [command, *languages, str(experiment.replications)]
    parts += [key_of(cell.scenario, 0) for cell in cells]
    parts += [f"{package} {version(package)}" for package in ("matplotlib", "pandas")]
    drawing = Path(simulator.drawing.__file__).parent
    for file in sorted((*Path(__file__).parent.rglob("*"), *drawing.rglob("*"))):
        if file.suffix in {".py", ".toml", ".mplstyle"}:
            parts.append(sha256(file.read_bytes()).hexdigest())
    return sha256("\n".join(parts).encode()).hexdigest()


def _is_current(target: Path, made_from: str) -> bool:
    """Whether a folder holds what would be written, whole."""
    try:
        manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
        return bool(manifest["made_from"] == made_from) and all(
            sha256((target / file).read_bytes()).hexdigest() == digest
            for file, digest in manifest["files"].items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _manifest(name: str, experiment: Experiment, command: str, made_from: str) -> dict[str, Any]:
    """Return what is needed to make the tables again, and to see that they are the same."""
    return {
        "experiment": name,
        "question": experiment.question,
        "command": command,
        "commit": published.commit(),
        "seed": experiment.base.seed,
        "messages": experiment.base.messages,
        "replications": experiment.replications,
        "metrics": list(experiment.metrics),
        "sweep": {path: list(axis) for path, axis in experiment.sweep.items()},
        "scenario": experiment.base.to_toml(),
        "versions": {
            "python": platform.python_version(),
            **{
                package: version(package)
                for package in ("matplotlib", "numpy", "pandas", "pigeon-sim", "scipy", "simpy")
            },
        },
        "made_from": made_from,
    }


def default_jobs() -> int:
    """Return how many processes this machine can run at once."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
