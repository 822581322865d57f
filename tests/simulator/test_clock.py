"""Seconds outside, whole nanoseconds inside."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.clock import END_OF_TIME, to_ns, to_ns_array, to_seconds


def test_decimals_that_a_person_writes_are_exact():
    assert [to_ns(s) for s in (0.1, 0.2, 0.3, 0.7, 0.9)] == [n * 10**8 for n in (1, 2, 3, 7, 9)]
    assert to_ns(0.1) + to_ns(0.2) == to_ns(0.3)
    assert [to_seconds(to_ns(s)) for s in (0.3, 0.7, 0.9)] == [0.3, 0.7, 0.9]


@pytest.mark.parametrize("seconds", [4e9, 1e300, float("inf")])
def test_time_ends(seconds):
    assert to_ns(seconds) == END_OF_TIME
    assert to_ns_array(np.array([seconds])).tolist() == [END_OF_TIME]


@given(st.lists(st.floats(0, 1e10), min_size=1))
def test_arrays_and_numbers_give_the_same_nanoseconds(seconds):
    assert to_ns_array(np.array(seconds)).tolist() == [to_ns(s) for s in seconds]
