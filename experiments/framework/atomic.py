"""Whole folders: written beside the old one, which then makes room. All of it, or nothing."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from simulator.drawing.staging import make_room, staging


@contextmanager
def replacing(target: Path, own: Collection[str]) -> Iterator[Path]:
    """Give an empty folder, which takes the place of `target` if all goes well inside.

    Args:
        target: The folder. A link stays, and what it leads to is replaced.
        own: Files in it of an earlier run, by their paths there: they go. Any other is the
            reader's, and stays unless a new one has its name.

    Raises:
        OSError: If nothing may be written there, a file has that name, or another process goes on
            writing it.
    """
    target = target.resolve()
    if target.exists() and not target.is_dir():
        raise NotADirectoryError(f"{target} cannot be written: it is there, and is no folder")
    with staging(target) as new:
        yield new
        if target.exists():
            _keep(target, new, own)
        make_room(target, new)


def files_of(folder: Path) -> dict[str, Path]:
    """Return the files in a folder, and in those in it, by their paths there."""
    files = sorted(path for path in folder.rglob("*") if path.is_symlink() or path.is_file())
    return {path.relative_to(folder).as_posix(): path for path in files}


def _keep(target: Path, new: Path, own: Collection[str]) -> None:
    for name, path in files_of(target).items():
        kept = new / name
        if name not in own and not kept.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, kept, follow_symlinks=False)
