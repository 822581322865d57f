"""MQTT packets: where one ends and the next begins, in a stream of bytes.

Source: A. Banks, R. Gupta (ed.), "MQTT Version 3.1.1", OASIS Standard, 2014, section 2.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

EXCHANGE: Final = {3: "PUBLISH", 4: "PUBACK", 5: "PUBREC", 6: "PUBREL", 7: "PUBCOMP"}
"""The packets that deliver a message, by their type."""

LENGTH_BYTES: Final = 4
"""How many bytes the length of a packet takes at most."""


class Packets:
    """What one side has sent: packets come out whole, however the bytes came in."""

    def __init__(self) -> None:
        """Start before the first byte."""
        self._left = bytearray()

    def feed(self, received: bytes) -> Iterator[bytes]:
        """Take bytes, and go through the packets that are whole now.

        Raises:
            ValueError: If the length of a packet is none.
        """
        self._left += received
        while (size := _size(self._left)) is not None and len(self._left) >= size:
            packet = bytes(self._left[:size])
            del self._left[:size]
            yield packet


def kind(packet: bytes) -> str | None:
    """Return the name of a packet that delivers a message; None for any other."""
    return EXCHANGE.get(packet[0] >> 4)


def _size(data: bytearray) -> int | None:
    """Return how many bytes the first packet has, header included; None if that is not known yet.

    The length is a number in base 128, its lowest digit first; all digits but the last have the
    highest bit set.
    """
    length = 0
    for place, digit in enumerate(data[1 : 1 + LENGTH_BYTES]):
        length += (digit & 0x7F) << (7 * place)
        if digit < 0x80:  # noqa: PLR2004 - the highest bit
            return 1 + place + 1 + length
    if len(data) > LENGTH_BYTES:
        raise ValueError("an MQTT packet has a length of at most 4 bytes")
    return None
