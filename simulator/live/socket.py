"""A socket: datagrams on the loopback interface, and the clock that all processes share."""

from __future__ import annotations

import json
import select
import socket
import time
from collections import deque
from dataclasses import dataclass
from typing import Any, Final

from simulator.live.datagram import is_datagram

HOST: Final = "127.0.0.1"
"""Nothing leaves this machine."""

LARGEST: Final = 65_535
RECEIVE_BYTES: Final = 8 * 2**20
"""The receive buffer that is asked for: the usual one loses most of a burst of 1,000."""

SOON: Final = 0.05
"""The longest sleep, in seconds, so that what ends a process is noticed."""

Address = tuple[str, int]

Words = dict[str, Any]
"""What processes say to each other, beside what they carry."""

clock: Final = time.perf_counter_ns
"""The monotonic clock, in nanoseconds; on Windows, `time.monotonic` ticks 64 times a second."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What has come.

    Attributes:
        source: Where from.
        datagram: The bytes of a datagram of the run; empty if it is something else.
        words: What a process says; empty for a datagram.
    """

    source: Address
    datagram: bytes
    words: Words


class Socket:
    """A UDP socket on loopback, whose arrivals are kept here as soon as they can be.

    It listens to those alone that know the run's token, and have said so once.
    """

    def __init__(self, token: str, port: int = 0) -> None:
        """Bind it to a port; 0 for one that is free.

        Raises:
            OSError: If the port is in use, or may not be used.
        """
        self._token = token
        self._friends: set[Address] = set()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
        self._socket.bind((HOST, port))
        self._socket.settimeout(0)
        self._came: deque[tuple[bytes, Address]] = deque()

    @property
    def port(self) -> int:
        """The port."""
        port: int = self._socket.getsockname()[1]
        return port

    def send(self, data: bytes, to: Address) -> None:
        """Send bytes; to a process that is dead, too."""
        while True:
            try:
                self._socket.sendto(data, to)
            except BlockingIOError:
                select.select([], [self._socket], [], SOON)
            except ConnectionError:  # an earlier datagram met nobody: so Windows says
                continue
            else:
                return

    def say(self, words: Words, to: Address) -> None:
        """Say something to another process."""
        self.send(json.dumps({"token": self._token, **words}).encode(), to)

    def next(self, seconds: float) -> Arrival | None:
        """Return what came first of what is here; wait for it up to so many seconds, and `SOON`."""
        if not self._came:
            select.select([self._socket], [], [], max(0.0, min(seconds, SOON)))
        self._drain()
        while self._came:
            data, source = self._came.popleft()
            if source in self._friends and is_datagram(data):
                return Arrival(source, data, {})
            words = self._words(data)
            if words:
                self._friends.add(source)
                return Arrival(source, b"", words)
        return None

    def close(self) -> None:
        """Close it."""
        self._socket.close()

    def _words(self, data: bytes) -> Words:
        """Return what a process of this run says; nothing for what a stranger sent."""
        try:
            words = json.loads(data)
        except ValueError:
            return {}
        is_ours = isinstance(words, dict) and words.pop("token", None) == self._token
        return words if is_ours else {}

    def _drain(self) -> None:
        """Read all that has come, so that the system's buffer never fills."""
        while True:
            try:
                self._came.append(self._socket.recvfrom(LARGEST))
            except BlockingIOError:
                return
            except ConnectionError:
                continue
