"""What the experiments measured, looked up in their tables."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from experiments.framework.axis import ABSENT, Key

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Measure:
    """A mean over replications, with its interval at 95 %, and what theory says (NaN: nothing)."""

    mean: float
    low: float
    high: float
    theory: float
    replications: int


class Tables:
    """The published tables: `measured("two_generals", "both", loss=0.3, messengers=1, stages=2)`.

    An axis is named by its last step: `loss` is "link.loss".
    """

    def __init__(self, results: Path) -> None:
        """Look in that folder of results."""
        self.results = results
        self._tables: dict[str, list[Row]] = {}

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
        (row,) = rows
        mean, low, high, theory = (
            float(row.get(column) or math.nan) for column in ("mean", "low", "high", "theory")
        )
        return Measure(mean, low, high, theory, int(row["replications"]))

    def over(self, experiment: str, metric: str, axis: str, **where: Key) -> dict[Key, Measure]:
        """Return what was measured along an axis, by its keys, in the order of the table."""
        column = self._axis(experiment, axis)
        keys = dict.fromkeys(row[column] for row in self._rows(experiment, metric, where))
        return {_key(key): self(experiment, metric, **where, **{axis: _key(key)}) for key in keys}

    def _rows(self, experiment: str, metric: str, where: dict[str, Key]) -> list[Row]:
        wanted = {self._axis(experiment, axis): key for axis, key in where.items()}
        return [
            row
            for row in self._table(experiment)
            if row["metric"] == metric
            and all(_same(row[column], key) for column, key in wanted.items())
        ]

    def _axis(self, experiment: str, name: str) -> str:
        columns = list(self._table(experiment)[0])
        axes = columns[: columns.index("metric")]
        for axis in axes:
            if axis.rpartition(".")[2] == name:
                return axis
        raise ValueError(f"{self._path(experiment)} must have an axis {name}, got {axes}")

    def _table(self, experiment: str) -> list[Row]:
        if experiment not in self._tables:
            path = self._path(experiment)
            if not path.exists():
                raise ValueError(
                    f"{path} is not there: `pigeon run {experiment} --results {self.results}` "
                    "makes it"
                )
            with path.open(encoding="utf-8", newline="") as lines:
                self._tables[experiment] = list(csv.DictReader(lines))
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


def _same(cell: str, key: Key) -> bool:
    """Whether a cell of the table has that key. A scenario without the axis has any."""
    if cell == ABSENT:
        return True
    found = _key(cell)
    if isinstance(key, str) or isinstance(found, str):
        return cell == key
    return math.isclose(found, key)


def _key(cell: str) -> Key:
    try:
        return float(cell)
    except ValueError:
        return cell
