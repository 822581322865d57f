"""Servers and other processes: started on this machine alone, stopped whatever happens."""

from __future__ import annotations

import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from experiments.framework.stopping import STOPPING

HOST: Final = "127.0.0.1"
PATIENCE: Final = 30.0
"""Seconds that a server, a client or a worker has for what takes milliseconds."""

TRIES: Final = 3
"""How often a server is started: between its choice and its use, another may take a free port."""

Command = Callable[[int, Path], Sequence[str]]
"""Returns the command of a server, for a port and for a folder of its own."""


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
def running(command: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process that says nothing, and stop it in the end; Ctrl-C is its parent's affair."""
    with ExitStack() as stack:
        with STOPPING.held():
            process = subprocess.Popen(  # noqa: S603 - the commands are ours
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            stack.callback(process.wait)
            stack.callback(process.kill)  # before that; it has nothing to keep
        yield process


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


def _listens(process: subprocess.Popen[bytes], port: int) -> bool:
    """Wait until a server listens; tell whether it does, or has ended."""
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        try:
            socket.create_connection((HOST, port)).close()
        except OSError:
            time.sleep(0.02)
        else:
            return True
    return False
