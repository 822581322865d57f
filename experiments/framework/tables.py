"""Tables: what the runs of an experiment gave, run by run and summarized."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from experiments.framework.experiment import Cell, Experiment
from experiments.framework.figure import Differences, Lines, Timeline
from experiments.framework.model import Model
from simulator.statistics import paired_difference, t_interval

DIGITS = "%.10g"
"""Tables are written to 10 significant digits; what the last bits of a float do is not shown."""

Summaries = Sequence[Sequence[dict[str, Any]]]


class Tables(NamedTuple):
    """What the figures of an experiment are drawn from: its published tables; see `read`."""

    summary: pd.DataFrame
    differences: pd.DataFrame | None = None
    series: pd.DataFrame | None = None

    def of(self, panel: Lines) -> pd.DataFrame:
        """Return the table that a panel shows."""
        table = self.summary
        if isinstance(panel, Timeline | Differences):
            shown = self.series if isinstance(panel, Timeline) else self.differences
            assert shown is not None  # noqa: S101 - Experiment holds that
            table = shown
        return table


def data_table(experiment: Experiment, cells: Sequence[Cell], runs: Summaries) -> pd.DataFrame:
    """Return one row a cell and replication: the axes, `replication`, the metrics."""
    rows = [
        [*cell.keys, replication, *(run[metric] for metric in experiment.metrics)]
        for cell, replications in zip(cells, runs, strict=True)
        for replication, run in enumerate(replications)
    ]
    return _frame(rows, [*experiment.sweep, "replication", *experiment.metrics])


def summary_table(experiment: Experiment, cells: Sequence[Cell], runs: Summaries) -> pd.DataFrame:
    """Return one row a cell and metric: mean, 95 % interval over replications, theory if any."""
    rows = []
    for cell, replications in zip(cells, runs, strict=True):
        for metric in experiment.metrics:
            interval = t_interval([run[metric] for run in replications])
            closed_form = experiment.theory.get(metric)
            expected = float("nan") if closed_form is None else closed_form(cell.scenario)
            rows.append([*cell.keys, metric, len(replications), *interval, expected])
    columns = [*experiment.sweep, "metric", "replications", "mean", "low", "high", "theory"]
    return _frame(rows, columns)


def difference_table(
    experiment: Experiment, cells: Sequence[Cell], runs: Summaries
) -> pd.DataFrame | None:
    """Return one row a cell and metric: how far it is from the baseline, and how surely.

    Cells met the same draws, replication by replication, so they are compared in pairs.
    """
    if experiment.compare is None:
        return None
    at = list(experiment.sweep).index(experiment.compare.axis)
    baseline = experiment.compare.baseline
    by_keys = {cell.keys: replications for cell, replications in zip(cells, runs, strict=True)}
    rows = []
    for keys, replications in by_keys.items():
        with_baseline = by_keys.get((*keys[:at], baseline, *keys[at + 1 :]))
        if keys[at] == baseline or with_baseline is None:
            continue
        for metric in experiment.metrics:
            ours = [run[metric] for run in replications]
            interval = paired_difference(ours, [run[metric] for run in with_baseline])
            rows.append([*keys, metric, len(replications), *interval])
    return _frame(rows, [*experiment.sweep, "metric", "replications", "mean", "low", "high"])


def series_table(
    experiment: Experiment, cells: Sequence[Cell], runs: Summaries
) -> pd.DataFrame | None:
    """Return one row a cell, series and instant: mean and 95 % interval over replications."""
    if not experiment.series:
        return None
    rows = []
    for cell, replications in zip(cells, runs, strict=True):
        assert isinstance(cell.scenario, Model)  # noqa: S101 - only a model has series
        for name in experiment.series:
            for k, time in enumerate(cell.scenario.times):
                interval = t_interval([run[name][k] for run in replications])
                rows.append([*cell.keys, name, time, len(replications), *interval])
    columns = [*experiment.sweep, "metric", "time", "replications", "mean", "low", "high"]
    return _frame(rows, columns)


def write(experiment: Experiment, cells: Sequence[Cell], runs: Summaries, folder: Path) -> None:
    """Write every table that an experiment has."""
    made = {
        "data": data_table(experiment, cells, runs),
        "summary": summary_table(experiment, cells, runs),
        "differences": difference_table(experiment, cells, runs),
        "series": series_table(experiment, cells, runs),
    }
    for name, table in made.items():
        if table is not None:
            write_csv(table, folder / f"{name}.csv")


def read(experiment: Experiment, folder: Path) -> Tables:
    """Read back what the figures are drawn from, as it was written.

    Raises:
        ValueError: If a table is not there, or lacks a column.
    """
    return Tables(
        read_csv(experiment, folder / "summary.csv"),
        read_csv(experiment, folder / "differences.csv") if experiment.compare else None,
        read_csv(experiment, folder / "series.csv") if experiment.series else None,
    )


def read_csv(experiment: Experiment, path: Path) -> pd.DataFrame:
    """Read a table, with the keys of the axes as the experiment has them.

    Raises:
        ValueError: If it is not there, or lacks a column.
    """
    if not path.is_file():
        raise ValueError(f"{path.parent} must hold {path.name}: run the experiment first")
    texts = dict.fromkeys(experiment.sweep, str)
    try:
        table = pd.read_csv(path, dtype=texts, keep_default_na=False, na_values=[""])
        for axis, keys in experiment.sweep.items():
            known = {key if isinstance(key, str) else DIGITS % key: key for key in keys}
            table[axis] = [known.get(key, key) for key in table[axis]]
        return table.astype(dict.fromkeys(("mean", "low", "high"), float))
    except (KeyError, ValueError) as error:
        raise ValueError(f"{path} must be a table that pigeon wrote: {error}") from error


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table, the same bytes on every system."""
    table.to_csv(path, index=False, float_format=DIGITS, lineterminator="\n", encoding="utf-8")


def _frame(rows: Sequence[Sequence[object]], columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=pd.Index(columns))
