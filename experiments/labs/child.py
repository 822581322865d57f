"""The process that runs a student's code: it judges, and writes the result into a file.

python -m experiments.labs.child FILE LAB LANGUAGE PAGE SECONDS RESULT STUCK
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from experiments.labs import mistakes
from experiments.labs.catalogue import LABS, OWN
from experiments.labs.judgement import Judgement, refusal
from experiments.labs.judging import judge
from experiments.labs.student import NotALab, check_guarantee, check_promises, read
from experiments.labs.watchdog import Watchdog
from experiments.labs.wording import texts


def main(arguments: list[str]) -> None:
    """Judge a file, and write what was found."""
    file, name, language, page, seconds, result, stuck = arguments
    Child(Path(file), name, language, page, float(seconds), Path(result)).run(Path(stuck))


class Child:
    """What one process has to judge."""

    def __init__(  # noqa: PLR0917 - what its command line has
        self, file: Path, name: str, language: str, page: str, seconds: float, result: Path
    ) -> None:
        """Judge nothing yet."""
        self._file, self._language, self._page, self._result = file, language, page, result
        self._seconds = seconds
        self._lab = LABS[name] if name else OWN

    def run(self, stuck: Path) -> None:
        """Judge, under a watchdog."""
        watchdog = Watchdog(self._seconds, stuck, self._stopped)
        try:
            student = read(self._file, self._lab.asked)
            if self._lab.asked is None:
                check_guarantee(student)
            if self._lab is OWN:
                check_promises(student)
        except NotALab as error:
            self._write(2, str(error), refusal(str(error)))
            return
        judgement = judge(student, self._lab, self._language, watchdog.begin)
        self._write(
            0 if judgement.right else 1,
            judgement.to_text(self._file.name, self._language) + self._play(judgement),
            judgement.to_json(self._language),
        )

    def _play(self, judgement: Judgement) -> str:
        """Write the page, if one is asked for, and say so."""
        if not self._page:
            return ""
        say = texts(self._language)
        try:
            is_there = judgement.save_page(Path(self._page), self._language)
        except OSError as error:  # the disk may be full by now
            return say("verdict", "unwritten").format(error=error.strerror or error) + "\n"
        said = say("verdict", "page" if is_there else "no_page")
        return said.format(page=self._page) + "\n"

    def _stopped(self, frame: FrameType | None) -> None:
        """Write where the student's code was when the watchdog ended it."""
        sentence = mistakes.of_endless_loop(frame, self._file, self._language, self._seconds)
        wrong = texts(self._language)("verdict", "wrong").format(file=self._file.name)
        self._write(1, f"{wrong}\n{sentence}\n", refusal(sentence))

    def _write(self, status: int, text: str, document: Any) -> None:
        found = {"status": status, "text": text, "json": document}
        part = self._result.with_suffix(".part")
        part.write_text(json.dumps(found), encoding="utf-8")
        part.replace(self._result)


if __name__ == "__main__":
    main(sys.argv[1:])
