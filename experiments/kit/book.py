"""The kit as a folder, to merge into a book: written whole, or not at all."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Final

from experiments.kit.facts import facts_of
from experiments.kit.measured import Tables
from experiments.kit.pages import LOOK, PAGES, WORDS, Writer, title_of
from experiments.kit.quiz import write_quiz
from experiments.stories import STORIES
from experiments.stories import write as write_stories
from experiments.whole import replacing

LIST: Final = "kit.json"
"""Names the files of a kit, and their digests: how a later one knows what is the reader's own."""
OF_A_BOOK: Final = ("SUMMARY.md", "book.toml", ".git")
"""What tells the folder of a book, which is never replaced."""
QUIZ: Final = "message-passing-measured.toml"


def build(language: str, *, results: Path, out: Path, force: bool = False) -> Counter[str]:
    """Write a kit, in the place of an older one if there is one.

    Args:
        language: "en" or "fr".
        results: Where the tables and figures of the experiments are.
        out: The folder to write.
        force: Whether to replace a folder that is no kit, or that was changed by hand.

    Returns:
        How many of each kind were written.

    Raises:
        ValueError: If results are missing, or do not show what the pages say, or `out` is not to
            be replaced. Nothing is written then.
    """
    out = out.absolute()
    _check_replaceable(out, force=force)
    out.parent.mkdir(parents=True, exist_ok=True)
    with replacing(out) as kit:
        return _write(language, results, kit, out.name)


def _write(language: str, results: Path, kit: Path, name: str) -> Counter[str]:
    measured = Tables(results)
    facts = {page: facts_of(page, measured) for page in PAGES}
    made: Counter[str] = Counter()
    made["figures"] = _copy_figures(language, results, kit / "figures")
    write_stories(kit / "diagrams", language)
    (kit / "players").mkdir()
    for story, tell in STORIES.items():
        tell(language).play(language=language).save(kit / "players" / f"{story}.html")
    made["diagrams"] = made["players"] = len(STORIES)

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


def _check_replaceable(out: Path, *, force: bool) -> None:
    """Refuse to replace what is not a kit, and what a reader changed in one; a book in any case."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    listing = (out / LIST).exists()
    if not listing and any((out / name).exists() for name in OF_A_BOOK):
        raise ValueError(f"--out must be a folder of the kit's own in the book, got '{out}'")
    if force:
        return
    if not listing:
        raise ValueError(f"--out must be a new folder or a kit, got '{out}'; --force replaces it")
    listed = json.loads((out / LIST).read_text(encoding="utf-8"))["files"]
    found = _digests(out)
    changed = [path for path in sorted({*listed, *found}) if listed.get(path) != found.get(path)]
    if changed:
        raise ValueError(
            f"--out must be a kit as it was written, got '{out}' where {changed[0]} was changed"
            f"{f' and {len(changed) - 1} more' if len(changed) > 1 else ''}; --force replaces it"
        )


def _digests(folder: Path) -> dict[str, str]:
    """Return the digest of each file, by its path, but for the list itself."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != LIST)
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files
    }
