"""Files that are written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a file of the same name to write to; when that is done, it takes the place of `path`.

    Raises:
        OSError: If there is no such folder, or nothing may be written there.
    """
    if not path.parent.is_dir():
        raise FileNotFoundError(f"{path} cannot be written: there is no folder {path.parent}")
    try:
        folder = TemporaryDirectory(dir=path.parent, prefix=".")
    except OSError as error:
        raise OSError(f"{path} cannot be written: {error.strerror}") from error
    with folder as name:
        part = Path(name) / path.name
        yield part
        part.replace(path)
