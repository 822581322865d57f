"""Naming: how an experiment's panels, lines and numbers are called, in one language."""

from __future__ import annotations

import re
from collections.abc import Callable
from textwrap import fill

from experiments.figures.labels import labels
from experiments.framework.axis import Key
from experiments.framework.experiment import Experiment
from experiments.framework.figure import Bars, Differences, Figure, Lines, Timeline
from experiments.framework.model import unit_of
from simulator.languages.numbers import numbers


def folded(text: str, letters: int, *, even: bool = True) -> str:
    """Return a text in lines of so many letters at most.

    A number stays with what it counts, and a sign with the word before it.

    Args:
        text: One line.
        letters: A word that is longer stays whole.
        even: Whether the lines are about as long as each other, or each as long as it can be.
    """
    text = re.sub(r"(?<=[\d«]) | (?=[;:?!»])", "\N{NO-BREAK SPACE}", text)
    usual = fill(text, letters, break_long_words=False)
    narrower = (fill(text, few, break_long_words=False) for few in range(1, letters))
    count = usual.count("\n")
    return next((lines for lines in narrower if even and lines.count("\n") == count), usual)


class Naming:
    """What an experiment calls things: its own texts, and the shared ones for what is everyone's.

    Attributes:
        experiment: The experiment.
        language: "en" or "fr".
        text: Its texts, by section and key.
        numbers: How its language writes numbers.
    """

    def __init__(self, language: str, experiment: Experiment) -> None:
        """Take the texts of a language.

        Raises:
            ValueError: If the language is not there.
        """
        self.experiment = experiment
        self.language = language
        own = experiment.texts
        self.numbers = numbers(language)
        self.text = labels(language).under(own.of(language), own.file)

    def __call__(self, section: str, key: object) -> str:
        """Return a text, by its section and key."""
        return self.text(section, key)

    def check(self) -> None:
        """Look up every text that its figures need.

        Raises:
            ValueError: If there is none.
        """
        for figure in self.experiment.figures:
            self.figure_title(figure)
            self.caption(figure)
            for panel in figure.panels:
                self.title(panel)
                named = {panel.color} if isinstance(panel, Timeline) else {panel.color, panel.x}
                if not isinstance(panel, Bars):
                    self.axis(panel.x)
                    named.discard(panel.x)
                for axis in named:
                    for key in panel.where.get(axis, tuple(self.experiment.sweep[axis])):
                        self.key(axis, key)

    def figure_title(self, figure: Figure) -> str:
        """Return the title of a figure."""
        return self.text("titles", figure.name)

    def caption(self, figure: Figure) -> str:
        """Return what stands under a figure: the conditions that it was made under."""
        return self.text("captions", figure.name)

    def title(self, panel: Lines) -> str:
        """Return the title of a panel: its metric, or how far that is from the baseline."""
        metric = self.metric(panel.y)
        compare = self.experiment.compare
        if isinstance(panel, Differences) and compare is not None:
            baseline = self.key(panel.color, compare.baseline)
            return self.text("words", "difference").format(metric=metric, baseline=baseline)
        return metric

    def metric(self, name: str) -> str:
        """Return what a metric or series is called, with its unit: "Mean latency (s)"."""
        return self.with_unit(self.text("metrics", name), self.experiment.unit_of_metric(name))

    def axis(self, path: str) -> str:
        """Return what an axis is called, with its unit."""
        return self.with_unit(self.text("axes", path), self.experiment.unit_of_axis(path))

    def value(self, key: str) -> str:
        """Return what a name on an axis is called: "at least once"."""
        return self.text("values", key)

    def size(self) -> str:
        """Return what the size of a run counts."""
        unit = unit_of(self.experiment.base)
        return self.text("units", unit, unit)

    def key(self, axis: str, key: Key) -> str:
        """Return the name of a line: of a value, or of a number with the name of its axis."""
        if isinstance(key, str):
            return self.value(key)
        return self.text("axes", axis + ".short") + " " + self.place(axis, key)

    def measured(self, metric: str, value: float) -> str:
        """Write a number of a metric, in percent if it is a share."""
        return self._written(value, self.experiment.unit_of_metric(metric))

    def place(self, axis: str, value: float) -> str:
        """Write a number of an axis, in percent if it is a share."""
        return self._written(value, self.experiment.unit_of_axis(axis))

    def number(self, value: float) -> str:
        """Write a number as the language does."""
        return self.numbers.short(value)

    def ticks(self, panel: Lines) -> tuple[Callable[..., str], Callable[..., str]]:
        """Return what writes the numbers along the bottom and up the side of a panel."""
        return (
            lambda value, _: self.place(panel.x, value),
            lambda value, _: self.measured(panel.y, value),
        )

    def with_unit(self, name: str, unit: str) -> str:
        """Return a name with its unit, but for a share, whose numbers say that they are one."""
        return f"{name} ({self.text('units', unit, unit)})" if unit.strip("%") else name

    def _written(self, value: float, unit: str) -> str:
        if unit == "%":
            return self.numbers.share(self.numbers.short(round(100 * value, 6)))
        return self.numbers.short(round(value, 9))
