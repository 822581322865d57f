"""Files that are written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from simulator.drawing.staging import staging


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a file of the same name to write to; when that is done, it takes the place of `path`.

    A link stays, and what it leads to is written.

    Raises:
        OSError: If there is no such folder, nothing may be written there, `path` is there and is no
            file, as a folder or /dev/null, or another process goes on writing it.
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
