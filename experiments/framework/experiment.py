"""What an experiment is: a question, a base scenario, a sweep, metrics, figures. All values.

The runner owns seeds, replications and storage; an experiment only says what to ask.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Final, NamedTuple

from experiments.framework.axis import ABSENT, Axis, Key, check_axis
from experiments.framework.figure import TIME, Differences, Figure, Timeline
from experiments.framework.model import Runnable, metrics_of, unit_of_metric
from experiments.framework.texts import Texts
from simulator.validation import integer, refuse

QUICK_REPLICATIONS: Final = 3
"""How many independent runs of each cell there are under `--quick`."""

Theory = Callable[[Any], float]  # of a Scenario, or of the experiment's own Model


@dataclass(frozen=True, kw_only=True)
class Compare:
    """Which axis to compare in pairs, each of its values with one of them.

    Attributes:
        axis: The axis.
        baseline: Key of the value that the others are compared with.
    """

    axis: str
    baseline: Key


class Cell(NamedTuple):
    """One point of a sweep.

    Attributes:
        keys: The key on each axis.
        scenario: What to run there.
    """

    keys: tuple[Key, ...]
    scenario: Runnable


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """A question, and how to answer it.

    Attributes:
        question: What is asked, in a sentence.
        base: The scenario, or the model, that the sweep changes.
        sweep: Axes by their places in the scenario ("link.loss"), each from keys to values. Keys
            are numbers that rise, or names; a later axis may be a place that an earlier one makes.
        metrics: Names of the metrics to measure.
        series: Names of the series over time to keep, for a model that has some.
        theory: Closed forms, by the metric that they predict. NaN where one does not apply.
        figures: What to draw.
        compare: What to compare in pairs, if anything.
        units: Of the axes that have one, as those of metrics: "%" for a share, "s".
        texts: Its titles, captions and names, which the catalogue reads from the file beside it.
        replications: How many independent runs of each cell.
        quick_messages: How many messages a run has under `--quick`.
    """

    question: str
    base: Runnable
    sweep: Mapping[str, Axis]
    metrics: tuple[str, ...]
    series: tuple[str, ...] = ()
    theory: Mapping[str, Theory] = field(default_factory=dict)
    figures: tuple[Figure, ...] = ()
    compare: Compare | None = None
    units: Mapping[str, str] = field(default_factory=dict)
    texts: Texts = field(default_factory=Texts)
    replications: int = 30
    quick_messages: int = 500

    def __post_init__(self) -> None:
        """Refuse an experiment that could not be run or drawn."""
        if not self.sweep:
            refuse("Experiment.sweep", self.sweep, "at least one axis")
        for path, axis in self.sweep.items():
            check_axis(path, axis)
        for path in self.units:
            if path not in self.sweep:
                refuse("Experiment.units", path, "an axis: " + ", ".join(self.sweep))
        self._check_panels()
        if self.compare is not None and self.compare.axis not in self.sweep:
            refuse("Experiment.compare", self.compare.axis, "an axis: " + ", ".join(self.sweep))
        integer("Experiment.replications", self.replications, low=1)

    def _check_panels(self) -> None:
        known = metrics_of(self.base)
        panels = [panel for figure in self.figures for panel in figure.panels]
        drawn = [panel.y for panel in panels if not isinstance(panel, Timeline)]
        for metric in (*self.metrics, *self.theory, *drawn):
            if metric not in known:
                refuse("Experiment.metrics", metric, "one of " + ", ".join(known))
        for panel in panels:
            axes = [panel.color, *panel.where]
            if isinstance(panel, Timeline):
                if panel.y not in self.series:
                    refuse("Experiment.series", panel.y, "one of " + ", ".join(self.series))
            else:
                axes.append(panel.x)
            for path in axes:
                if path not in self.sweep:
                    refuse("Experiment.figures", path, "an axis: " + ", ".join(self.sweep))
            if isinstance(panel, Differences) and self.compare is None:
                refuse("Experiment.compare", None, "a Compare, as a figure shows differences")

    def cells(self) -> list[Cell]:
        """Return every point of the sweep, the last axis fastest."""
        found: dict[tuple[Key, ...], Runnable] = {}
        for choices in product(*(axis.items() for axis in self.sweep.values())):
            scenario, keys = self.base, []
            for path, (key, value) in zip(self.sweep, choices, strict=True):
                there = _has(scenario, path)
                keys.append(key if there else ABSENT)
                scenario = scenario.replace(path, value) if there else scenario
            found.setdefault(tuple(keys), scenario)
        for at, path in enumerate(self.sweep):
            if all(keys[at] == ABSENT for keys in found):
                refuse("axis", path, "a place that some scenario of the sweep has")
        return [Cell(keys, scenario) for keys, scenario in found.items()]

    def unit_of_axis(self, path: str) -> str:
        """Return the unit of an axis, or of time; empty: a plain number."""
        return "s" if path == TIME else self.units.get(path, "")

    def unit_of_metric(self, name: str) -> str:
        """Return the unit of a metric or series; empty: a plain number."""
        return unit_of_metric(self.base, name)

    def replace(self, **changes: Any) -> Experiment:
        """Return the same experiment but for some fields."""
        return dataclasses.replace(self, **changes)


def _has(scenario: Runnable, path: str) -> bool:
    """Whether a scenario has such a place. Its first step must be there in any case."""
    target: Any = scenario
    for depth, name in enumerate(path.split(".")):
        names = [spec.name for spec in dataclasses.fields(target)]
        if name not in names:
            if depth == 0:
                refuse("axis", path, "a place in the scenario: " + ", ".join(names))
            return False
        target = getattr(target, name)
    return True
