"""Labels: the texts that figures, stories and commands share, in both languages: `labels/`."""

from __future__ import annotations

from pathlib import Path

from simulator.languages.texts import Texts, read


def labels(language: str) -> Texts:
    """Return the shared texts of a language.

    Raises:
        ValueError: If the language is not one of `LANGUAGES`.
    """
    return read(Path(__file__).parent / "labels", language)


def as_sentence(title: str) -> str:
    """Return a title as a sentence among others."""
    return title if title.endswith(("?", ".")) else title + "."
