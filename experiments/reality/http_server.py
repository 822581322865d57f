"""The chapter's HTTP server and its clients, as processes."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final

from experiments.reality.installed import library, program
from experiments.reality.processes import Process, Processes

CHAPTER: Final = Path(__file__).parent / "chapter"
"""The chapter's code, and what makes many calls with it."""

TYPES: Final = r": (Promise<any>|any\b)"
"""The types in the chapter's client.ts: its text without them is JavaScript."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a call.

    Attributes:
        answered: Whether its caller got the answer.
        handled: How often the server has begun to handle it.
    """

    answered: bool
    handled: int


class Server:
    """The chapter's server."""

    def __init__(self, processes: Processes, port: int = 0) -> None:
        """Start it, on a port that is free unless one is given."""
        self._process = processes.start([sys.executable, str(CHAPTER / "server.py"), str(port)])
        self.port = int(self._process.said(r"Server on :(\d+)\n")[1])

    def received(self, times: int = 1) -> None:
        """Wait until it has received so many requests."""
        self._process.said("Received: ", times)

    def handled(self, call: str) -> int:
        """Return how often it has begun to handle a call."""
        return self._process.output.count(f"Received: {{'id': '{call}',")

    def kill(self) -> None:
        """Kill it."""
        self._process.kill()

    def finish(self) -> None:
        """Wait until it has handled all that waits: it takes one request after the other."""
        connection = HTTPConnection("127.0.0.1", self.port)
        connection.request("POST", "/message", json.dumps({"id": "the last"}))
        connection.getresponse().read()
        connection.close()


def python(_: Processes) -> list[str]:
    """Return the command that makes calls by the chapter's client.py.

    Raises:
        NotInstalled: If there is no `requests`, which it imports.
    """
    library("requests", "requests", install="requests")
    return [sys.executable, str(CHAPTER / "calls.py")]


def typescript(processes: Processes) -> list[str]:
    """Return the command that makes calls by the chapter's client.ts.

    Raises:
        NotInstalled: If there is no Node.
    """
    node = program("node", "nodejs")
    text = (CHAPTER / "client.ts").read_text(encoding="utf-8")
    (processes.folder / "client.mjs").write_text(re.sub(TYPES, "", text), encoding="utf-8")
    calls = shutil.copy(CHAPTER / "calls.mjs", processes.folder)
    return [node, str(calls)]


Language = Callable[[Processes], list[str]]
"""Which of the chapter's clients: the command that makes calls by it."""


class Client:
    """Calls by one of the chapter's clients: of several callers at a time, each call after call."""

    def __init__(
        self,
        processes: Processes,
        command: Sequence[str],
        callers: Sequence[tuple[int, Sequence[dict[str, Any]]]],
        **settings: Any,
    ) -> None:
        """Begin to call.

        Args:
            processes: Where it is started.
            command: What makes calls by one of the clients: that of its `Language`.
            callers: For each caller, the port that it calls, and its messages.
            settings: "timeout" in seconds, "max_retries".
        """
        clients = [{"port": port, "messages": messages} for port, messages in callers]
        asked = {"settings": {"max_retries": 3, **settings}, "clients": clients}
        path = processes.write(json.dumps(asked))
        self._process: Process = processes.start([*command, str(path)])

    def answers(self) -> dict[str, str]:
        """Wait until all calls are over; return "processed" or the error of each, by its id."""
        said = map(json.loads, re.findall(r"\{.*?\}", self._process.end()))
        return {one["id"]: one.get("status") or one["error"] for one in said}
