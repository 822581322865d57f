"""Draws made by themselves are to the bit those that the generator makes in turn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import pcg
from simulator.randomness import FEW, Lane, Purpose, Randomness

LANE = Lane("a→b", Purpose.LOSS, 1)


@given(seed=st.integers(0, 2**128), steps=st.integers(0, 2**64))
def test_all_places_of_a_table(seed, steps):
    bits = np.random.PCG64DXSM(seed)
    bits.advance(steps)
    state = bits.state["state"]
    places = np.arange(0, pcg.PLACES, 257)
    expected = np.random.Generator(bits).random(pcg.PLACES)[places]
    assert pcg.uniforms(state["state"], state["inc"], places).tobytes() == expected.tobytes()


@given(
    reads=st.lists(
        st.tuples(st.integers(1, 500), st.sampled_from(["all", "few", "many", "none"])), max_size=8
    )
)
def test_a_lane_read_in_any_pieces_gives_the_same_draws(reads):
    randomness = Randomness(seed=7, replication=2)
    whole = randomness.draws(LANE, 0, 5_000)
    lane = randomness.lane(LANE)
    first = 0
    for count, what in reads:
        if what == "none":  # nobody reads of these messages
            first += count
            continue
        step = {"all": 1, "few": 2 * FEW, "many": 2}[what]
        places = None if what == "all" else np.arange(0, count, step)
        expected = whole[first : first + count : step]
        assert lane.read(first, count, places).tobytes() == expected.tobytes()
        first += count


@pytest.mark.parametrize("factor", [0, 1, 2**64 - 1, 2**64, 2**128 - 1, 0xDA942042E4DD58B5])
def test_products_and_sums_of_128_bits(factor):
    numbers = [0, 1, 2**32, 2**64 - 1, 2**64, 2**127 + 12345, 2**128 - 1]
    low = np.array([n % 2**64 for n in numbers], dtype=np.uint64)
    high = np.array([n >> 64 for n in numbers], dtype=np.uint64)
    wide = pcg.Wide(high, low)

    def whole(some):
        return [int(h) << 64 | int(w) for h, w in zip(some.high, some.low, strict=True)]

    assert whole(wide.times(factor)) == [n * factor % 2**128 for n in numbers]
    assert whole(wide.plus(wide.times(factor))) == [n * (factor + 1) % 2**128 for n in numbers]
