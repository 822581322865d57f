"""MQTT clients, by paho: a publisher that reconnects, and a subscriber that counts.

Source: A. Banks, R. Gupta (ed.), "MQTT Version 3.1.1", OASIS Standard, 2014, sections 3.1.2.4 (a
session that outlives its connection), 4.3 (the three qualities of service) and 4.4 (what is sent
again on reconnecting). All of it is paho's and the broker's.
"""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, Final, Self

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from experiments.reality.servers import HOST, PATIENCE

TOPIC: Final = "pigeon"
NOWHERE: Final = "nowhere"
"""A topic that nobody subscribed to."""

END: Final = b"end"


def _client(name: str) -> Client:
    """Make a client whose session outlives its connection."""
    client = Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=False)
    client.on_socket_open = _without_delay
    return client


def _without_delay(_client: Client, _data: Any, connected: Any) -> None:
    """Let no small packet wait until the one before it is acknowledged, 40 ms later."""
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class Publisher:
    """A client that has one message in flight at a time, and reconnects at once when it is cut."""

    def __init__(self, port: int) -> None:
        """Connect."""
        self._client = _client("publisher")
        self._answered: set[int] = set()
        self._losses = 0
        self._client.on_publish = self._client.on_unsubscribe = self._on_answer
        self._client.connect(HOST, port)
        self._until(self._client.is_connected)

    def publish(self, number: int, qos: int) -> None:
        """Publish a message, and wait until it is no longer in flight."""
        self._answered.clear()
        published = self._client.publish(TOPIC, str(number), qos)
        self._until(self._is_answered(published.mid) if qos else self._fence())

    def close(self) -> None:
        """Disconnect."""
        self._client.disconnect()

    def _fence(self) -> Callable[[], bool]:
        """Return what tells that all that was sent has arrived, or that the connection was cut.

        QoS 0 has no answer. A request that has one, and changes nothing, is sent after it: a
        connection keeps order, so that an answer to the one tells of the other.
        """
        before = self._losses
        is_answered = self._is_answered(self._client.unsubscribe(NOWHERE)[1])
        return lambda: is_answered() or (self._losses > before and self._client.is_connected())

    def _is_answered(self, number: int | None) -> Callable[[], bool]:
        return lambda: number in self._answered

    def _until(self, done: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not done():
            if time.monotonic() > end:
                raise TimeoutError("the MQTT broker does not answer")
            if self._client.loop(timeout=1.0) != MQTTErrorCode.MQTT_ERR_SUCCESS:
                self._losses += 1
                self._client.reconnect()

    def _on_answer(self, _client: Client, _data: Any, number: int, *_: Any) -> None:
        self._answered.add(number)


class Subscriber:
    """A client that counts the deliveries of each message, on a connection that nobody cuts.

    Attributes:
        deliveries: How often each message came, by its number.
    """

    def __init__(self, port: int, qos: int) -> None:
        """Connect, and subscribe."""
        self.deliveries: Counter[int] = Counter()
        self._qos = qos
        self._subscribed, self._ended = threading.Event(), threading.Event()
        self._client = _client("subscriber")
        self._client.on_message = self._on_message
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.connect(HOST, port)

    def __enter__(self) -> Self:
        """Listen, in a thread."""
        self._client.loop_start()
        self._client.subscribe(TOPIC, self._qos)
        _wait(self._subscribed)
        return self

    def __exit__(self, *_: object) -> None:
        """Disconnect."""
        self._client.disconnect()
        self._client.loop_stop()

    def drain(self) -> None:
        """Wait for all that was published: a last message of its own comes after it."""
        self._client.publish(TOPIC, END, self._qos)
        _wait(self._ended)

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        if message.payload == END:
            self._ended.set()
        else:
            self.deliveries[int(message.payload)] += 1


def _wait(event: threading.Event) -> None:
    if not event.wait(PATIENCE):
        raise TimeoutError("the MQTT broker does not answer")
