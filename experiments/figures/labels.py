"""Labels: every text of a figure, in English and French, from `labels/*.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

from simulator.validation import choice

LANGUAGES: Final = ("en", "fr")


class Labels:
    """The texts of one language."""

    def __init__(self, language: str) -> None:
        """Read them.

        Raises:
            ValueError: If the language is not one of `LANGUAGES`.
        """
        choice("language", language, LANGUAGES)
        path = Path(__file__).parent / "labels" / f"{language}.toml"
        self._texts: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        self.language = language

    def __call__(self, section: str, key: object, default: str | None = None) -> str:
        """Return a text.

        Raises:
            ValueError: If there is none, and no default.
        """
        text = self._texts.get(section, {}).get(str(key), default)
        if text is None:
            raise ValueError(f"labels/{self.language}.toml has no {key!r} in [{section}]")
        return str(text)

    def number(self, value: float) -> str:
        """Write a number as the language does."""
        text = f"{value:g}".replace("-", "−")
        return text.replace(".", ",") if self.language == "fr" else text


@cache
def labels(language: str) -> Labels:
    """Return the texts of a language, read once."""
    return Labels(language)


def as_sentence(title: str) -> str:
    """Return a title as a sentence among others."""
    return title if title.endswith(("?", ".")) else title + "."
