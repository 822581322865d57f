"""Staging: a hidden folder beside a target, in which what takes its place is made.

A lock file beside it is held for as long as its process lives, and freed however that one ends. So
what a dead process left can be told from what a living one is writing: the next process that writes
into the same folder clears it, and puts an old target back that was being replaced.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

from filelock import FileLock, Timeout

PATIENCE: Final = 60.0
"""Seconds to wait for another process that writes the same target."""

STAGE: Final = ".pigeon-staging"
LOCK: Final = ".pigeon-lock"
OLD: Final = "old"
"""Name, beside what is made, of a target that makes room for it."""


@contextmanager
def staging(target: Path) -> Iterator[Path]:
    """Give an empty folder beside `target`, to one process at a time; it goes in the end.

    Raises:
        OSError: If nothing may be written there, or another process goes on writing `target`.
    """
    clear_leftovers(target.parent)
    lock = FileLock(_beside(target, LOCK))
    try:
        with TemporaryFile(dir=target.parent):
            pass  # where no file can be made, as in /proc, the lock would be waited for
        lock.acquire(timeout=PATIENCE)
    except Timeout:
        raise OSError(
            f"{target} is being written by another process: try again when that has ended"
        ) from None
    except OSError as error:
        raise OSError(f"{target} cannot be written: {error.strerror}") from error
    try:
        new = _beside(target, STAGE) / "new"
        new.mkdir(parents=True)
        yield new
    finally:
        _settle(target, lock)


def make_room(target: Path, new: Path) -> None:
    """Put what was made in a staging folder in the place of `target`: a folder, for a folder."""
    if target.exists():
        target.rename(new.with_name(OLD))
    new.rename(target)


def clear_leftovers(folder: Path) -> None:
    """Clear what dead processes left in a folder; what a living one is writing stays."""
    left = [path.name for kind in (STAGE, LOCK) for path in folder.glob(f".*{kind}")]
    for name in {name.removesuffix(STAGE).removesuffix(LOCK)[1:] for name in left}:
        target = folder / name
        lock = FileLock(_beside(target, LOCK))
        try:
            lock.acquire(blocking=False)
        except OSError:  # it is held; or nothing may be written here, and nothing will be
            continue
        _settle(target, lock)


def _settle(target: Path, lock: FileLock) -> None:
    try:
        _clear(target, lock)
    except KeyboardInterrupt:
        _clear(target, lock)  # to the end, before the process stops
        raise


def _clear(target: Path, lock: FileLock) -> None:
    """End the staging of a target, whose lock is held."""
    stage = _beside(target, STAGE)
    if (stage / OLD).exists():
        (stage / OLD).rename(stage / "replaced" if target.exists() else target)
    shutil.rmtree(stage, ignore_errors=True)
    if lock.is_locked:
        with suppress(OSError):  # Windows removes no open file; it is empty, and goes next time
            Path(lock.lock_file).unlink()
        lock.release()


def _beside(target: Path, kind: str) -> Path:
    return target.with_name(f".{target.name}{kind}")
