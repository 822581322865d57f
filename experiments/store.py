"""The store: cells as they finish, so that a run killed at any moment goes on where it was.

SQLite, because it keeps each row whole whatever happens, and comes with Python. A row's key holds
everything that the result depends on, the simulator's own source included: nothing stale is used.
"""

from __future__ import annotations

import inspect
import json
import sqlite3
import sys
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import simulator
from experiments.model import Model, Runnable

Summary = dict[str, Any]
"""What a run gave: numbers, and lists of numbers for a series."""


class Store:
    """Results by scenario and replication, in one file."""

    def __init__(self, path: Path) -> None:
        """Open the store, or make it.

        Raises:
            ValueError: If the file is not such a store.
            OSError: If it cannot be written.
        """
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._base = sqlite3.connect(path, timeout=60)
            self._base.execute(
                "CREATE TABLE IF NOT EXISTS cell (key TEXT PRIMARY KEY, summary TEXT NOT NULL)"
            )
            self._base.execute("SELECT key, summary FROM cell LIMIT 1")
        except sqlite3.OperationalError as error:
            if "no such column" in str(error):
                raise self._corrupt(error) from error
            raise OSError(f"store {path} must be writable: {error}") from error
        except sqlite3.DatabaseError as error:
            raise self._corrupt(error) from error

    def get(self, key: str) -> Summary | None:
        """Return a result, or None if it is not there."""
        try:
            row = self._base.execute("SELECT summary FROM cell WHERE key = ?", (key,)).fetchone()
            if row is None:
                return None
            summary = _checked(json.loads(row[0]))
        except (sqlite3.DatabaseError, ValueError) as error:
            raise self._corrupt(error) from error
        return summary

    def put(self, results: Iterable[tuple[str, Summary]]) -> None:
        """Keep results, all or none of them."""
        rows = [(key, json.dumps(summary)) for key, summary in results]
        try:
            with self._base:
                self._base.executemany("INSERT OR REPLACE INTO cell VALUES (?, ?)", rows)
        except sqlite3.OperationalError as error:
            raise OSError(f"store {self._path} must be writable: {error}") from error

    def __enter__(self) -> Self:
        """Keep it open."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        """Close it."""
        self._base.close()

    def _corrupt(self, error: Exception) -> ValueError:
        return ValueError(
            f"store {self._path} must be a SQLite file made by pigeon ({error}); "
            "delete it to compute its cells again"
        )


def _checked(summary: object) -> Summary:
    if not isinstance(summary, dict) or not summary:
        raise ValueError("a row of it is not a summary")
    for value in summary.values():
        numbers = value if isinstance(value, list) else [value]
        if not all(isinstance(number, int | float) for number in numbers):
            raise ValueError("a row of it is not a summary")
    return summary


def key_of(runnable: Runnable, replication: int) -> str:
    """Return the key of one run: the same on every machine with this code and these libraries."""
    own = _source_of(type(runnable).__module__) if isinstance(runnable, Model) else ""
    parts = (_code(), own, runnable.identity, str(replication))
    return sha256(" ".join(parts).encode()).hexdigest()


@cache
def _source_of(module: str) -> str:
    """Digest the file in which a model is written."""
    return sha256(inspect.getsource(sys.modules[module]).encode()).hexdigest()


@cache
def _code() -> str:
    """Digest what turns a scenario into a result."""
    digest = sha256()
    folder = Path(simulator.__file__).parent
    for file in sorted(folder.rglob("*.py")):
        if file.is_relative_to(folder / "drawing"):
            continue  # a picture changes no result
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    for library in ("numpy", "scipy", "simpy"):
        digest.update(f"{library} {version(library)}\n".encode())
    return digest.hexdigest()
