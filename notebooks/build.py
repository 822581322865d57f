"""Make the notebooks of each language from their sources, check them, run them.

A source, `notebooks/NAME.py`, is a script in jupytext's percent format. A cell with `lang="fr"` is
for that language alone; the others are for both. What is made, `NAME.en.ipynb` and `NAME.fr.ipynb`,
is committed without outputs, so that a reader opens it at once and a change can be read.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parent
LANGUAGES = ("en", "fr")
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def notebooks() -> Iterator[tuple[Path, str]]:
    """Go through the notebooks: file, and text."""
    for source in sorted(FOLDER.glob("[0-9]*.py")):
        for language in LANGUAGES:
            yield source.with_suffix(f".{language}.ipynb"), translate(source, language)


def translate(source: Path, language: str) -> str:
    """Return the notebook of one language."""
    notebook = jupytext.read(source, fmt="py:percent")
    cells = [c for c in notebook.cells if c.metadata.get("lang", language) == language]
    for number, cell in enumerate(cells):
        cell.metadata = {}
        cell["id"] = f"cell-{number}"
    made = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL})
    return nbformat.writes(made) + "\n"


def main() -> int:
    """Do what the command line asks."""
    parser = argparse.ArgumentParser(description="Make the notebooks from their sources.")
    parser.add_argument("--check", action="store_true", help="only say whether they are up to date")
    parser.add_argument("--run", action="store_true", help="run each, top to bottom; keep nothing")
    options = parser.parse_args()
    stale = 0
    for path, text in notebooks():
        if path.exists() and path.read_text(encoding="utf-8") == text:
            print(f"{path.name}: up to date")
        elif options.check:
            print(f"{path.name}: not what its source says; run make notebooks", file=sys.stderr)
            stale += 1
        else:
            path.write_text(text, encoding="utf-8")
            print(f"{path.name}: written")
        if options.run:
            notebook = nbformat.reads(text, as_version=4)
            where = {"metadata": {"path": str(FOLDER)}}
            NotebookClient(notebook, timeout=300, resources=where).execute()
            print(f"{path.name}: ran top to bottom")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
