"""The manifest of a folder of results: what made its files, and their digests."""

from __future__ import annotations

import json
import platform
import subprocess
from collections.abc import Collection, Sequence
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import experiments
import simulator
from experiments.framework.atomic import files_of
from experiments.framework.experiment import Cell, Experiment
from experiments.framework.store import key_of


def read(folder: Path) -> dict[str, Any]:
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
        complete = {"messages", "replications"} <= set(manifest) and all(
            isinstance(word, str | int | float) for word in (*keys, *manifest["files"].values())
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        complete = False
    if not complete:
        raise ValueError(f"{path} must be a manifest that pigeon wrote; run the experiment again")
    return manifest


def own_files(folder: Path) -> Collection[str]:
    """Return the files that pigeon wrote into a folder of results; none without a manifest."""
    try:
        return {*read(folder)["files"], "manifest.json"}
    except ValueError:
        return set()


def made_from(
    experiment: Experiment, cells: Sequence[Cell], languages: Sequence[str], command: str
) -> str:
    """Digest all that the files depend on: the runs, and what makes tables and figures of them."""
    parts = [command, *languages, str(experiment.replications)]
    parts += [key_of(cell.scenario, 0) for cell in cells]
    parts += [f"{package} {version(package)}" for package in ("matplotlib", "pandas")]
    house = Path(simulator.__file__).parent
    folders = (Path(experiments.__file__).parent, house / "drawing", house / "languages")
    for file in sorted(file for folder in folders for file in folder.rglob("*")):
        if file.suffix in {".py", ".toml", ".mplstyle"}:
            parts.append(sha256(file.read_bytes()).hexdigest())
    return sha256("\n".join(parts).encode()).hexdigest()


def describe(name: str, experiment: Experiment, command: str, digest: str) -> dict[str, Any]:
    """Return what is needed to make the tables again, and to see that they are the same."""
    return {
        "experiment": name,
        "question": experiment.question,
        "command": command,
        "commit": commit(),
        "seed": experiment.base.seed,
        "messages": experiment.base.messages,
        "replications": experiment.replications,
        "metrics": list(experiment.metrics),
        "sweep": {path: list(axis) for path, axis in experiment.sweep.items()},
        "scenario": experiment.base.to_toml(),
        "versions": {
            "python": platform.python_version(),
            **{
                package: version(package)
                for package in ("matplotlib", "numpy", "pandas", "pigeon-sim", "scipy", "simpy")
            },
        },
        "made_from": digest,
    }


def write(manifest: dict[str, Any], folder: Path) -> None:
    """Write what made the files of a folder, and their digests."""
    manifest = manifest | {
        "drawn": {"commit": commit(), "matplotlib": version("matplotlib")},
        "files": {file: digest_of(path) for file, path in files_of(folder).items()},
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")


def is_current(target: Path, digest: str) -> bool:
    """Whether a folder holds what would be written, whole."""
    try:
        manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
        return bool(manifest["made_from"] == digest) and all(
            digest_of(target / file) == kept for file, kept in manifest["files"].items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def commit() -> str | None:
    """Return the commit of the code, marked if it has changed since; None outside its repository.

    An installed package may stand inside somebody else's repository, as in a student's `.venv`.
    """
    here = Path(experiments.__file__).parent
    try:
        _git(here, "ls-files", "--error-unmatch", "--", "__init__.py")
        current = _git(here, "rev-parse", "HEAD").strip()
        changed = _git(here, "status", "--porcelain", "--", ".", "../simulator")
    except (OSError, subprocess.CalledProcessError):
        return None
    return f"{current} and changes" if changed else current


def _git(folder: Path, *words: str) -> str:
    """Return what git answers in a folder."""
    git = ("git", "-C", str(folder), *words)
    return subprocess.run(git, capture_output=True, text=True, check=True).stdout  # noqa: S603 - fixed words


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return sha256(path.read_bytes()).hexdigest()
