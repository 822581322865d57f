"""The lecturer's page: its minutes add up, and what it opens is there."""

import re
from itertools import pairwise

import pytest

from experiments.course.stories import STORIES
from experiments.course.worlds_shown import WORLDS
from experiments.labs.catalogue import LABS
from tests.docs.blocks import ROOT

PAGES = {"en": "lecturer.md", "fr": "lecturer.fr.md"}
SESSION = 25
"""Minutes that the chapter has, as it says itself."""


@pytest.fixture(params=PAGES)
def language(request):
    return request.param


@pytest.fixture
def page(language):
    return (ROOT / "docs" / PAGES[language]).read_text(encoding="utf-8")


def test_the_minutes_follow_each_other_and_add_up(page):
    rows = re.findall(r"(?m)^\| (\d+)–(\d+) \| (\d+) \|", page)
    spans = [(int(begin), int(end)) for begin, end, _ in rows]
    assert [end - begin for begin, end in spans] == [int(length) for *_, length in rows]
    assert (spans[0][0], spans[-1][1]) == (0, SESSION)
    assert all(end == begin for (_, end), (begin, _) in pairwise(spans))


def test_each_row_of_the_session_has_its_section(page):
    rows = re.findall(r"(?m)^\| (\d+–\d+) \|", page)
    assert re.findall(r"(?m)^## (\d+–\d+) ·", page) == rows


def test_what_it_opens_is_in_the_kit_or_made_on_the_page(page, language):
    opened = re.findall(r"(?m)^\d+\. `([\w/.]+)`$", page)
    (kit,) = re.findall(r"pigeon kit --lang \w+ --out (\w+)", page)
    made = re.findall(r"(?m)--(?:out|page) ([\w.]+\.html)$", page)
    played = [*STORIES, *(f"worlds_{name}" for name in WORLDS)]
    players = [f"{kit}/players/{name}.html" for name in played]
    figures = [
        f"{kit}/figures/{path.parts[-3]}/{path.name}"
        for path in (ROOT / "results").glob(f"*/figures/*.{language}.svg")
    ]
    assert opened
    assert set(opened) <= {*made, *players, *figures}


def test_it_has_every_lab(page):
    assert re.findall(r"(?m)^\| `(\w+)` \|", page) == list(LABS)
