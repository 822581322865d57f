"""Checking: a student's file is judged in a process of its own, which can be ended."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from experiments.labs import mistakes
from experiments.labs.catalogue import LABS
from experiments.labs.judgement import refusal
from experiments.labs.watchdog import SECONDS
from experiments.labs.wording import texts
from simulator.languages import LANGUAGES
from simulator.validation import choice

WHOLE: Final = 120.0
"""The longest that a check may take, in seconds."""


@dataclass(frozen=True)
class Checked:
    """The result of a check.

    Attributes:
        status: 0: right; 1: wrong; 2: not a lab.
        text: What a student reads.
        document: What an autograder reads.
    """

    status: int
    text: str
    document: Mapping[str, Any]


def check(
    file: Path,
    lab: str | None = None,
    *,
    language: str = "en",
    page: Path | None = None,
    seconds: float = SECONDS,
) -> Checked:
    """Judge a student's file.

    Its code runs in another process, with the rights of the user: that protects from endless loops,
    not from malice.

    Args:
        file: The file.
        lab: One of `LABS`. None: a guarantee, judged by its own promises.
        language: "en" or "fr".
        page: Where to write the page that plays the shortest story. None: nowhere.
        seconds: The longest that one run may take.

    Raises:
        ValueError: If there is no such lab or language.
    """
    if lab is not None:
        choice("--lab", lab, tuple(LABS))
    choice("language", language, LANGUAGES)
    with TemporaryDirectory() as folder:
        result, stuck = Path(folder) / "result.json", Path(folder) / "stuck.txt"
        command = [sys.executable, "-P", "-m", "experiments.labs.child"]
        command += [str(file), lab or "", language, str(page or ""), str(seconds)]
        command += [str(result), str(stuck)]
        status = _run(command)
        if result.is_file():
            found = json.loads(result.read_text(encoding="utf-8"))
            return Checked(found["status"], found["text"], found["json"])
        sentence = _without_verdict(file, stuck, status, language, 2 * seconds)
    wrong = texts(language)("verdict", "wrong").format(file=file.name)
    return Checked(1, f"{wrong}\n{sentence}\n", refusal(sentence))


def _run(command: list[str]) -> str:
    """Run a process up to its end, or to the longest; return how it ended."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={**environment, "PYTHONHASHSEED": "0"},
            timeout=WHOLE,
            check=False,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
    except subprocess.TimeoutExpired:
        return f"{WHOLE:g} s"
    last = (done.stderr.strip().splitlines() or [""])[-1]
    return f"{done.returncode}, {last}" if last else str(done.returncode)


def _without_verdict(file: Path, stuck: Path, status: str, language: str, seconds: float) -> str:
    """Return the sentence for a process that left no result."""
    told = stuck.read_text(encoding="utf-8", errors="replace") if stuck.is_file() else ""
    found = re.search(re.escape(f'"{file}"') + r", line (\d+)", told)
    if found:
        return mistakes.at_line("slow", file, int(found[1]), language, seconds=f"{seconds:g}")
    return texts(language)("mistakes", "died").format(file=file.name, status=status)
