"""Make the notebooks of each language from their sources, run them, keep what they show.

A source, `notebooks/NAME.py`, is a script in jupytext's percent format. A cell with `lang="fr"` is
for that language alone; the others are for both. French prose gets its no-break spaces. A code cell
of a language holds nothing but constants: each stands, as it is written there, wherever it is used,
so that a reader meets `explore(view, "fr")` rather than `LANGUAGE`.

What is made, `NAME.en.ipynb` and `NAME.fr.ipynb`, is committed with its outputs, for those who only
read: they are the same bytes at each run, but for what a cell with `tags=["varies"]` measures.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
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

from experiments.course.wording import Wording
from simulator.drawing.atomic import atomic

FOLDER = Path(__file__).parent
LANGUAGES = ("en", "fr")
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
VARIES = "varies"
ALIVE = "application/vnd.jupyter.widget-view+json"


class Unfit(Exception):
    """A notebook shows what must not be kept: a warning, or what differs at each run."""


def translate(source: Path, language: str) -> NotebookNode:
    """Return the notebook of one language, without outputs."""
    notebook = jupytext.read(source, fmt="py:percent")
    cells = [c for c in notebook.cells if c.metadata.get("lang", language) == language]
    of_language = [c for c in cells if c.cell_type == "code" and "lang" in c.metadata]
    constants = dict(pair for cell in of_language for pair in constants_of(cell.source))
    cells = [cell for cell in cells if cell not in of_language]
    used = re.compile(rf"\b({'|'.join(constants)})\b")
    wording = Wording(language)
    for number, cell in enumerate(cells):
        if cell.cell_type == "markdown":
            cell.source = wording.prose(cell.source)
        elif constants:
            cell.source = used.sub(lambda name: constants[name[0]], cell.source)
        cell.metadata = {"tags": [VARIES]} if varies(cell) else {}
        cell["id"] = f"cell-{number}"
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL})


def constants_of(source: str) -> Iterator[tuple[str, str]]:
    """Go through the constants of a cell: their names, and their values as they are written."""
    for statement in ast.parse(source).body:
        if not isinstance(statement, ast.Assign):
            raise TypeError(f"a code cell of a language has constants alone, got {source!r}")
        for pair in zip(*map(parts_of, (statement.targets[0], statement.value)), strict=True):
            name, value = (ast.get_source_segment(source, part) for part in pair)
            yield str(name), str(value)


def parts_of(node: ast.expr) -> list[ast.expr]:
    """Return the parts of a tuple, or what is no tuple."""
    return node.elts if isinstance(node, ast.Tuple) else [node]


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
    # The stderr is the kernel's own; what a cell writes there is an output.
    asyncio.run(client.async_execute(stderr=subprocess.DEVNULL))
    notebook.metadata = {"kernelspec": KERNEL}
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for count, cell in enumerate(code, start=1):
        cell.execution_count = count
        cell.outputs = [kept for output in cell.outputs for kept in still(output)]
        cell.metadata |= alternative_of(cell.outputs)
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


def alternative_of(outputs: list[NotebookNode]) -> dict[str, object]:
    """Return metadata of a cell: on the documentation's site they give its picture a text."""
    pictures = [one.data for one in outputs if "image/png" in one.get("data", {})]
    if not pictures:
        return {}
    return {"mystnb": {"image": {"alt": " ".join(pictures[-1]["text/plain"].split())}}}


def texts_of(output: NotebookNode) -> list[str]:
    """Return what an output says in words; a player says it in its page, which is not compared."""
    if output.output_type == "stream":
        return [output.text]
    data = output.get("data", {})
    if data.get("text/html", "").startswith("<iframe"):
        return []
    return [text for kind, text in data.items() if kind in {"text/plain", "text/markdown"}]


def cells_of(notebook: NotebookNode) -> list[tuple[str, str]]:
    """Return what a notebook's cells are, without what they show."""
    return [(cell.cell_type, cell.source) for cell in notebook.cells]


def differences(made: NotebookNode, kept: NotebookNode) -> list[str]:
    """Say which cells show other words than they did.

    Pictures are not compared: their pixels depend on the machine's fonts and libraries. Nor is what
    is measured of real programs: that it is shown, and without an error, is all that is asked.
    """
    said = [
        [[texts_of(output) for output in cell.get("outputs", [])] for cell in notebook.cells]
        for notebook in (made, kept)
    ]
    return [
        f"{cell.id} shows something else than what is kept"
        for cell, ours, theirs in zip(made.cells, *said, strict=True)
        if (not ours if varies(cell) else ours != theirs)
    ]


def varies(cell: NotebookNode) -> bool:
    """Tell whether a cell measures something that is never twice the same."""
    return VARIES in cell.metadata.get("tags", [])


def write(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook, whole or not at all."""
    with atomic(path) as part:
        part.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")


def build(source: Path, language: str, *, check: bool) -> list[str]:
    """Make a notebook, run it and keep it, or compare it with the one that is kept.

    Returns:
        What is wrong with it.
    """
    path = source.with_suffix(f".{language}.ipynb")
    notebook = translate(source, language)
    kept = nbformat.read(path, as_version=4) if check and path.exists() else None
    if check and (kept is None or cells_of(kept) != cells_of(notebook)):
        return ["its cells are not what its source says"]
    try:
        run(notebook, source.parent)
    except (CellExecutionError, Unfit) as error:
        return [str(error)]
    if kept is not None:
        return differences(notebook, kept)
    write(notebook, path)
    return []


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line asks."""
    parser = argparse.ArgumentParser(description="Make the notebooks from their sources, run them.")
    parser.add_argument(
        "names", nargs="*", help="which: how their names begin; all if none is given"
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing: compare with what is kept"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the sources are")
    options = parser.parse_args(arguments)
    if options.jobs < 1:
        parser.error(f"--jobs must be at least 1, got {options.jobs}")
    sources = sorted(options.folder.glob("[0-9]*.py"))
    names = options.names or [""]
    for name in names:
        if not any(source.name.startswith(name) for source in sources):
            parser.error(f"no notebook in {options.folder} begins with {name!r}")
    chosen = [source for source in sources if source.name.startswith(tuple(names))]
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
        advice = ": if that is as it should be, make notebooks" if options.check else ""
        print(f"{failed} not well{advice}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
