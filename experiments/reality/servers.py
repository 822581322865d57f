"""Servers and other processes: started on this machine alone, stopped whatever happens."""

from __future__ import annotations

import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Final

from experiments.framework.stopping import STOPPING

HOST: Final = "127.0.0.1"
PATIENCE: Final = 30.0
"""Seconds that a server, a client or a worker has for what takes milliseconds."""

TRIES: Final = 3
"""How often a server is started: between its choice and its use, another may take a free port."""

Command = Callable[[int, Path], Sequence[str]]
"""Returns the command of a server, for a port and for a folder of its own."""


Output = int | IO[bytes]
"""Where a process writes: a file, or DEVNULL."""


@contextmanager
def server(command: Command) -> Iterator[int]:
    """Start a server, with its port, and stop it in the end.

    Raises:
        OSError: If it does not start.
    """
    with tempfile.TemporaryDirectory(prefix="pigeon-") as folder:
        for _ in range(TRIES):
            port = _free_port()
            with running(command(port, Path(folder))) as process:
                if _listens(process, port):
                    yield port
                    return
    raise OSError(f"{command(0, Path())[0]} does not start")


@contextmanager
def running(
    command: Sequence[str],
    *,
    said: Output = subprocess.DEVNULL,
    errors: Output = subprocess.DEVNULL,
    environment: Mapping[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process, and stop it in the end; Ctrl-C is its parent's affair.

    Args:
        command: The program and its arguments.
        said: Where its standard output goes.
        errors: Where its standard error goes.
        environment: What it finds in its environment. None: what is in ours.
    """
    with ExitStack() as stack:
        with STOPPING.held():
            process = subprocess.Popen(  # noqa: S603 - the commands are ours
                command,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=errors,
                env=environment,
            )
            stack.callback(stop, process)
        yield process


def stop(process: subprocess.Popen[bytes]) -> None:
    """Kill a process, and wait for its end; it has nothing to keep."""
    with STOPPING.held():  # as below
        process.kill()
        process.wait()


def has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Tell whether a process has ended.

    A signal that came while Popen looks would leave a lock of its own locked, and who waits for the
    process in the end would wait for ever.
    """
    with STOPPING.held():
        return process.poll() is not None


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


def _listens(process: subprocess.Popen[bytes], port: int) -> bool:
    """Wait until a server listens; tell whether it does, or has ended."""
    end = time.monotonic() + PATIENCE
    while not has_ended(process) and time.monotonic() < end:
        try:
            socket.create_connection((HOST, port)).close()
        except OSError:
            time.sleep(0.02)
        else:
            return True
    return False
