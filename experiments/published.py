"""Published results: a folder of tables, and the figures that are drawn from them.

The tables are what a run gives; everything else follows from them. So the figures can be drawn
again, in another look or language, without computing anything.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Collection, Sequence
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from experiments import catalogue, plotting, tables
from experiments.base import Experiment
from experiments.whole import files_of, replacing
from simulator.validation import refuse


def manifest_of(folder: Path) -> dict[str, Any]:
    """Read the manifest of a folder of results.

    Raises:
        ValueError: If the folder holds none, or not one that pigeon wrote.
    """
    path = folder / "manifest.json"
    if not path.is_file():
        raise ValueError(
            f"{folder} must hold the tables of an experiment; `pigeon run {folder.name}` makes them"
        )
    manifest: dict[str, Any] = {}
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        keys = [key for axis in manifest["sweep"].values() for key in [*axis]]
        whole = {"messages", "replications"} <= set(manifest) and all(
            isinstance(word, str | int | float) for word in (*keys, *manifest["files"].values())
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        whole = False
    if not whole:
        raise ValueError(f"{path} must be a manifest that pigeon wrote; run the experiment again")
    return manifest


def own_files(folder: Path) -> Collection[str]:
    """Return the files that pigeon wrote into a folder of results; none without a manifest."""
    try:
        return {*manifest_of(folder)["files"], "manifest.json"}
    except ValueError:
        return set()


def experiment_of(name: str, manifest: dict[str, Any]) -> Experiment:
    """Return an experiment of the catalogue as it was run: its size, and the keys of its axes.

    Raises:
        ValueError: If the experiment has other axes by now.
    """
    experiment = catalogue.load(name)
    axes = list(manifest["sweep"])
    if axes != list(experiment.sweep):
        refuse(f"the axes of the tables of {name}", axes, f"{list(experiment.sweep)}: run it again")
    sweep = {
        path: {key: experiment.sweep[path].get(key, key) for key in keys}
        for path, keys in manifest["sweep"].items()
    }
    return experiment.replace(
        base=experiment.base.replace("messages", manifest["messages"]),
        replications=manifest["replications"],
        sweep=sweep,
    )


def draw(name: str, experiment: Experiment, folder: Path, languages: Sequence[str]) -> None:
    """Draw the figures of an experiment from the tables in a folder, into `figures/` there."""
    written = tables.read(experiment, folder)
    (folder / "figures").mkdir()
    for language in languages:
        plotting.draw(name, experiment, written, folder / "figures", language=language)


def redraw(name: str, folder: Path, languages: Sequence[str]) -> Path:
    """Draw the figures of an experiment again, from its tables in a folder of results.

    The tables stay as they are, and so do the figures of another language and the reader's own
    files; the manifest says what drew the figures last. All is done, or nothing.

    Returns:
        The folder of the experiment.

    Raises:
        ValueError: If its tables are not there, or not as the run wrote them.
    """
    target = folder / name
    manifest = manifest_of(target)
    experiment = experiment_of(name, manifest)
    own = own_files(target)
    found = {file: path for file, path in files_of(target).items() if file in own}
    if "summary.csv" not in found:
        raise ValueError(f"{target} must hold summary.csv: `pigeon run {name}` makes it")
    tables_of = {file: path for file, path in found.items() if path.suffix == ".csv"}
    for file, path in tables_of.items():
        if _digest(path) != manifest["files"][file]:
            raise ValueError(f"{path} must be as `pigeon run {name}` wrote it: run it again")
    with replacing(target, own) as staging:
        for file, path in tables_of.items():
            shutil.copy(path, staging / file)
        draw(name, experiment, staging, languages)
        for file, path in found.items():  # figures/name.language.kind
            if file.startswith("figures/") and not {*languages} & {*path.name.split(".")}:
                shutil.copy(path, staging / file)
        write_manifest(manifest, staging)
    return target


def write_manifest(manifest: dict[str, Any], folder: Path) -> None:
    """Write what made the files of a folder, and their digests."""
    manifest = manifest | {
        "drawn": {"commit": commit(), "matplotlib": version("matplotlib")},
        "files": {file: _digest(path) for file, path in files_of(folder).items()},
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")


def commit() -> str | None:
    """Return the commit of the code, marked if it has changed since; None outside a repository."""
    here = Path(__file__).parent
    git = ("git", "-C", str(here))
    try:
        current = subprocess.run(  # noqa: S603 - fixed words
            [*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True
        ).stdout.strip()
        changed = subprocess.run(  # noqa: S603 - fixed words
            [*git, "status", "--porcelain", "--", str(here), str(here.parent / "simulator")],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    return f"{current} and changes" if changed else current


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
