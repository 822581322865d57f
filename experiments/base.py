"""What an experiment is: a question, a base scenario, a sweep, metrics, figures. All values.

The runner owns seeds, replications and storage; an experiment only says what to ask.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise, product
from typing import Any, Final, NamedTuple

from experiments.model import Runnable, metrics_of
from simulator.validation import integer, refuse

Key = float | str
Axis = Mapping[Any, Any]  # from a Key
Theory = Callable[[Any], float]  # of a Scenario, or of the experiment's own Model

ABSENT: Final = "–"
"""The key on an axis that a scenario does not have: a guarantee without retries has no policy."""


def grid(start: float, stop: float, step: float) -> dict[Key, float]:
    """Return an axis from `start` to `stop`, both included, in exact decimal steps.

    Raises:
        ValueError: If the axis does not rise, or `stop` is not a whole number of steps away.
    """
    low, high, gap = (Decimal(repr(float(value))) for value in (start, stop, step))
    shown = f"{start:g}:{stop:g}:{step:g}"
    if not all(value.is_finite() for value in (low, high, gap)) or gap <= 0 or high < low:
        refuse("grid", shown, "start:stop:step that rises, with a step above 0")
    count = int((high - low) / gap) + 1
    if count > 10_000:  # noqa: PLR2004 - nobody plots more
        refuse("grid", shown, "start:stop:step of at most 10,000 points")
    if (high - low) % gap:
        refuse("grid", shown, "start:stop:step with stop a whole number of steps from start")
    return {value: value for value in (float(low + k * gap) for k in range(count))}


@dataclass(frozen=True, kw_only=True)
class Lines:
    """A panel: a metric against an axis, a line for each value of another axis.

    Attributes:
        x: Axis along the bottom; its keys are numbers.
        y: Metric up the side.
        color: Axis that tells the lines apart.
        where: Which keys to show of an axis, for those that are not all shown.
        scale: Of the y axis, as Matplotlib names it.
        x_scale: Of the x axis.
        x_label: Key of the x axis's text among the labels, if it is not `x`.
    """

    x: str
    y: str
    color: str
    where: Mapping[str, tuple[Key, ...]] = field(default_factory=dict)
    scale: str = "linear"
    x_scale: str = "linear"
    x_label: str | None = None


@dataclass(frozen=True, kw_only=True)
class Differences(Lines):
    """A panel: how far each value of the `color` axis is from the baseline, in pairs."""


@dataclass(frozen=True, kw_only=True)
class Bars(Lines):
    """A panel: a metric for each name of an axis, with a bar for each value of another, or alone.

    The axis `x` goes down the side, the metric along the bottom.
    """


@dataclass(frozen=True, kw_only=True)
class Timeline(Lines):
    """A panel: a series over time, a line for each value of the `color` axis. Its `x` is "time".

    Attributes:
        shade: From when to when something is broken, in seconds, drawn as a grey band.
    """

    x: str = "time"
    shade: tuple[float, float] | None = None


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure of one panel or several.

    Attributes:
        name: Name of its files, and of its title among the labels.
        panels: What it shows, row by row, two a row.
    """

    name: str
    panels: tuple[Lines, ...]


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
        replications: How many independent runs of each cell.
        quick_messages: How many messages a run has under `--quick`, with 3 replications.
    """

    question: str
    base: Runnable
    sweep: Mapping[str, Axis]
    metrics: tuple[str, ...]
    series: tuple[str, ...] = ()
    theory: Mapping[str, Theory] = field(default_factory=dict)
    figures: tuple[Figure, ...] = ()
    compare: Compare | None = None
    replications: int = 30
    quick_messages: int = 500

    def __post_init__(self) -> None:
        """Refuse an experiment that could not be run or drawn."""
        if not self.sweep:
            refuse("Experiment.sweep", self.sweep, "at least one axis")
        for path, axis in self.sweep.items():
            check_axis(path, axis)
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

    def replace(self, **changes: Any) -> Experiment:
        """Return the same experiment but for some fields."""
        return dataclasses.replace(self, **changes)


def check_axis(path: str, axis: Axis) -> None:
    """Refuse an axis without values, or whose numbers do not rise."""
    if not isinstance(axis, Mapping) or not axis:
        refuse(f"axis {path}", axis, "a mapping from keys to values, such as grid(0.0, 0.6, 0.05)")
    numbers = [key for key in axis if not isinstance(key, str)]
    if numbers and len(numbers) < len(axis):
        refuse(f"axis {path}", list(axis), "numbers only, or names only")
    for before, after in pairwise(numbers):
        if not before < after:
            refuse(f"axis {path}", after, f"a number above the one before it, {before:g}")


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
