"""What the experiments measured, looked up in their tables."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from experiments import catalogue
from experiments.framework.axis import ABSENT, Key
from experiments.framework.experiment import QUICK_REPLICATIONS
from experiments.framework.tables import read_csv


@dataclass(frozen=True, slots=True)
class Measure:
    """A mean over replications, with its interval at 95 %, and what theory says (NaN: nothing).

    Attributes:
        quick: Half the width that the interval of a `--quick` run has, about.
    """

    mean: float
    low: float
    high: float
    theory: float
    replications: int
    quick: float = 0.0


class Tables:
    """The published tables: `measured("two_generals", "both", loss=0.3, messengers=1, stages=2)`.

    An axis is named by its last step: `loss` is "link.loss".
    """

    def __init__(self, results: Path) -> None:
        """Look in that folder of results."""
        self.results = results
        self._tables: dict[str, pd.DataFrame] = {}

    def __call__(self, experiment: str, metric: str, **where: Key) -> Measure:
        """Return what was measured at one cell.

        Raises:
            ValueError: If the table has no such cell, or more than one.
        """
        rows = self._rows(experiment, metric, where)
        if len(rows) != 1:
            cell = ", ".join(f"{axis}={key}" for axis, key in where.items())
            raise ValueError(
                f"{self._path(experiment)} must have one cell of {metric} at {cell}, "
                f"got {len(rows)}; `pigeon run {experiment}` makes the table"
            )
        row = rows.iloc[0]
        mean, low, high, theory = (float(row[name]) for name in ("mean", "low", "high", "theory"))
        replications, its = int(row["replications"]), catalogue.load(experiment)
        larger = replications * its.base.messages / (QUICK_REPLICATIONS * its.quick_messages)
        quick = (high - low) / 2 * math.sqrt(larger)
        return Measure(mean, low, high, theory, replications, quick)

    def over(self, experiment: str, metric: str, axis: str, **where: Key) -> dict[Key, Measure]:
        """Return what was measured along an axis, by its keys, in the order of the table."""
        keys = self._rows(experiment, metric, where)[self._axis(experiment, axis)].unique().tolist()
        return {key: self(experiment, metric, **where, **{axis: key}) for key in keys}

    def _rows(self, experiment: str, metric: str, where: dict[str, Key]) -> pd.DataFrame:
        """Return the rows of some cells. A scenario without an axis is at each of its keys."""
        rows = self._table(experiment)
        rows = rows[rows["metric"] == metric]
        for axis, key in where.items():
            rows = rows[rows[self._axis(experiment, axis)].isin([key, ABSENT])]
        return rows

    def _axis(self, experiment: str, name: str) -> str:
        columns = [*map(str, self._table(experiment))]
        axes = columns[: columns.index("metric")]
        for axis in axes:
            if axis.rpartition(".")[2] == name:
                return axis
        raise ValueError(f"{self._path(experiment)} must have an axis {name}, got {axes}")

    def _table(self, experiment: str) -> pd.DataFrame:
        if experiment not in self._tables:
            path = self._path(experiment)
            if not path.exists():
                raise ValueError(
                    f"{path} is not there: `pigeon run {experiment} --results {self.results}` "
                    "makes it"
                )
            self._tables[experiment] = read_csv(catalogue.load(experiment), path)
        return self._tables[experiment]

    def _path(self, experiment: str) -> Path:
        return self.results / experiment / "summary.csv"


def least(measures: dict[Key, Measure], among: Collection[Key] | None = None) -> Key:
    """Return the key of the smallest mean."""
    return min(among or measures, key=lambda key: measures[key].mean)


def most(measures: dict[Key, Measure], among: Collection[Key] | None = None) -> Key:
    """Return the key of the largest mean."""
    return max(among or measures, key=lambda key: measures[key].mean)


def first(measures: dict[Key, Measure], fits: Callable[[float], bool]) -> Key:
    """Return the first key along the axis whose mean fits.

    Raises:
        ValueError: If none does.
    """
    for key, measure in measures.items():
        if fits(measure.mean):
            return key
    raise ValueError(f"a measurement must fit what a page asks for, got none among {[*measures]}")


def claim(said: str, holds: bool) -> None:  # noqa: FBT001 - reads as a sentence
    """Refuse to say in words what the tables do not show.

    Raises:
        ValueError: If it does not hold.
    """
    if not holds:
        raise ValueError(f'the results must show what the pages say, "{said}", and they do not')
