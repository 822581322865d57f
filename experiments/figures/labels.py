"""Labels: the texts that figures share, in English and French, from `labels/*.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from experiments.framework.texts import LANGUAGES
from simulator.validation import choice


class Labels:
    """Texts of one language, by section and key."""

    def __init__(self, language: str, texts: Mapping[str, Mapping[str, Any]], file: str) -> None:
        """Take them.

        Args:
            language: Theirs.
            texts: By section and key.
            file: Where they are, for an error.
        """
        self.language = language
        self._texts, self._file = texts, file

    def __call__(self, section: str, key: object, default: str | None = None) -> str:
        """Return a text.

        Raises:
            ValueError: If there is none, and no default.
        """
        text = self._texts.get(section, {}).get(str(key), default)
        if text is None:
            raise ValueError(f"{self._file} has no {key!r} in [{self.language}.{section}]")
        return str(text)

    def under(self, texts: Mapping[str, Mapping[str, Any]], file: str) -> Labels:
        """Return these texts under others, which come first."""
        sections = {*self._texts, *texts}
        together = {
            section: {**self._texts.get(section, {}), **texts.get(section, {})}
            for section in sections
        }
        return Labels(self.language, together, file)

    def number(self, value: float) -> str:
        """Write a number as the language does."""
        text = f"{value:g}".replace("-", "−")
        return text.replace(".", ",") if self.language == "fr" else text


@cache
def labels(language: str) -> Labels:
    """Return the shared texts of a language, read once.

    Raises:
        ValueError: If the language is not one of `LANGUAGES`.
    """
    choice("language", language, LANGUAGES)
    path = Path(__file__).parent / "labels" / f"{language}.toml"
    texts = tomllib.loads(path.read_text(encoding="utf-8"))
    return Labels(language, texts, f"labels/{path.name}")


def as_sentence(title: str) -> str:
    """Return a title as a sentence among others."""
    return title if title.endswith(("?", ".")) else title + "."
