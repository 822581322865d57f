"""What the site's own Sphinx extensions promise."""

import re
import sys
from types import SimpleNamespace

import pytest

from experiments.cli.program import pigeon
from tests.docs.blocks import ROOT
from tests.docs.test_code_blocks import MADE


@pytest.fixture
def extension(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "docs" / "extensions"))

    def load(name):
        monkeypatch.delitem(sys.modules, name, raising=False)
        return __import__(name)

    return load


@pytest.mark.parametrize(
    "page",
    [
        '<script src="https://example.org/a.js"></script>',
        '<img alt="" src="//example.org/a.png">',
        '<link rel="stylesheet" href="http://example.org/a.css">',
        '<iframe title="x" src="https://example.org/"></iframe>',
        "@import url(https://example.org/a.css);",
        "body { background: url('https://example.org/a.png') }",
    ],
)
def test_a_page_that_would_load_something_from_elsewhere_is_found(extension, page):
    assert extension("self_contained").LOADS.search(page)


@pytest.mark.parametrize(
    "page",
    [
        '<a href="https://example.org/">a link to follow</a>',
        '<script src="../_static/a.js"></script>',
        '<link rel="canonical" href="https://example.org/">',
        '<img src="data:image/png;base64,AAAA">',
    ],
)
def test_a_link_to_follow_and_what_is_here_are_not(extension, page):
    assert not extension("self_contained").LOADS.search(page)


def test_a_link_to_a_figure_or_notebook_becomes_one_to_a_page_of_the_site(extension):
    text = ["[fr](../results/timeouts/figures/timeouts.fr.png) [one](../notebooks/01_a.en.ipynb)"]
    extension("links").redirect(None, "chapter", text)
    assert text == ["[fr](/gallery/timeouts.md#français) [one](/notebooks/01_a.en.ipynb)"]


def test_a_picture_in_the_repository_stays_where_it_is(extension):
    text = ["![A figure](../results/timeouts/figures/timeouts.fr.png)"]
    extension("links").redirect(None, "chapter", text)
    assert text == ["![A figure](../results/timeouts/figures/timeouts.fr.png)"]


@pytest.mark.parametrize(
    ("docstring", "tidied"),
    [
        ("Source: A. Author,\n    A Title, 2002.", "*Source:* A. Author, A Title, 2002."),
        ("A sketch.\n\n    one ──► two", "A sketch.\n\n::\n\n    one ──► two"),
        ("Args:\n    one: The first.", "Args:\n    one: The first."),
    ],
)
def test_a_docstring_is_made_ready_for_sphinx(extension, docstring, tidied):
    lines = docstring.split("\n")
    extension("docstrings").tidy(None, "class", "", None, None, lines)
    assert "\n".join(lines) == tidied


def test_a_sentence_with_a_colon_is_no_type(extension):
    docstrings = extension("docstrings")
    lines = ["The digest: the same on every machine."]
    docstrings.tidy(None, "property", "", None, None, lines)
    assert ":" not in lines[0]
    docstrings.give_colons_back(None, "property", "", None, None, lines)
    assert lines == ["The digest: the same on every machine."]


def test_the_help_of_each_command_is_asked_again_at_each_build(extension, monkeypatch):
    """The page's text never changes: kept from an earlier build, it would tell of old commands."""
    directive = extension("command_line").CommandLine
    asked = []
    monkeypatch.setattr(directive, "env", SimpleNamespace(note_reread=lambda: asked.append(True)))
    top, *sections = directive.run(object.__new__(directive))
    assert asked
    assert "-h, --help" in top.astext()
    expected = [[f"pigeon-{name}"] for name in sorted(pigeon.commands)]
    assert [section["ids"] for section in sections] == expected


class Site:
    """As much of Sphinx as an extension that changes pages asks for."""

    def __init__(self):
        self.env = SimpleNamespace(doc2path=lambda name: ROOT / "docs" / f"{name}.md")


def test_a_french_page_has_the_spaces_of_french_and_says_its_language(extension):
    french = extension("french")
    text, context = ["Pourquoi ? « Ainsi » : `a ? b : c`"], {"language": "en"}
    french.space(Site(), "tutorial/1_simulate.fr", text)
    french.say(Site(), "tutorial/1_simulate.fr", "page.html", context, None)
    assert text == ["Pourquoi\u202f? «\u00a0Ainsi\u00a0»\u00a0: `a ? b : c`"]
    assert context["language"] == "fr"


def test_an_english_page_stays_as_it_is(extension):
    french = extension("french")
    text, context = ["Why ?"], {"language": "en"}
    french.space(Site(), "tutorial/1_simulate", text)
    french.say(Site(), "tutorial/1_simulate", "page.html", context, None)
    assert (text, context) == (["Why ?"], {"language": "en"})


FRENCH = [
    page
    for page in sorted((ROOT / "docs").rglob("*.fr.md"))
    if page.relative_to(ROOT / "docs").parts[0] not in MADE
]
PARTS = re.compile(r"(?m)^(#{1,3} |```\S+)")


def parts_of(text):
    """Headings and code, in their order: what is printed may be cut short in one of them."""
    return [part for part in PARTS.findall(text) if part != "```text"]


@pytest.mark.parametrize("page", FRENCH, ids=lambda page: page.stem)
def test_a_french_page_has_the_parts_of_the_english_one(page):
    english = page.with_name(page.name.replace(".fr.", "."))
    kinds = [parts_of(path.read_text(encoding="utf-8")) for path in (page, english)]
    assert kinds[0] == kinds[1]


KIT = sorted((ROOT / "experiments" / "course" / "pages").glob("*.md"))


@pytest.mark.parametrize("page", KIT, ids=lambda page: page.stem)
def test_each_answer_of_a_page_of_the_kit_is_a_model_answer(extension, page):
    text = page.read_text(encoding="utf-8")
    shown = "\n".join(extension("answers").asked(text))
    assert shown.count("\n### ") == text.count("<details>")
    assert "<details>" not in shown
    for answer in re.findall(r"</summary>\n\n(.+)", text):
        assert answer in shown


def test_a_question_is_shown_with_its_answer_and_what_is_chosen_wrongly(extension):
    answers = extension("answers")
    asked = {
        "prompt": {"prompt": "How many?\n", "distractors": ["two", "three"]},
        "answer": {"answer": "one"},
        "context": "\nOne is enough.\n",
    }
    shown = " ".join(answers.questions({"questions": [asked]}, answers.WORDS["en"]))
    expected = "**1.** How many? **Answer:** one *Others choose:* - two - three One is enough."
    assert " ".join(shown.split()) == expected
