"""The gallery: every published figure and story, made at build from the catalogue and results/.

A page an experiment, with its question, its figures in both languages, and the command that gives
them again; a page of stories, each played, drawn, and ready for a book in Mermaid.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sphinx.application import Sphinx
from sphinx.config import Config

from experiments import catalogue
from experiments.course.stories import STORIES, story_titles

RESULTS: Final = Path(__file__).parents[2] / "results"
LANGUAGES: Final = {"en": "English", "fr": "Français"}


def write(app: Sphinx, config: Config) -> None:
    """Write the pages, and the players beside them."""
    folder = Path(app.srcdir) / "gallery"
    pages = {name: "\n".join(_experiment(name)) for name in catalogue.names()}
    pages["stories"] = "\n".join(_stories())
    pages["index"] = "\n".join(_index())
    files = {folder / f"{name}.md": text for name, text in pages.items()}
    for name, story in STORIES.items():
        for language in LANGUAGES:
            page = story(language).play(language=language, title=story_titles(name)).page
            files[folder / "pages" / "players" / f"{name}.{language}.html"] = page
    for stale in set(folder.rglob("*.*")) - set(files):
        stale.unlink()
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def _index() -> Iterator[str]:
    yield "# Gallery"
    yield "\nEvery figure below is drawn from tables in `results/`, which one command writes again,"
    yield "to the byte. Each comes in English and in French, for light pages and for dark ones, and"
    yield "with a text for who does not see it."
    yield "\n[The stories](stories.md) play and draw what happens to one message.\n"
    yield "::::{container} cards"
    for name in catalogue.names():
        experiment = catalogue.load(name)
        yield f"\n:::{{container}} card\n[{experiment.question}]({name}.md)\n"
        yield from _picture(RESULTS / name / "figures" / f"{experiment.figures[0].name}.en")
        yield ":::"
    yield "::::\n\n```{toctree}\n:hidden:\n\nstories"
    yield from (f"{_short(name)} <{name}>" for name in catalogue.names())
    yield "```"


def _experiment(name: str) -> Iterator[str]:
    experiment = catalogue.load(name)
    yield f"# {experiment.question}\n"
    yield f"```sh\npigeon run {name}\n```\n"
    yield f"{experiment.replications} replications of each of {len(experiment.cells())} cells; "
    yield f"the tables and figures are in `results/{name}/`, the code in "
    yield f"`experiments/catalogue/{name}.py`."
    for language, title in LANGUAGES.items():
        yield f"\n## {title}\n"
        for figure in experiment.figures:
            yield from _picture(RESULTS / name / "figures" / f"{figure.name}.{language}")


def _stories() -> Iterator[str]:
    yield "# Stories: what happens to a message"
    yield "\nEach is a short run, shown three times: played, drawn in space and time, and as a"
    yield "sequence diagram in Mermaid for a book. `pigeon stories` draws them. The space bar plays"
    yield "and pauses."
    for name, story in STORIES.items():
        yield f"\n## {_short(name)}\n\n{story.__doc__}\n"
        yield from _player(name)
        for language, title in LANGUAGES.items():
            yield f"\n<details><summary>{title}: drawn, and in Mermaid</summary>\n"
            yield from _picture(RESULTS / "diagrams" / f"{name}.{language}")
            mermaid = (RESULTS / "diagrams" / f"{name}.{language}.mmd").read_text(encoding="utf-8")
            yield f"```text\n{mermaid}```\n\n</details>"


def _player(name: str) -> Iterator[str]:
    yield f'<iframe class="player" title="{_short(name)}" loading="lazy"'
    yield f' src="../players/{name}.en.html"></iframe>\n'
    yield f'<p><a href="../players/{name}.en.html">Alone on a page</a>, '
    yield f'<a href="../players/{name}.fr.html" lang="fr">en français</a></p>\n'


def _picture(stem: Path) -> Iterator[str]:
    """Show a figure, for dark pages too where there is one for those, with its text."""
    words = stem.with_name(f"{stem.name}.txt")
    text = " ".join(words.read_text(encoding="utf-8").split()) if words.exists() else stem.name
    dark = stem.with_name(f"{stem.name}.dark.svg")
    for path, shown in ((stem.with_name(f"{stem.name}.svg"), "only-light"), (dark, "only-dark")):
        if path.exists():
            where = path.relative_to(RESULTS).as_posix()
            yield f"```{{image}} ../../results/{where}\n:alt: {text}"
            yield f":class: {shown if dark.exists() else 'on-paper'}\n```\n"


def _short(name: str) -> str:
    return name.replace("_", " ").capitalize()


def setup(app: Sphinx) -> dict[str, bool]:
    """Write before pages are looked for."""
    app.connect("config-inited", write, priority=100)  # before Sphinx looks for the players
    return {"parallel_read_safe": True, "parallel_write_safe": True}
