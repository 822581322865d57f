"""Skeletons: what a student begins with, a file that runs and is wrong, the task in its docstring.

The code is the same in both languages, a template a lab; the words are beside it.
"""

from __future__ import annotations

from pathlib import Path
from string import Template
from textwrap import indent
from typing import Final

from simulator.languages.texts import read

FOLDER: Final = Path(__file__).parent


def skeleton(lab: str, language: str) -> str:
    """Return the skeleton of a lab.

    Args:
        lab: One of `LABS`.
        language: "en" or "fr".

    Raises:
        ValueError: If there is no such language.
    """
    words = read(FOLDER, language)
    common = {name: text.strip() for name, text in words.section("all").items()}
    own = {name: text.strip() for name, text in words.section(lab).items()}
    check = Template(common.pop("check")).substitute(lab=lab)
    own["task"] = f"{own['task']}\n\n{check}"
    comments = {
        name: indent(text, " " * 8 + "# ").strip() for name, text in {**common, **own}.items()
    }
    code = Template((FOLDER / f"{lab}.py.txt").read_text(encoding="utf-8"))
    return code.substitute(comments, task=own["task"])
