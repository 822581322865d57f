"""The store: cells as they finish, so that a run killed at any moment goes on where it was.

SQLite, because it keeps each row whole whatever happens, and comes with Python. A row's key holds
everything that the result depends on, the simulator's own source included: nothing stale is used.
"""

from __future__ import annotations

import inspect
import json
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import simulator
from experiments.framework.model import Model, Runnable

Summary = dict[str, Any]
"""What a run gave: numbers, and lists of numbers for a series."""


SCHEMA: Final = 2
"""Version of the table, as SQLite's `user_version`. The first had no checksums, and number 0."""

PATIENCE: Final = 20.0
"""Seconds to wait for another process that writes the store."""

TABLE: Final = "CREATE TABLE cell (key TEXT PRIMARY KEY, summary TEXT NOT NULL, checksum TEXT)"


class Store:
    """Results by scenario and replication, in one file.

    Attributes:
        spoilt: How many rows were asked for that are not as they were written.
    """

    def __init__(self, path: Path) -> None:
        """Open the store, or make it; add checksums to one that was made without.

        Raises:
            ValueError: If the file is not such a store.
            OSError: If it cannot be written, or another process holds it.
        """
        self.path = path
        self.spoilt = 0
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError(f"store {path} must be a file, and is a folder: move it away")
        with self._refusing():
            self._base = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
        try:
            with self._writing():
                self._prepare()
        except BaseException:
            self._base.close()
            raise
        self._base.text_factory = bytes  # what was changed by hand need not be text

    def get(self, key: str) -> Summary | None:
        """Return a result, or None if it is not there as it was written."""
        with self._refusing():
            row = self._base.execute(
                "SELECT summary, checksum FROM cell WHERE key = ?", (key,)
            ).fetchone()
        if row is None:
            return None
        summary, checksum = row
        if isinstance(summary, bytes) and checksum == _checksum(key, summary).encode():
            return _summary(summary)
        self.spoilt += 1
        return None

    def put(self, results: Iterable[tuple[str, Summary]]) -> None:
        """Keep results, all or none of them."""
        texts = [(key, json.dumps(summary)) for key, summary in results]
        rows = [(key, text, _checksum(key, text.encode())) for key, text in texts]
        with self._writing():
            self._base.executemany("INSERT OR REPLACE INTO cell VALUES (?, ?, ?)", rows)

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

    def _prepare(self) -> None:
        """Make the table, or bring it up to date; refuse what pigeon did not make."""
        tables = {name for (name,) in self._base.execute("SELECT name FROM sqlite_master")}
        (version,) = self._base.execute("PRAGMA user_version").fetchone()
        columns = [row[1] for row in self._base.execute("PRAGMA table_info(cell)")]
        match version, columns:
            case 0, [] if not tables:
                self._base.execute(TABLE)
            case 0, ["key", "summary"]:
                self._add_checksums()
            case 2, ["key", "summary", "checksum"]:
                pass
            case _ if version > SCHEMA and "cell" in tables:
                raise ValueError(
                    f"store {self.path} was made by a newer version of pigeon: run that one, or "
                    "delete the store to compute its cells again"
                )
            case _:
                raise self._foreign("it has other tables or columns")
        self._base.execute(f"PRAGMA user_version = {SCHEMA}")  # in any case: is it writable?

    def _add_checksums(self) -> None:
        """Keep the rows of a store that had none, but for those that are no summaries."""
        old = [*self._base.execute("SELECT key, CAST(summary AS BLOB) FROM cell")]
        rows = [(key, text) for key, text in old if isinstance(key, str) and _summary(text)]
        self._base.execute("DROP TABLE cell")
        self._base.execute(TABLE)
        self._base.executemany(
            "INSERT INTO cell VALUES (?, ?, ?)",
            [(key, text.decode(), _checksum(key, text)) for key, text in rows],
        )

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Write all that is written inside, or nothing."""
        with self._refusing(), self._base:
            self._base.execute("BEGIN IMMEDIATE")
            yield

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        """Say what is wrong with the store, and what helps."""
        try:
            yield
        except sqlite3.OperationalError as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                raise OSError(
                    f"store {self.path} is in use by another process: try again when that has ended"
                ) from error
            raise OSError(
                f"store {self.path} must be writable: {error}; --results gives another folder"
            ) from error
        except sqlite3.DatabaseError as error:
            raise self._foreign(str(error)) from error

    def _foreign(self, reason: str) -> ValueError:
        return ValueError(
            f"store {self.path} must be a SQLite file made by pigeon ({reason}); "
            "delete it to compute its cells again"
        )


def _checksum(key: str, text: bytes) -> str:
    return sha256(key.encode() + b"\n" + text).hexdigest()


def _summary(text: bytes) -> Summary | None:
    """Read a summary; None if the text is none."""
    try:
        return _checked(json.loads(text.decode()))
    except (ValueError, RecursionError):
        return None


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
        if file.relative_to(folder).parts[0] in {"drawing", "languages"}:
            continue  # a picture changes no result, nor does a word
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    for library in ("numpy", "scipy", "simpy"):
        digest.update(f"{library} {version(library)}\n".encode())
    return digest.hexdigest()
