"""Texts: what is said in one language, by section and key."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from simulator.languages import LANGUAGES
from simulator.validation import choice


class Texts:
    """Texts of one language, by section and key.

    Attributes:
        language: "en" or "fr".
    """

    def __init__(self, language: str, sections: Mapping[str, Mapping[str, Any]], file: str) -> None:
        """Take texts.

        Args:
            language: Theirs.
            sections: By section and key.
            file: Where they are, for an error.
        """
        self.language = language
        self._sections, self._file = sections, file

    def __call__(self, section: str, key: object, default: str | None = None) -> str:
        """Return a text.

        Raises:
            ValueError: If there is none, and no default.
        """
        text = self._sections.get(section, {}).get(str(key), default)
        if text is None:
            raise ValueError(f"{self._file} has no {key!r} in [{self.language}.{section}]")
        return str(text)

    def section(self, name: str) -> Mapping[str, str]:
        """Return the texts of a section, by key."""
        return self._sections[name]

    def under(self, sections: Mapping[str, Mapping[str, Any]], file: str) -> Texts:
        """Return these texts under others, which come first."""
        together = {
            name: {**self._sections.get(name, {}), **sections.get(name, {})}
            for name in {*self._sections, *sections}
        }
        return Texts(self.language, together, file)


def read(folder: Path, language: str) -> Texts:
    """Read the texts of a language from the file of its name in a folder, once.

    Raises:
        ValueError: If the language is not one of `LANGUAGES`.
    """
    choice("language", language, LANGUAGES)  # before it is looked up: it may be anything
    return _read(folder, language)


def texts(language: str) -> Texts:
    """Return the simulator's own texts in a language.

    Raises:
        ValueError: If the language is not one of `LANGUAGES`.
    """
    return read(Path(__file__).parent, language)


@cache
def _read(folder: Path, language: str) -> Texts:
    path = folder / f"{language}.toml"
    sections = tomllib.loads(path.read_text(encoding="utf-8"))
    return Texts(language, sections, f"{folder.name}/{path.name}")
