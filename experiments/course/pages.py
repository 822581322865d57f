"""Pages: words from `pages/`, numbers from `facts/`, in the course's Markdown."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

from experiments.course.texts import texts
from experiments.course.wording import Wording

WORDS: Final = Path(__file__).parent / "pages"
PAGES: Final = (
    "index",
    "message_passing",
    "synchronous",
    "asynchronous",
    "three_guarantees",
    "two_generals",
    "architectures",
    "http",
    "simple_queue",
    "patterns",
    "errors",
    "retries",
    "understanding",
    "quiz",
    "trust",
)
"""The sections of the chapter, in its order, and what goes with them."""
LOOK: Final = "look.html"
"""What each page includes: how figures and players look, in a light or dark book."""


class Writer:
    """Writes what is in words, in one language."""

    def __init__(self, language: str, kit: Path) -> None:
        """Write for that folder, where the figures already are."""
        self.language = language
        self._kit = kit
        self._wording = Wording(language)
        self._jinja = Environment(
            autoescape=False,  # noqa: S701 - Markdown and TOML; what is HTML is escaped below
            keep_trailing_newline=True,
            loader=FileSystemLoader(WORDS),
            lstrip_blocks=True,
            trim_blocks=True,
            undefined=StrictUndefined,
        )
        for fits in ("number", "percent", "seconds", "milliseconds", "interval", "words", "name"):
            self._jinja.filters[fits] = getattr(self._wording, fits)
        macros: tuple[Callable[..., str], ...] = (self.figure, self.space_time, self.diagram)
        self._jinja.globals.update({macro.__name__: macro for macro in macros})
        self._jinja.globals["player"] = self.player
        self._jinja.globals["worlds"] = self.worlds

    def write(self, name: str, facts: Mapping[str, Any], **more: Any) -> str:
        """Return a text: `name` is its file among the words, without the language.

        Raises:
            ValueError: If it has a place for which there is no fact.
        """
        stem, dot, kind = name.rpartition(".")
        file = f"{stem}.{self.language}{dot}{kind}"
        try:
            text = self._jinja.get_template(file).render({**facts, **more})
        except (TemplateError, ValueError) as error:
            raise ValueError(f"pages/{file} must be filled in from its facts: {error}") from error
        return self._wording.prose(text)

    def figure(self, experiment: str, name: str) -> str:
        """Show a published figure, light or dark as the book is."""
        return self._picture(f"figures/{experiment}/{name}")

    def space_time(self, story: str) -> str:
        """Show the space-time diagram of a story."""
        return self._picture(f"diagrams/{story}")

    def diagram(self, story: str) -> str:
        """Include the sequence diagram of a story, for the mermaid preprocessor."""
        return f"```mermaid\n{{{{#include diagrams/{story}.{self.language}.mmd}}}}\n```"

    def player(self, story: str) -> str:
        """Embed the page that plays a story."""
        text = texts(self.language)
        return self._frame(story, text("kit", "player").format(text("stories", story)))

    def worlds(self, name: str) -> str:
        """Embed the page in which a reader makes the worlds by hand."""
        return self._frame(f"worlds_{name}", texts(self.language)("worlds", name))

    def _frame(self, page: str, title: str) -> str:
        return (
            f'<iframe class="pigeon-player" data-src="players/{page}.html#lang={self.language}" '
            f'title="{self._attribute(title)}" loading="lazy" sandbox="allow-scripts"></iframe>'
        )

    def _picture(self, stem: str) -> str:
        stem = f"{stem}.{self.language}"
        alt = self._attribute((self._kit / f"{stem}.txt").read_text(encoding="utf-8"))
        shown = (
            f'<a class="pigeon-{theme}" href="{stem}{end}">'
            f'<img src="{stem}{end}" alt="{alt}" loading="lazy"></a>'
            for theme, end in (("light", ".svg"), ("dark", ".dark.svg"))
        )
        return "\n".join(('<figure class="pigeon-figure">', *shown, "</figure>"))

    def _attribute(self, text: str) -> str:
        return html.escape(self._wording.prose(" ".join(text.split())))


def title_of(page: str) -> str:
    """Return a page's title, its first heading."""
    return next(line[2:] for line in page.splitlines() if line.startswith("# "))


def quoted(text: str) -> str:
    """Write a string as TOML does: JSON's strings are TOML's too."""
    return json.dumps(text, ensure_ascii=False)
