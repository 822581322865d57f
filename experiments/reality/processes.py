"""Processes: programs that are started, read, killed, and stopped at the end, whatever happens.

    with Processes() as processes:
        server = processes.start([sys.executable, "server.py", "0"])
        server.said("Server on ")

What a program prints goes to a file, and so outlives it.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from types import TracebackType
from typing import Final, Self

from experiments.framework.stopping import STOPPING

PATIENCE: Final = 60.0
"""Seconds after which what a program has not said is waited for no longer: a busy machine's."""

LOOK: Final = 0.002
"""Seconds between two looks at what a program says."""

ENVIRONMENT: Final = {
    "PYTHONUNBUFFERED": "1",  # what is printed is in the file at once
    "PYTHONIOENCODING": "utf-8",
    "NO_PROXY": "127.0.0.1",  # whatever proxy this machine asks
    "no_proxy": "127.0.0.1",
}


class Process:
    """A program that runs."""

    def __init__(self, command: Sequence[str], folder: Path, name: str) -> None:
        """Start it.

        Args:
            command: The program and its arguments.
            folder: Where what it says is kept.
            name: Of that file.
        """
        self._said, self._errors = folder / f"{name}.out", folder / f"{name}.err"
        with self._said.open("wb") as said, self._errors.open("wb") as errors:
            self._popen = subprocess.Popen(  # noqa: S603 - our own programs
                command,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=errors,
                env={**os.environ, **ENVIRONMENT},
            )

    @property
    def pid(self) -> int:
        """Its number."""
        return self._popen.pid

    @property
    def output(self) -> str:
        """What it has printed up to now."""
        return self._said.read_text(encoding="utf-8", errors="replace")

    def said(self, pattern: str, times: int = 1) -> re.Match[str]:
        """Wait until it has printed something, and return the last of so many times.

        Raises:
            RuntimeError: If it ends before, or takes too long.
        """
        end = time.monotonic() + PATIENCE
        while True:
            is_over = self._popen.poll() is not None or time.monotonic() > end
            found = list(re.finditer(pattern, self.output))
            if len(found) >= times:
                return found[times - 1]
            if is_over:
                raise RuntimeError(self._without(f"did not print {pattern!r}"))
            time.sleep(LOOK)

    def end(self) -> str:
        """Wait until it ends by itself, and return what it has printed.

        Raises:
            RuntimeError: If it fails, or takes too long.
        """
        try:
            status = self._popen.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise RuntimeError(self._without("did not end")) from None
        if status:
            raise RuntimeError(self._without(f"ended with {status}"))
        return self.output

    def kill(self) -> None:
        """Kill it, in the middle of whatever it does: SIGKILL, where there are signals."""
        self._popen.kill()
        self._popen.wait()

    def _without(self, what: str) -> str:
        errors = self._errors.read_text(encoding="utf-8", errors="replace").strip()
        last = errors.splitlines()[-1] if errors else "no error was printed"
        return f"{self._popen.args!r} {what}: {last}"


class Processes:
    """Programs that are all stopped at the end, and the folder for their files."""

    def __init__(self) -> None:
        """Start none yet."""
        self._folder = TemporaryDirectory(ignore_cleanup_errors=True)
        self._all: list[Process] = []

    @property
    def folder(self) -> Path:
        """A folder, which is removed at the end."""
        return Path(self._folder.name)

    def start(self, command: Sequence[str]) -> Process:
        """Start a program."""
        with STOPPING.held():  # else a signal could come when it runs and nobody knows of it
            process = Process(command, self.folder, str(len(self._all)))
            self._all.append(process)
        return process

    def write(self, text: str) -> Path:
        """Write a text to a file of its own, and return its path."""
        with NamedTemporaryFile("w", dir=self.folder, delete=False, encoding="utf-8") as file:
            file.write(text)
        return Path(file.name)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop all that still run."""
        for process in self._all:
            process.kill()
        self._folder.cleanup()
