"""Each notebook, played: the right answer, worked out by hand, is right, and controls move."""

import re
import sys
from functools import cache
from pathlib import Path

import pytest

from experiments.interactive.explore import explore
from experiments.interactive.guarantees import METRICS, scenario_of
from simulator.languages.numbers import numbers

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
    "10_for_real": 1 + 3,
}

OTHERS = [
    ("03_delivery_guarantees", "chance", 0.2 - 3 * 0.2**3 + 2 * 0.2**4),
    ("03_delivery_guarantees", "differing", 0),
    ("03_delivery_guarantees", "repeated", 2),
    ("04_two_generals", "alone", 0.5 * (1 - 0.5) ** 2),
    ("09_check_your_understanding", "losses", 3),
]
"""The exercises before the last: the notebook, what the answer is called, and what it is."""

ALL = re.DOTALL | re.MULTILINE

CONTROLLED = [
    path.stem
    for path in sorted(NOTEBOOKS.glob("[0-9]*.py"))
    if "explore" in path.read_text(encoding="utf-8")
]


def cells(path):
    """The code cells of a source, in English."""
    for cell in re.split(r"^# %%", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        head, _, body = cell.partition("\n")
        if "markdown" not in head and 'lang="fr"' not in head:
            yield body


def test_every_notebook_but_the_first_has_an_exercise():
    asking = [
        path.stem for path in sorted(NOTEBOOKS.glob("[0-9]*.py")) if "check(" in path.read_text()
    ]
    assert asking == list(ANSWERS)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", ANSWERS)
def test_every_exercise_has_a_hint_that_gives_nothing_away_and_a_solution(name, language):
    text = (NOTEBOOKS / f"{name}.py").read_text(encoding="utf-8")
    [*_, asked] = re.findall(rf'^# %% \[markdown\] lang="{language}"(.*?)^# %%', text, ALL)
    folded = dict(re.findall(r"<summary>(\w+)</summary>\n#\n(.*?)# </details>", asked, ALL))
    hint, solution = folded.values()
    assert list(folded) == [{"en": "Hint", "fr": "Indice"}[language], "Solution"]
    answer = re.escape(numbers(language).short(ANSWERS[name], 4))
    assert re.search(rf"(?<![\d.,]){answer}(?![\d]|[.,]\d)", solution)
    assert not re.search(rf"(?<![\d.,]){answer}(?![\d]|[.,]\d)", hint)


@cache
def played(name):
    """The names of a notebook before its last cell, its last cell, and its controls."""
    explored = []

    def watched(*arguments, **controls):
        explored.append(explore(*arguments, **controls))
        return explored[-1]

    *before, last = cells(NOTEBOOKS / f"{name}.py")
    space = {"__name__": "notebook"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "dont_write_bytecode", True)
        patch.setattr("experiments.interactive.explore.explore", watched)
        for body in before:
            exec(body, space)  # noqa: S102 - the project's own notebooks
    return space, last, explored


@pytest.mark.slow
@pytest.mark.parametrize("name", ANSWERS)
def test_the_right_answer_is_right_and_another_is_not(name, capsys):
    space, last, _ = played(name)
    for answer, word in ((ANSWERS[name], "Right"), (ANSWERS[name] * 3, "Not yet.")):
        capsys.readouterr()
        exec(last.replace("answer = ...", f"answer = {answer!r}"), space)  # noqa: S102 - as above
        assert word in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize(("name", "called", "right"), OTHERS)
def test_the_right_answer_to_an_earlier_question_is_right_too(name, called, right, capsys):
    space, *_ = played(name)
    [cell] = [body for body in cells(NOTEBOOKS / f"{name}.py") if f"{called} = ..." in body]
    for answer, word in ((right, "Right"), (right * 3 + 1, "Not yet.")):
        capsys.readouterr()
        exec(cell.replace(f"{called} = ...", f"{called} = {answer!r}"), space)  # noqa: S102 - as above
        assert word in capsys.readouterr().out


@pytest.mark.slow
def test_the_guarantees_table_and_slider_show_the_same_at_the_same_setting():
    space, _, _ = played("03_delivery_guarantees")
    for name, guarantee in space["guarantees"].items():
        assert scenario_of(guarantee=name) == space["scenario"].replace("guarantee", guarantee)
    assert space["metrics"] == METRICS


@pytest.mark.slow
def test_what_is_said_of_the_chapters_queue_is_what_it_does(capsys):
    capsys.readouterr()
    played.__wrapped__("06_first_server_and_queue")
    printed = capsys.readouterr().out
    assert "handler 2: Hello" in printed
    assert "handler 1" not in printed  # it was replaced
    assert "len(queue.messages) = 1\nOSError" in printed  # lost, and still in the list
    assert "len(handled) = 1000, len(queue.messages) = 1000" in printed
    assert "> complete" not in printed  # the program ended first
    assert "AttributeError: module 'queue' has no attribute 'SimpleQueue'\n2 * 2 = 4" in printed
    assert "Waiting in the queue at the end: 0" in printed  # that of the broker


@pytest.mark.slow
@pytest.mark.parametrize(("name", "imported"), [("queue", False), ("message_queue", True)])
def test_beside_the_chapters_queue_its_client_cannot_import_requests(name, imported, capsys):
    pytest.importorskip("requests")
    space, _, _ = played("06_first_server_and_queue")
    capsys.readouterr()
    space["run"]("import requests\nprint(requests.post)", **{name: space["QUEUE_PY"]})
    assert ("<function post" in capsys.readouterr().out) is imported


@pytest.mark.slow
@pytest.mark.parametrize("name", CONTROLLED)
def test_each_control_changes_its_picture_at_one_end_at_least(name):
    _, _, explored = played(name)
    assert explored
    for one in explored:
        panel, picture = one.widget.children
        start = bytes(picture.value)
        for control in panel.kwargs_widgets:
            at, seen = control.value, set()
            menu = [value for _, value in getattr(control, "options", [])]
            for end in menu or (control.min, control.max):
                control.value = end
                seen.add(bytes(picture.value))
            assert seen - {start}
            control.value = at
            assert bytes(picture.value) == start
