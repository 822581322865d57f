"""Wording: what is said of measurements, in both languages: `texts/`."""

from __future__ import annotations

from pathlib import Path

from simulator.languages.texts import Texts, read


def texts(language: str) -> Texts:
    """Return the texts of the measurements in a language.

    Raises:
        ValueError: If the language is neither "en" nor "fr".
    """
    return read(Path(__file__).parent / "texts", language)
