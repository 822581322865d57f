"""Numbers: how a language writes them.

English: 1,234.5 and 20%. French: 1 234,5 and 20 %, whose spaces do not break, the first a narrow
one (Imprimerie nationale, "Lexique des règles typographiques", 2002).
"""

from __future__ import annotations

import math
from functools import cache
from typing import Final

from simulator.languages import LANGUAGES
from simulator.languages.texts import texts
from simulator.validation import choice

NO_BREAK: Final = "\N{NO-BREAK SPACE}"
NARROW: Final = "\N{NARROW NO-BREAK SPACE}"
MINUS: Final = "\N{MINUS SIGN}"
SMALL, LARGE = 1e-4, 1e15
"""What is below, or not below, is written with a power of ten."""


class Numbers:
    """How one language writes numbers.

    Attributes:
        language: "en" or "fr".
        decimal: What stands before decimals.
        percent: A share, "{}%", around its number.
    """

    def __init__(self, language: str) -> None:
        """Look up how a language writes them.

        Raises:
            ValueError: If the language is neither "en" nor "fr".
        """
        self.language = language
        self.decimal = texts(language)("numbers", "decimal")
        self.percent = texts(language)("numbers", "percent")
        thousands = texts(language)("numbers", "thousands")
        self._signs = str.maketrans({"-": MINUS, ",": thousands, ".": self.decimal})

    def count(self, number: int) -> str:
        """Write a whole number in full: 10,000."""
        return f"{number:,}".translate(self._signs)

    def short(self, value: float, digits: int = 6) -> str:
        """Write a number to at most so many significant digits: 0.25, 12.5, 25,000."""
        rounded = float(f"{value:.{digits}g}")
        if not SMALL <= abs(rounded) < LARGE:
            return _signed(f"{rounded:g}").translate(self._signs)
        return self.significant(rounded, digits)

    def fixed(self, value: float, places: int) -> str:
        """Write a number with so many decimals: 0.200."""
        return _signed(f"{value:.{places}f}").translate(self._signs)

    def grouped(self, value: float, places: int) -> str:
        """Write a number with so many decimals, its thousands apart: 5,000.0."""
        return _signed(f"{value:,.{places}f}").translate(self._signs)

    def trimmed(self, value: float, places: int = 9) -> str:
        """Write a number to at most so many decimals: 0.2."""
        return _without_zeros(f"{value:.{places}f}").translate(self._signs)

    def significant(self, value: float, digits: int = 2) -> str:
        """Write a number to so many digits that count, its thousands apart: 2.7, 195, 5,000."""
        if not value or not math.isfinite(value):
            return f"{value:g}".translate(self._signs)
        places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
        return _without_zeros(f"{value:,.{places}f}").translate(self._signs)

    def share(self, number: str) -> str:
        """Write a share whose number of hundredths is written already: 20%."""
        return self.percent.format(number)

    def quantity(self, number: str, unit: str) -> str:
        """Write a number that is written already, with its unit: 0.34 s, 20%, or none."""
        if unit == "%":
            return self.share(number)
        return f"{number}{NO_BREAK}{unit}" if unit else number


def numbers(language: str) -> Numbers:
    """Return how a language writes numbers.

    Raises:
        ValueError: If the language is neither "en" nor "fr".
    """
    return _numbers(choice("language", language, LANGUAGES))


_numbers = cache(Numbers)


def _without_zeros(text: str) -> str:
    return _signed(text.rstrip("0").rstrip(".") if "." in text else text)


def _signed(text: str) -> str:
    """Write no sign before zero."""
    return text if text.strip("-0.,") else text.removeprefix("-")
