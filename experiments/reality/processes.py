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
from contextlib import ExitStack
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from types import TracebackType
from typing import Final, Self

from experiments.reality.servers import PATIENCE, has_ended, running, stop

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

    def __init__(self, popen: subprocess.Popen[bytes], said: Path, errors: Path) -> None:
        """Take one that was started, with the files to which it writes."""
        self._popen, self._said, self._errors = popen, said, errors

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
            OSError: If it ends before, or takes too long.
        """
        end = time.monotonic() + PATIENCE
        while True:
            is_over = has_ended(self._popen) or time.monotonic() > end
            found = list(re.finditer(pattern, self.output))
            if len(found) >= times:
                return found[times - 1]
            if is_over:
                raise OSError(self._without(f"did not print {pattern!r}"))
            time.sleep(LOOK)

    def end(self) -> str:
        """Wait until it ends by itself, however long that takes; return what it has printed.

        Raises:
            OSError: If it fails.
        """
        while not has_ended(self._popen):
            time.sleep(LOOK)
        if self._popen.returncode:
            raise OSError(self._without(f"ended with {self._popen.returncode}"))
        return self.output

    def kill(self) -> None:
        """Kill it, in the middle of whatever it does: SIGKILL, where there are signals."""
        stop(self._popen)

    def _without(self, what: str) -> str:
        errors = self._errors.read_text(encoding="utf-8", errors="replace").strip()
        last = errors.splitlines()[-1] if errors else "no error was printed"
        return f"{self._popen.args!r} {what}: {last}"


class Processes:
    """Programs that are all stopped at the end, and the folder for their files."""

    def __init__(self) -> None:
        """Start none yet."""
        self._stack = ExitStack()
        folder = TemporaryDirectory(prefix="pigeon-", ignore_cleanup_errors=True)
        self.folder = Path(self._stack.enter_context(folder))
        self._started = 0

    def start(self, command: Sequence[str]) -> Process:
        """Start a program."""
        self._started += 1
        said, errors = (self.folder / f"{self._started}.{end}" for end in ("out", "err"))
        with said.open("wb") as out, errors.open("wb") as err:
            running_one = running(
                command, said=out, errors=err, environment={**os.environ, **ENVIRONMENT}
            )
            popen = self._stack.enter_context(running_one)
        return Process(popen, said, errors)

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
        """Stop all that still run, and remove their files."""
        self._stack.close()
