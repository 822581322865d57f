"""Wording: how numbers, and French punctuation, are written."""

from __future__ import annotations

import math
import re
from typing import Final

from experiments import catalogue
from experiments.course.measured import Measure
from experiments.course.texts import texts
from experiments.figures.naming import Naming
from simulator.languages.numbers import NARROW, NO_BREAK, numbers
from simulator.validation import refuse

CODE: Final = re.compile(r"(```.*?```|`[^`\n]*`|<[^>]*>|\{\{#.*?\}\}|\]\([^)\s]*\))", re.DOTALL)
"""What is not prose: code, tags, what mdBook replaces, where a link leads."""


class Wording:
    """How one language writes what was measured. Each method is a filter of the pages."""

    def __init__(self, language: str) -> None:
        """Take the language's texts."""
        self.language = language
        self._texts, self._numbers = texts(language), numbers(language)
        self.spelled = self._texts("kit", "numbers").split()

    def number(self, value: Measure | float, digits: int = 2) -> str:
        """Write a number, to that many digits that count: 2.7, 195, 5,000.

        Raises:
            ValueError: If it was not measured.
        """
        value = value.mean if isinstance(value, Measure) else value
        if not math.isfinite(value):
            refuse("a number on a page", value, "measured")
        return self._numbers.significant(value, digits)

    def percent(self, value: Measure | float, digits: int = 2) -> str:
        """Write a share: 20%."""
        return self._numbers.quantity(self.number(_times(value, 100), digits), "%")

    def seconds(self, value: Measure | float, digits: int = 2) -> str:
        """Write a time: 0.34 s."""
        return self._numbers.quantity(self.number(value, digits), "s")

    def milliseconds(self, value: Measure | float, digits: int = 2) -> str:
        """Write a short time: 50 ms."""
        return self._numbers.quantity(self.number(_times(value, 1000), digits), "ms")

    def interval(self, value: Measure, unit: str = "") -> str:
        """Write an interval, as exactly as it is wide: 46 to 50%."""
        scale = {"%": 100, "ms": 1000}.get(unit, 1)
        width = scale * (value.high - value.low)
        places = max(0, -math.floor(math.log10(width))) if width else 0
        low, high = (self._numbers.grouped(scale * end, places) for end in (value.low, value.high))
        return f"{low} {self._texts('kit', 'to')} {self._numbers.quantity(high, unit)}"

    def words(self, count: float) -> str:
        """Write a small whole number in words: three."""
        whole = round(count)
        if math.isclose(whole, count) and whole < len(self.spelled):
            return self.spelled[whole]
        return self.number(count)

    def name(self, key: str, experiment: str = "delivery_guarantees") -> str:
        """Name a value of an axis as the figures of an experiment do: at least once."""
        return Naming(self.language, catalogue.load(experiment)).value(key)

    def prose(self, text: str) -> str:
        """Put French spaces before : ; ? ! and inside « », wherever the text is prose."""
        if self.language != "fr":
            return text
        parts = CODE.split(text)
        parts[::2] = [_french(part) for part in parts[::2]]
        return "".join(parts)


def _times(value: Measure | float, scale: int) -> float:
    return scale * (value.mean if isinstance(value, Measure) else value)


def _french(prose: str) -> str:
    prose = re.sub(r" ([;?!])", NARROW + r"\1", prose)
    prose = re.sub(r" ([:»])", NO_BREAK + r"\1", prose)
    return prose.replace("« ", "«" + NO_BREAK)
