"""An MQTT proxy, which cuts the connection at a packet: both are lost.

It stands between a publisher and a broker. For each packet that delivers a message, either way, it
draws whether to pass it on; if not, it closes both sides. All other packets (CONNECT, CONNACK, …)
pass: cut at one of those, a client would merely connect again.
"""

from __future__ import annotations

import select
import socket
import threading
from collections import Counter
from contextlib import suppress
from typing import Final, Self

import numpy as np

from experiments.reality.mqtt_packets import Packets, kind
from experiments.reality.servers import HOST

CHUNK: Final = 65_536
"""Bytes that are read at a time."""


class CuttingProxy:
    """A proxy for one client at a time, in a thread of its own.

    Attributes:
        port: Where it listens.
        drawn: How many packets it drew for, by their kind.
        cut: At how many of these it cut the connection.
    """

    def __init__(self, broker: int, *, probability: float, generator: np.random.Generator) -> None:
        """Listen, for a broker's port.

        Args:
            broker: The port of the broker.
            probability: With which it cuts at a packet.
            generator: Of its draws.
        """
        self.drawn: Counter[str] = Counter()
        self.cut: Counter[str] = Counter()
        self._broker, self._probability, self._generator = broker, probability, generator
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        self._stop, self._stopped = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Close all."""
        self._stop.close()
        self._thread.join()
        self._stopped.close()
        self._listener.close()

    def _serve(self) -> None:
        while self._stopped not in self._readable(self._listener):
            with suppress(OSError):  # a side that has gone takes the other with it
                client, _ = self._listener.accept()
                with client, socket.create_connection((HOST, self._broker)) as broker:
                    self._relay(client, broker)

    def _relay(self, client: socket.socket, broker: socket.socket) -> None:
        """Pass packets on, until one side closes, or a packet is cut."""
        others = {client: broker, broker: client}
        packets = {client: Packets(), broker: Packets()}
        for side in others:
            side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while True:
            for side in self._readable(client, broker):
                received = side.recv(CHUNK) if side in others else b""
                if not received:
                    return
                for packet in packets[side].feed(received):
                    if self._cuts(packet):
                        return
                    others[side].sendall(packet)

    def _cuts(self, packet: bytes) -> bool:
        """Draw for a packet, if it is one of those; tell whether to cut at it."""
        name = kind(packet)
        if name is None:
            return False
        self.drawn[name] += 1
        cuts = bool(self._generator.random() < self._probability)
        self.cut[name] += cuts
        return cuts

    def _readable(self, *sockets: socket.socket) -> list[socket.socket]:
        """Wait until there is something to read, or the proxy is to stop: that comes first."""
        return select.select([self._stopped, *sockets], [], [])[0]
