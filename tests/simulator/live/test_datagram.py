"""A datagram says on the wire what it was told."""

import pytest

from simulator.live.datagram import (
    ANSWER,
    ANSWER_TO_RELEASE,
    DATA,
    FORMAT,
    RELEASE,
    Datagram,
    from_bytes,
    is_datagram,
)
from simulator.network.channel.receiver_end import ACKNOWLEDGEMENT_BYTES


@pytest.mark.parametrize("kind", [DATA, RELEASE, ANSWER, ANSWER_TO_RELEASE])
@pytest.mark.parametrize("size", [FORMAT.size, 40, 1000, 60_000])
def test_it_comes_out_as_it_went_in(kind, size):
    sent = Datagram(kind, 4_000_000_000, 70_000, 1, 1, 9, 2**40, 2**41, 2**39, size)
    data = sent.to_bytes()
    assert len(data) == size
    assert is_datagram(data)
    assert from_bytes(data) == sent
    assert sent.is_answer == (kind in {ANSWER, ANSWER_TO_RELEASE})
    assert sent.is_release == (kind in {RELEASE, ANSWER_TO_RELEASE})


def test_an_acknowledgement_is_as_large_as_the_simulated_one():
    assert FORMAT.size <= ACKNOWLEDGEMENT_BYTES


@pytest.mark.parametrize("data", [b"", b"Pg", b'{"ask": 1}', b"x" * 100])
def test_what_is_none_is_told(data):
    assert not is_datagram(data)
