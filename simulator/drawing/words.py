"""The words in pictures of a trace, in English or in French."""

from __future__ import annotations

from typing import Final

from simulator.languages.numbers import numbers
from simulator.languages.texts import texts

NODES: Final = ("sender", "receiver", "broker")
"""Nodes named after their role, as in a scenario: these names are translated."""


class Words:
    """The words of one language.

    Attributes:
        decimals: How many decimals of a second an instant has.
    """

    def __init__(self, language: str, *, usual_ns: float = 0) -> None:
        """Look up the words of a language.

        Args:
            language: "en" or "fr".
            usual_ns: The usual delay in the picture, which sets the decimals of instants, at least
                three.

        Raises:
            ValueError: If the language is neither "en" nor "fr".
        """
        self._words = texts(language).section("words")
        self._numbers = numbers(language)
        self.decimals = min(max(3, 11 - len(str(int(usual_ns)))), 9) if usual_ns else 3

    def __call__(self, name: str, about: str = "") -> str:
        """Return a phrase, filled in with what it is about."""
        return self._words[name].format(about)

    def kind(self, name: str) -> str:
        """Return a phrase about no message in particular, for a legend."""
        return self(name, self("any")).partition(":")[0].rstrip()

    def message(self, number: int, attempt: int = 0, copy: int = 0) -> str:
        """Return the name of a message, or of one sending of it; the first is not numbered."""
        name = self("message", str(number))
        name += self("attempt", str(attempt)) if attempt > 1 else ""
        return name + (self("copy") if copy else "")

    def node(self, name: str) -> str:
        """Return the name of a node, translated if it is one of `NODES`."""
        return self._words[name] if name in NODES else name

    def place(self, name: str) -> str:
        """Return the name of a node or a link."""
        return "→".join(map(self.node, name.split("→")))

    def seconds(self, nanoseconds: int) -> str:
        """Format an instant in seconds, with `decimals` decimals."""
        return self._numbers.fixed(nanoseconds / 1e9, self.decimals)

    def number(self, value: float) -> str:
        """Format a number to the ninth decimal, a nanosecond, without trailing zeros."""
        return self._numbers.trimmed(value)
