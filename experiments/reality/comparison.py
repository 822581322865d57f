"""A comparison: numbers measured of the real thing, beside those simulated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from experiments.framework.columns import columns
from experiments.reality.wording import texts
from simulator.languages.numbers import numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One number, measured and simulated.

    Attributes:
        name: What it is: a key of [names] in the texts.
        measured: Of the real thing.
        simulated: By the simulator: of the same run, or the mean of several.
        spread: How far chance takes one run from that mean: the standard deviation. None: it is no
            mean, and the two are to be equal.
        unit: "ms", "s", "%" (of a share of 1), or none.
    """

    name: str
    measured: float
    simulated: float
    spread: float | None = None
    unit: str = ""

    @property
    def difference(self) -> float:
        """Measured less simulated."""
        return self.measured - self.simulated

    @property
    def z(self) -> float | None:
        """The difference in standard deviations of one run; None where nothing varies."""
        return self.difference / self.spread if self.spread else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What is told in words, such as the name of an error, of the real thing and by the simulator.

    Attributes:
        name: What it is: a key of [names] in the texts.
        measured: Of the real thing: a key of [words], or a name that is the same in each language.
        simulated: By the simulator: likewise.
    """

    name: str
    measured: str
    simulated: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What one measurement found.

    Attributes:
        title: Of the table: a key of [titles] in the texts.
        lines: The numbers, and what is told in words.
        values: What the title names, by the name of its place; a number of seconds among them is
            a float.
    """

    title: str
    lines: Sequence[Line | Words]
    values: tuple[tuple[str, str | float], ...] = ()

    def table(self, language: str = "en") -> str:
        """Return the table, to be printed: measured, simulated, the difference, z where chance is.

        Raises:
            ValueError: If the language is neither "en" nor "fr".
        """
        text = texts(language)
        has_chance = any(isinstance(line, Line) and line.spread is not None for line in self.lines)
        heads = ["", *(text("columns", key) for key in ("measured", "simulated", "difference"))]
        rows = [heads + [text("columns", "z")] * has_chance]
        rows += [
            _cells(line, language, has_chance=has_chance)
            if isinstance(line, Line)
            else _words(line, language) + [""] * (1 + has_chance)
            for line in self.lines
        ]
        named = {name: _shown(value, language) for name, value in self.values}
        title = text("titles", self.title).format(**named)
        return "\n".join([title, columns(rows)])


def _shown(value: str | float, language: str) -> str:
    """Write what a title names."""
    if isinstance(value, str):
        return value
    return numbers(language).quantity(numbers(language).short(value), "s")


def _cells(line: Line, language: str, *, has_chance: bool) -> list[str]:
    """Write a line: its name and its numbers."""
    written = numbers(language)
    factor = 100 if line.unit == "%" else 1

    def shown(value: float, *, signed: bool = False) -> str:
        number = written.significant(factor * value, 4)
        if signed and value > 0:
            number = f"+{number}"
        return written.quantity(number, line.unit)

    cells = [texts(language)("names", line.name), shown(line.measured), shown(line.simulated)]
    cells.append(shown(line.difference, signed=True))
    if has_chance:
        cells.append("" if line.z is None else written.fixed(line.z, 1))
    return cells


def _words(line: Words, language: str) -> list[str]:
    """Write what is told in words."""
    text = texts(language)
    told = (text("words", word, default=word) for word in (line.measured, line.simulated))
    return [text("names", line.name), *told]
