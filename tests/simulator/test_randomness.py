"""Addressed randomness: a draw depends on its address and on nothing else."""

from hashlib import blake2b

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.randomness import (
    BLOCK,
    FEW,
    Blocks,
    Lane,
    Purpose,
    Randomness,
    _digest,
    link_name,
)

LANE = Lane("sender→receiver", Purpose.DELAY, attempt=2, copy=1)


@given(start=st.integers(0, 5_000), size=st.integers(0, 300))
def test_any_slice_of_a_lane_holds_the_same_draws(start, size):
    whole = Randomness(1).draws(LANE, 0, start + size)
    assert np.array_equal(Randomness(1).draws(LANE, start, start + size), whole[start:])


@given(
    reads=st.lists(
        st.tuples(st.integers(1, 5 * FEW), st.sampled_from(["all", "many", "few", "none"])),
        max_size=6,
    ),
    data=st.data(),
)
def test_a_lane_read_in_any_pieces_gives_the_same_draws(reads, data):
    randomness = Randomness(seed=7, replication=2)
    whole = randomness.draws(LANE, 0, 30 * FEW)
    lane = randomness.lane(LANE)
    first = 0
    for count, what in reads:
        if what != "none":  # else nothing is read of these messages
            most = {"all": 0, "many": 50, "few": (count - 1) // FEW}[what]
            chosen = data.draw(st.sets(st.integers(0, count - 1), max_size=most))
            places = None if what == "all" else np.array(sorted(chosen), dtype=np.int64)
            piece = whole[first : first + count]
            expected = piece if places is None else piece[places]
            assert lane.read(first, count, places).tobytes() == expected.tobytes()
        first += count


def test_draw_m_is_the_mth_output_of_the_lanes_own_generator():
    key = (3, *_digest(LANE.link), Purpose.DELAY, 2, 1, 0)
    seeds = np.random.SeedSequence(7, spawn_key=key)
    outputs = np.random.Generator(np.random.PCG64DXSM(seeds)).random(100)
    assert Randomness(7, 3).draws(LANE, 41, 42)[0] == outputs[41]


@pytest.mark.parametrize(
    "other",
    [
        LANE._replace(link="receiver→sender"),
        LANE._replace(purpose=Purpose.LOSS),
        LANE._replace(attempt=3),
        LANE._replace(copy=0),
        LANE._replace(ack_copy=1),
    ],
)
def test_each_part_of_an_address_matters(other):
    mine, others = Randomness(1).draws(LANE, 0, 1000), Randomness(1).draws(other, 0, 1000)
    assert not np.intersect1d(mine, others).size
    # Independent uniforms: the sample correlation has standard error 1/sqrt(1000).
    assert abs(np.corrcoef(mine, others)[0, 1]) < 4 / np.sqrt(1000)


def test_seed_and_replication_matter():
    draws = [Randomness(*who).draws(LANE, 0, 100) for who in ((1, 0), (2, 0), (1, 1), (2, 1))]
    assert len(np.unique(np.concatenate(draws))) == 400


def test_draws_are_uniform():
    n = 200_000
    draws = Randomness(1).draws(LANE, 0, n)
    assert draws.min() >= 0
    assert draws.max() < 1
    assert abs(draws.mean() - 1 / 2) < 4 * np.sqrt(1 / 12 / n)
    # The variance of (U - 1/2)² is 1/180.
    assert abs(((draws - 1 / 2) ** 2).mean() - 1 / 12) < 4 * np.sqrt(1 / 180 / n)


def test_a_block_cache_changes_no_draw():
    luck = Blocks(Randomness(5).draws)
    messages = [0, BLOCK - 1, BLOCK, 3 * BLOCK + 7, 1, 10 * BLOCK, 0]
    whole = Randomness(5).draws(LANE, 0, 11 * BLOCK)
    assert [luck(LANE, m) for m in messages] == whole[messages].tolist()


def test_link_names_tell_the_directions_apart():
    assert link_name("a", "b") != link_name("b", "a")


def test_the_address_of_a_link_is_the_same_in_every_process():
    """A digest of the name, unlike Python's salted `hash`: this value is BLAKE2b's, by RFC 7693."""
    digest = int(blake2b("a→b".encode(), digest_size=8).hexdigest(), 16)
    assert _digest("a→b") == divmod(digest, 2**32)
