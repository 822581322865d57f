"""MQTT packets come out whole, however TCP cuts them up or joins them."""

import pytest

from experiments.reality.mqtt_packets import Packets, kind

PUBLISH = bytes([0x32, 9]) + b"\x00\x04news\x00\x01!"  # QoS 1, identifier 1
PUBACK = bytes([0x40, 2, 0, 1])
PINGREQ = bytes([0xC0, 0])
STREAM = PUBLISH + PUBACK + PINGREQ + PUBLISH


def fed(*segments):
    packets = Packets()
    return [packet for segment in segments for packet in packets.feed(segment)]


def test_packets_that_come_together_are_taken_apart():
    assert fed(STREAM) == [PUBLISH, PUBACK, PINGREQ, PUBLISH]


@pytest.mark.parametrize("place", range(len(STREAM) + 1))
def test_a_packet_that_comes_in_two_segments_is_whole(place):
    assert fed(STREAM[:place], STREAM[place:]) == [PUBLISH, PUBACK, PINGREQ, PUBLISH]


def test_packets_that_come_byte_by_byte_are_whole():
    assert fed(*(bytes([byte]) for byte in STREAM)) == [PUBLISH, PUBACK, PINGREQ, PUBLISH]


def test_a_packet_is_not_out_before_its_last_byte():
    assert fed(PUBLISH[:-1]) == []
    assert fed(PUBLISH[:1]) == []


@pytest.mark.parametrize(
    ("length", "written"),
    # "MQTT Version 3.1.1", table 2.4: the smallest and the largest of each number of bytes
    [
        (0, "00"),
        (127, "7f"),
        (128, "80 01"),
        (16_383, "ff 7f"),
        (16_384, "80 80 01"),
        (2_097_151, "ff ff 7f"),
        (2_097_152, "80 80 80 01"),
    ],
)
def test_lengths_are_read_as_the_standard_writes_them(length, written):
    packet = b"\x30" + bytes.fromhex(written) + bytes(length)
    assert fed(packet + PUBACK) == [packet, PUBACK]
    assert fed(packet[:-1]) == []


def test_a_length_without_an_end_is_refused():
    with pytest.raises(ValueError, match="at most 4 bytes"):
        fed(b"\x30\x80\x80\x80\x80")


def test_only_the_packets_that_deliver_a_message_have_a_name():
    # "MQTT Version 3.1.1", table 2.1: the type is the upper half of the first byte.
    named = [kind(bytes([number << 4, 0])) for number in range(1, 15)]
    assert named == [None, None, "PUBLISH", "PUBACK", "PUBREC", "PUBREL", "PUBCOMP", *[None] * 7]
    assert kind(b"\x3d\x00") == "PUBLISH"  # again (DUP), QoS 2, to be retained
