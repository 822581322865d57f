"""The runner: every cell of an experiment, in parallel, kept as it finishes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import closing
from typing import Final

import click

from experiments.framework.experiment import Cell, Experiment
from experiments.framework.model import Runnable, measure_all, missing_in, unit_of
from experiments.framework.parallel import CellsFailed, Failure, Workers
from experiments.framework.progress import Progress, Size
from experiments.framework.store import Store, Summary, key_of

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


def default_jobs() -> int:
    """Return how many processes this machine can run at once."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
