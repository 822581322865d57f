"""Texts of an experiment: titles, captions and names in each language, in a file beside it.

    [en.titles]
    timeouts = "How long should a sender wait before it sends again?"

What the file does not have, such as the names of the guarantees, is among the shared texts.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from simulator.languages import LANGUAGES
from simulator.reading import read_text
from simulator.validation import refuse

SECTIONS: Final = ("titles", "captions", "lessons", "axes", "metrics", "values", "units")
"""What an experiment may name: its figures, what stands under them, and what each teaches; axes,
metrics, the keys of axes, and units."""

Sections = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, kw_only=True)
class Texts:
    """The texts of one experiment.

    Attributes:
        file: Where they are, for an error.
        languages: By language, section and key.
    """

    file: str = "the texts of the experiment"
    languages: Mapping[str, Sections] = field(default_factory=dict)

    def of(self, language: str) -> Sections:
        """Return those of a language."""
        return self.languages.get(language, {})


def read(path: Path) -> Texts:
    """Read the texts of an experiment; none, if there is no such file.

    Raises:
        ValueError: If the file is not TOML, has other languages or sections, or has a text in one
            language alone.
    """
    file = f"{path.parent.name}/{path.name}"
    if not path.is_file():
        return Texts(file=file)
    try:
        languages = tomllib.loads(read_text(path, "TOML file of texts"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{file} must be TOML: {error}") from error
    if sorted(languages) != sorted(LANGUAGES):
        refuse(f"{file} languages", list(languages), " and ".join(f"[{one}]" for one in LANGUAGES))
    keys = {language: _keys(file, language, languages[language]) for language in LANGUAGES}
    for language, mine in keys.items():
        for section, key in sorted(set().union(*keys.values()) - mine):
            if (language, section) == ("en", "units"):
                continue  # a unit is declared in English
            raise ValueError(
                f"{file} must have {key!r} in [{language}.{section}] too, as in the other language"
            )
    return Texts(file=file, languages=languages)


def _keys(file: str, language: str, sections: object) -> set[tuple[str, str]]:
    """Return every section and key of a language; refuse what is no text."""
    if not isinstance(sections, dict):
        refuse(f"{file} {language}", sections, f"a table, [{language}.titles] and others")
    keys = set()
    for section, texts in sections.items():
        if section not in SECTIONS:
            refuse(f"{file} [{language}]", section, f"one of {', '.join(SECTIONS)}")
        if not isinstance(texts, dict) or not all(isinstance(one, str) for one in texts.values()):
            refuse(f"{file} [{language}.{section}]", texts, "a table of texts")
        keys |= {(section, key) for key in texts}
    return keys
