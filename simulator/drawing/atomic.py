"""Atomic writes: a file is written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from simulator.drawing.staging import staging


@contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """Yield a file of the same name to write to, which then replaces `path`.

    A symbolic link is kept, and its target replaced.

    Raises:
        OSError: If the folder does not exist or is not writable, `path` exists and is not a file (a
            folder, or /dev/null), or another process keeps writing it.
    """
    target = path.resolve()
    if not target.parent.is_dir():
        raise FileNotFoundError(f"{path} cannot be written: there is no folder {path.parent}")
    if target.exists() and not target.is_file():
        raise FileExistsError(f"{path} cannot be written: it is there, and is no file")
    with staging(target) as new:
        part = new / path.name
        yield part
        part.replace(target)
