"""Each notebook's exercise: the right answer, worked out by hand, is taken as right."""

import re
import sys
from pathlib import Path

import pytest

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
ANSWERS = {
    "02_synchronous_asynchronous": 1 / (0.01 + 0.02 + 0.01),
    "03_delivery_guarantees": 0.5**3,
    "04_two_generals": 0.5 * (1 - 0.5),
    "05_architectures": 600 / (40 - 10),
    "06_first_server_and_queue": 5 * 10.0,
    "07_messaging_patterns": 1 + 1,
    "08_errors": 4,
    "09_check_your_understanding": 0.7 * 0.3,
}


def cells(path):
    """The code cells of a source, in English."""
    for cell in re.split(r"^# %%", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        head, _, body = cell.partition("\n")
        if "markdown" not in head and 'lang="fr"' not in head:
            yield body


def test_every_notebook_but_the_first_has_an_exercise():
    asking = [path.stem for path in sorted(NOTEBOOKS.glob("0*.py")) if "check(" in path.read_text()]
    assert asking == list(ANSWERS)


@pytest.mark.slow
@pytest.mark.parametrize("name", ANSWERS)
def test_the_right_answer_is_right_and_another_is_not(name, monkeypatch, capsys):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    monkeypatch.syspath_prepend(str(NOTEBOOKS))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    *before, last = cells(NOTEBOOKS / f"{name}.py")
    space = {"__name__": "notebook"}
    for body in before:
        exec(body, space)  # noqa: S102 - the project's own notebooks
    for answer, word in ((ANSWERS[name], "Right"), (ANSWERS[name] * 3, "Not yet.")):
        capsys.readouterr()
        exec(last.replace("answer = ...", f"answer = {answer!r}"), space)  # noqa: S102 - as above
        assert word in capsys.readouterr().out
