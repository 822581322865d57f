"""Staging: a hidden folder beside a target, in which its replacement is prepared.

A lock file beside it is held while its process lives, and is released however the process ends.
Leftovers of a dead process are thus distinct from the work of a live one: the next process that
writes to the same folder removes them, and restores an old target that was being replaced.
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
"""Seconds to wait for another process that is writing the same target."""

STAGE: Final = ".pigeon-staging"
LOCK: Final = ".pigeon-lock"
OLD: Final = "old"
"""Name of the old target, beside its replacement, while it is being replaced."""


@contextmanager
def staging(target: Path) -> Iterator[Path]:
    """Yield an empty folder beside `target`, to one process at a time; remove it in the end.

    Raises:
        OSError: If the parent folder is not writable, or another process keeps writing `target`.
    """
    clear_leftovers(target.parent)
    lock = FileLock(_beside(target, LOCK))
    try:
        with TemporaryFile(dir=target.parent):
            pass  # where no file can be created, as in /proc, the lock would wait in vain
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
    """Replace `target`, a folder, by the folder prepared in staging."""
    if target.exists():
        target.rename(new.with_name(OLD))
    new.rename(target)


def clear_leftovers(folder: Path) -> None:
    """Remove the leftovers of dead processes from a folder; keep what a live one is writing."""
    left = [path.name for kind in (STAGE, LOCK) for path in folder.glob(f".*{kind}")]
    for name in {name.removesuffix(STAGE).removesuffix(LOCK)[1:] for name in left}:
        target = folder / name
        lock = FileLock(_beside(target, LOCK))
        try:
            lock.acquire(blocking=False)
        except OSError:  # it is held, or the folder is not writable: nothing to remove
            continue
        _settle(target, lock)


def _settle(target: Path, lock: FileLock) -> None:
    try:
        _clear(target, lock)
    except KeyboardInterrupt:
        _clear(target, lock)  # finish before the process stops
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
