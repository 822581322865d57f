"""Make the notebooks of each language from their sources, run them, keep what they show.

A source, `notebooks/NAME.py`, is a script in jupytext's percent format. A cell with `lang="fr"` is
for that language alone; the others are for both. What is made, `NAME.en.ipynb` and `NAME.fr.ipynb`,
is committed with its outputs, for those who only read: they are the same bytes at each run.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

FOLDER = Path(__file__).parent
LANGUAGES = ("en", "fr")
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
ALIVE = "application/vnd.jupyter.widget-view+json"


class Unfit(Exception):
    """A notebook shows what must not be kept: a warning, or what differs at each run."""


def translate(source: Path, language: str) -> NotebookNode:
    """Return the notebook of one language, without outputs."""
    notebook = jupytext.read(source, fmt="py:percent")
    cells = [c for c in notebook.cells if c.metadata.get("lang", language) == language]
    for number, cell in enumerate(cells):
        cell.metadata = {}
        cell["id"] = f"cell-{number}"
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL})


def run(notebook: NotebookNode, folder: Path) -> None:
    """Run a notebook top to bottom, and leave in it what a reader is to see."""
    client = NotebookClient(
        notebook,
        timeout=300,
        resources={"metadata": {"path": str(folder)}},
        coalesce_streams=True,
        record_timing=False,
        store_widget_state=False,
        startup_timeout=120,
    )
    client.execute(stderr=subprocess.DEVNULL)  # the kernel's own remarks, not the notebook's
    notebook.metadata = {"kernelspec": KERNEL}
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for count, cell in enumerate(code, start=1):
        cell.metadata = {}
        cell.execution_count = count
        cell.outputs = [kept for output in cell.outputs for kept in still(output)]
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = count


def still(output: NotebookNode) -> Iterator[NotebookNode]:
    """Go through what is kept of an output: of controls, their picture, and a line about them.

    Raises:
        Unfit: If it is a warning, or names a place in memory.
    """
    if output.get("name") == "stderr":
        raise Unfit(f"it warns: {output.text.strip()}")
    output.pop("metadata", None)
    for text in texts_of(output):
        if re.search(r"\bat 0x[0-9a-f]+", text):
            raise Unfit(f"it shows a place in memory: {text.strip()}")
    if output.output_type == "stream":
        yield output
        return
    data = output.data
    output.metadata = {}
    if ALIVE in data:
        said = {"text/markdown": data.pop("text/markdown"), "text/plain": data["text/plain"]}
        del data[ALIVE]
        yield output
        yield nbformat.v4.new_output("display_data", said)
    else:
        yield output


def texts_of(output: NotebookNode) -> list[str]:
    """Return what an output says in words; a player says it in its page, which is not compared."""
    if output.output_type == "stream":
        return [output.text]
    data = output.get("data", {})
    if data.get("text/html", "").startswith("<iframe"):
        return []
    return [text for kind, text in data.items() if kind in {"text/plain", "text/markdown"}]


def differences(made: NotebookNode, kept: NotebookNode) -> list[str]:
    """Say how a notebook differs from the one that is kept: in its cells, or in words it shows.

    Pictures are not compared: their pixels depend on the machine's fonts and libraries.
    """
    sources = [[(c.cell_type, c.source) for c in one.cells] for one in (made, kept)]
    if sources[0] != sources[1]:
        return ["its cells are not what its source says"]
    return [
        f"{ours.id} shows something else"
        for ours, theirs in zip(made.cells, kept.cells, strict=True)
        if list(map(texts_of, ours.get("outputs", [])))
        != list(map(texts_of, theirs.get("outputs", [])))
    ]


def write(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook, whole or not at all."""
    part = path.with_suffix(".part")
    part.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
    part.replace(path)


def build(source: Path, language: str, *, check: bool) -> list[str]:
    """Make a notebook and run it; keep it, or say how it differs from the one that is kept."""
    path = source.with_suffix(f".{language}.ipynb")
    notebook = translate(source, language)
    try:
        run(notebook, source.parent)
    except (CellExecutionError, Unfit) as error:
        return [str(error)]
    if not check:
        write(notebook, path)
        return []
    if not path.exists():
        return ["it is not there"]
    return differences(notebook, nbformat.read(path, as_version=4))


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line asks."""
    parser = argparse.ArgumentParser(
        description="Make the notebooks from their sources, and run them."
    )
    parser.add_argument("names", nargs="*", help="which, by the start of their names (all)")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail if what is kept differs"
    )
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time (%(default)s)"
    )
    parser.add_argument(
        "--folder", type=Path, default=FOLDER, help="where the sources are (%(default)s)"
    )
    options = parser.parse_args(arguments)
    sources = sorted(options.folder.glob("[0-9]*.py"))
    chosen = [s for s in sources if s.name.startswith(tuple(options.names) or "")]
    if not chosen:
        parser.error(f"no notebook of that name in {options.folder}")
    began = time.monotonic()
    failed = 0
    with tempfile.TemporaryDirectory() as runtime, ThreadPoolExecutor(options.jobs) as pool:
        os.environ["JUPYTER_RUNTIME_DIR"] = runtime
        tasks = {
            pool.submit(build, source, language, check=options.check): f"{source.stem}.{language}"
            for source in chosen
            for language in LANGUAGES
        }
        for done, task in enumerate(as_completed(tasks), start=1):
            faults = task.result()
            failed += bool(faults)
            verdict = "; ".join(faults) or ("as kept" if options.check else "ran, and kept")
            print(f"[{done}/{len(tasks)}] {tasks[task]}: {verdict}", flush=True)
    print(f"{len(tasks)} notebooks in {time.monotonic() - began:.0f} s")
    if failed:
        print(f"{failed} failed; make notebooks makes them again", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
