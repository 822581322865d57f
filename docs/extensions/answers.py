"""The model answers, `answers/answers.LANGUAGE`: made at build of the course kit's own pages.

They are for the lecturer: the chapter's three questions, the quiz with what is answered wrongly,
and the exercise of each page. Their numbers are the kit's, so none is typed.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from sphinx.application import Sphinx
from sphinx.config import Config

from experiments.course.facts import facts_of
from experiments.course.measured import Tables
from experiments.course.pages import PAGES, Writer, title_of
from experiments.course.quiz import write_quiz

RESULTS: Final = Path(__file__).parents[2] / "results"
ANSWER: Final = re.compile(r"<details>\n<summary>(.*?)</summary>\n(.*?)</details>", re.DOTALL)
SHOWN: Final = r"**\1.**\2"
BLANKS: Final = re.compile(r"\n{3,}")
WORDS: Final = {
    "en": {
        "title": "Model answers",
        "about": "Made of the [course kit](../guides/course_kit.md), whose numbers are of the "
        "published results; there each answer is hidden until it is asked for. "
        "[The session, minute by minute](../lecturer.md).",
        "quiz": "The quiz",
        "answer": "Answer:",
        "others": "Others choose:",
        "other": "[En français](answers.fr.md)",
    },
    "fr": {
        "title": "Réponses types",
        "about": "Elles viennent du [kit de cours](../guides/course_kit.md), dont les nombres sont "
        "ceux des résultats publiés ; chaque réponse y est cachée tant qu'on ne la demande pas. "
        "[La séance, minute par minute](../lecturer.fr.md).",
        "quiz": "Le quiz",
        "answer": "Réponse :",
        "others": "D'autres choisissent :",
        "other": "[In English](answers.en.md)",
    },
}


class Spoken(Writer):
    """Writes the words of the kit's pages, and none of their pictures."""

    def figure(self, *_: str) -> str:
        """Leave out a figure."""
        return ""

    def space_time(self, *_: str) -> str:
        """Leave out a space-time diagram."""
        return ""

    def diagram(self, *_: str) -> str:
        """Leave out a sequence diagram."""
        return ""

    def player(self, *_: str) -> str:
        """Leave out what is played."""
        return ""

    def worlds(self, *_: str) -> str:
        """Leave out what one breaks by hand."""
        return ""


def write(app: Sphinx, config: Config) -> None:
    """Write a page a language."""
    folder = Path(app.srcdir) / "answers"
    folder.mkdir(exist_ok=True)
    measured = Tables(RESULTS)
    facts = {page: facts_of(page, measured) for page in PAGES}
    for language in WORDS:
        path, text = folder / f"answers.{language}.md", "\n".join(answers(language, facts))
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def answers(language: str, facts: dict[str, Any]) -> Iterator[str]:
    """Return the page in a language, line by line, from the facts of the kit's pages."""
    writer, words = Spoken(language, RESULTS), WORDS[language]
    yield f"# {words['title']}\n\n*{words['other']}*\n\n{words['about']}\n"
    yield from asked(writer.write("understanding.md", facts["understanding"]))
    yield f"## {words['quiz']}\n"
    yield from questions(tomllib.loads(write_quiz(writer, facts)[0]), words)
    for page in PAGES:
        if page not in {"understanding", "quiz"}:
            yield from asked(writer.write(f"{page}.md", facts[page]))


def asked(page: str) -> Iterator[str]:
    """Return the parts of a page in which something is asked, answers in sight."""
    parts = [part for part in page.split("\n## ")[1:] if ANSWER.search(part)]
    if parts:
        yield f"## {title_of(page)}\n"
    for part in parts:
        heading, question = part.split("\n", 1)
        yield f"### {heading}\n"
        yield BLANKS.sub("\n\n", ANSWER.sub(SHOWN, question)).strip() + "\n"


def questions(quiz: dict[str, Any], words: dict[str, str]) -> Iterator[str]:
    """Return the questions of the quiz, each with its answer and what is chosen wrongly."""
    for number, question in enumerate(quiz["questions"], 1):
        yield f"**{number}.** {question['prompt']['prompt'].strip()}\n"
        yield f"**{words['answer']}** {question['answer']['answer']}\n"
        if wrong := question["prompt"].get("distractors"):
            yield f"*{words['others']}*\n"
            yield "".join(f"- {choice}\n" for choice in wrong)
        yield f"{question['context'].strip()}\n"


def setup(app: Sphinx) -> dict[str, bool]:
    """Write before pages are looked for."""
    app.connect("config-inited", write, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
