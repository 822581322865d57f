"""The kit as a folder, to merge into a book: written whole, or not at all."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Collection
from hashlib import sha256
from pathlib import Path
from typing import Final

from experiments.course.facts import facts_of
from experiments.course.measured import Tables
from experiments.course.pages import LOOK, PAGES, WORDS, Writer, title_of
from experiments.course.quiz import write_quiz
from experiments.course.stories import STORIES, story_titles
from experiments.course.stories import write as write_stories
from experiments.course.worlds_shown import WORLDS
from experiments.framework.atomic import files_of, replacing
from simulator.drawing.staging import clear_leftovers

LIST: Final = "kit.json"
"""Names the files of a kit, and their digests: how a later one knows what is the reader's own."""
QUIZ: Final = "message-passing-measured.toml"


def build(language: str, *, results: Path, out: Path, force: bool = False) -> Counter[str]:
    """Write a kit, in the place of an older one if there is one; what else is there stays.

    Args:
        language: "en" or "fr".
        results: Where the tables and figures of the experiments are.
        out: The folder to write.
        force: Whether to replace files of an older kit that were changed by hand.

    Returns:
        How many of each kind were written.

    Raises:
        ValueError: If results are missing, or do not show what the pages say, or `out` is not to
            be replaced. Nothing is written then.
    """
    out = out.absolute()
    for folder in (results, out.parent):
        clear_leftovers(folder)
    own = _replaceable(out, force=force)
    out.parent.mkdir(parents=True, exist_ok=True)
    with replacing(out, own) as kit:
        made = _write(language, results, kit, out.name)
        for file in files_of(kit):
            if file not in own and (out / file).exists():
                raise ValueError(f"{out / file} must make room for a new file of the kit: move it")
        return made


def _write(language: str, results: Path, kit: Path, name: str) -> Counter[str]:
    measured = Tables(results)
    facts = {page: facts_of(page, measured) for page in PAGES}
    made: Counter[str] = Counter()
    made["figures"] = _copy_figures(language, results, kit / "figures")
    write_stories(kit / "diagrams", language)
    (kit / "players").mkdir()
    for story, make in STORIES.items():
        player = make(language).play(language=language, title=story_titles(story))
        player.save(kit / "players" / f"{story}.html")
    for shown, search in WORLDS.items():
        search(language).page(language).save(kit / "players" / f"worlds_{shown}.html")
    made["diagrams"] = len(STORIES)
    made["players"] = len(STORIES) + len(WORLDS)

    writer = Writer(language, kit)
    quiz, made["questions"] = write_quiz(writer, facts)
    shared = {"quiz_file": f"quizzes/{QUIZ}", "kit": name, "questions": made["questions"]}
    texts = {f"quizzes/{QUIZ}": quiz, LOOK: (WORDS / LOOK).read_text(encoding="utf-8")}
    titles = {}
    for page in PAGES:
        text = writer.write(f"{page}.md", facts[page], **shared)
        texts[f"{page}.md"] = f"{text.rstrip()}\n\n{{{{#include {LOOK}}}}}\n"
        titles[page] = title_of(text)
    first, *others = (f"- [{title}]({name}/{page}.md)" for page, title in titles.items())
    texts["SUMMARY.md"] = "\n".join((first, *(f"  {line}" for line in others))) + "\n"
    texts["README.md"] = writer.write("README.md", {}, **shared, summary=texts["SUMMARY.md"])
    for path, text in texts.items():
        file = kit / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
    made["pages"] = len(PAGES)
    listed = json.dumps({"language": language, "files": _digests(kit)}, indent=2)
    (kit / LIST).write_text(listed + "\n", encoding="utf-8", newline="\n")
    return made


def _copy_figures(language: str, results: Path, folder: Path) -> int:
    """Copy every published figure: light, dark, and in words. Return how many there are."""
    light = sorted(
        file
        for file in results.glob(f"*/figures/*.{language}.svg")
        if not file.name.endswith(".dark.svg")
    )
    for file in light:
        experiment = file.parts[-3]
        (folder / experiment).mkdir(parents=True, exist_ok=True)
        for source in (file, file.with_suffix(".dark.svg"), file.with_suffix(".txt")):
            if not source.exists():
                raise ValueError(
                    f"{source} is not there: `pigeon figures {experiment} --results {results}` "
                    "draws it"
                )
            shutil.copyfile(source, folder / experiment / source.name)
    return len(light)


def _replaceable(out: Path, *, force: bool) -> Collection[str]:
    """Return the files of the kit in a folder; refuse a folder of anything else, as of a book."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return ()
    if not (out / LIST).is_file():
        raise ValueError(f"--out must be a new folder, or that of a kit, got '{out}'")
    try:
        listed = dict(json.loads((out / LIST).read_text(encoding="utf-8"))["files"])
    except (KeyError, TypeError, ValueError):
        raise ValueError(
            f"{out / LIST} must be the list that pigeon wrote; make the kit in a new folder"
        ) from None
    found = _digests(out)
    changed = [file for file in sorted(listed) if listed[file] != found.get(file)]
    if changed and not force:
        raise ValueError(
            f"--out must be a kit as it was written, got '{out}' where {changed[0]} was changed"
            f"{f' and {len(changed) - 1} more' if len(changed) > 1 else ''}; --force replaces it"
        )
    return {*listed, LIST}


def _digests(folder: Path) -> dict[str, str]:
    """Return the digest of each file, by its path, but for the list itself."""
    return {
        file: sha256(path.read_bytes()).hexdigest()
        for file, path in files_of(folder).items()
        if file != LIST and path.is_file()
    }
