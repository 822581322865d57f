"""Languages: in which one a command speaks, and its own texts, in both: `texts/`.

What is printed is in the language of whoever reads it: that of `--lang`, else of the system. A file
whose command names no language is in English, or in both, on every system: the same command writes
the same bytes.
"""

from __future__ import annotations

import locale
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from simulator.languages import LANGUAGES
from simulator.languages.texts import Texts, read

Command = TypeVar("Command", bound=Callable[..., Any])


def spoken() -> str:
    """Return the language of the system, of those that Pigeon speaks: French, else English."""
    named = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    # Windows sets none of them, and calls it "French_France".
    language = next(filter(None, named), None) or locale.getlocale()[0] or ""
    return "fr" if language.lower().startswith("fr") else "en"


def in_language(command: Command) -> Command:
    """Add the option that says in which language a command prints."""
    return click.option(
        "--lang", type=click.Choice(LANGUAGES), default=spoken, help="Default: the system's."
    )(command)


def texts(language: str) -> Texts:
    """Return the texts of the commands in a language."""
    return read(Path(__file__).parent / "texts", language)
