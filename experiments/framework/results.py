"""Results: a folder of tables, and the figures that are drawn from them.

The tables are what a run gives; everything else follows from them. So the figures can be drawn
again, in another style or language, without computing anything. What draws them is passed in: the
framework knows what a figure shows, and not how it looks.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from experiments.framework import manifest, tables
from experiments.framework.atomic import files_of, replacing
from experiments.framework.experiment import Cell, Experiment
from experiments.framework.store import Summary
from simulator.drawing.staging import clear_leftovers
from simulator.validation import refuse


class Draw(Protocol):
    """Draws every figure of an experiment into a folder, in one language."""

    def __call__(  # noqa: D102 - its class says it
        self,
        experiment: Experiment,
        written: tables.Tables,
        folder: Path,
        /,
        *,
        language: str,
    ) -> object: ...


def write(
    name: str,
    experiment: Experiment,
    cells: Sequence[Cell],
    runs: Sequence[Sequence[Summary]],
    folder: Path,
    *,
    languages: Sequence[str],
    command: str,
    draw: Draw,
) -> Path:
    """Write the tables, figures and manifest of an experiment: all of them, or none.

    They are made beside the old ones, which then make room. Old ones that would come out the same
    are left alone, and so are files that no run wrote.

    Returns:
        The folder of the experiment.
    """
    target = folder / name
    digest = manifest.made_from(experiment, cells, languages, command)
    if manifest.is_current(target, digest):
        return target
    with replacing(target, manifest.own_files(target)) as staging:
        tables.write(experiment, cells, runs, staging)
        # From the tables as they were written: `pigeon figures` draws the same again.
        _draw(experiment, staging, languages, draw)
        manifest.write(manifest.describe(name, experiment, command, digest), staging)
    return target


def redraw(
    name: str,
    experiment: Experiment,
    folder: Path,
    languages: Sequence[str],
    *,
    draw: Draw,
    tables_from: Path | None = None,
) -> Path:
    """Draw the figures of an experiment again, from its tables in a folder of results.

    The tables stay as they are, and so do the figures of another language and the reader's own
    files; the manifest says what drew the figures last. All is done, or nothing.

    Args:
        name: Name of the experiment.
        experiment: What was run.
        folder: The folder of results to draw in.
        languages: Of the figures to draw.
        draw: What draws them.
        tables_from: Another folder of results, whose tables are copied. None: the tables of
            `folder`.

    Returns:
        The folder of the experiment.

    Raises:
        ValueError: If its tables are not there, or not as the run wrote them.
    """
    target, source = folder / name, (tables_from or folder) / name
    made = manifest.read(source)
    experiment = experiment_of(name, experiment, made)
    own = manifest.own_files(source)
    found = {file: path for file, path in files_of(source).items() if file in own}
    if "summary.csv" not in found:
        raise ValueError(f"{source} must hold summary.csv: `pigeon run {name}` makes it")
    tables_of = {file: path for file, path in found.items() if path.suffix == ".csv"}
    for file, path in tables_of.items():
        if manifest.digest_of(path) != made["files"][file]:
            raise ValueError(f"{path} must be as `pigeon run {name}` wrote it: run it again")
    with replacing(target, manifest.own_files(target)) as staging:
        for file, path in tables_of.items():
            shutil.copy(path, staging / file)
        _draw(experiment, staging, languages, draw)
        for file, path in found.items():  # figures/name.language.kind
            if file.startswith("figures/") and not {*languages} & {*path.name.split(".")}:
                shutil.copy(path, staging / file)
        manifest.write(made, staging)
    return target


def experiment_of(name: str, experiment: Experiment, made: dict[str, Any]) -> Experiment:
    """Return an experiment as it was run: its size, and the keys of its axes.

    Raises:
        ValueError: If the experiment has other axes by now.
    """
    axes = list(made["sweep"])
    if axes != list(experiment.sweep):
        refuse(f"the axes of the tables of {name}", axes, f"{list(experiment.sweep)}: run it again")
    sweep = {
        path: {key: experiment.sweep[path].get(key, key) for key in keys}
        for path, keys in made["sweep"].items()
    }
    return experiment.replace(
        base=experiment.base.replace("messages", made["messages"]),
        replications=made["replications"],
        sweep=sweep,
    )


def check_writable(folder: Path) -> None:
    """Refuse a results folder that cannot be written, before anything is computed.

    What a run that was killed left there is cleared, or put back.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder):
            clear_leftovers(folder)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ValueError(
            f"--results must be a writable folder, got '{folder}': {reason}"
        ) from error


def _draw(experiment: Experiment, folder: Path, languages: Sequence[str], draw: Draw) -> None:
    """Draw the figures of an experiment from the tables in a folder, into `figures/` there."""
    written = tables.read(experiment, folder)
    (folder / "figures").mkdir()
    for language in languages:
        draw(experiment, written, folder / "figures", language=language)
