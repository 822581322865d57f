"""Backoffs pause as long as they say, never beyond their cap; nothing overflows."""

import numpy as np
import pytest

from simulator import (
    ConstantBackoff,
    DecorrelatedJitter,
    ExponentialBackoff,
    LinearBackoff,
    NoBackoff,
    Retry,
)
from simulator.statistics import standard_errors_apart

U = np.random.default_rng(4).random(100_000)
ALL = [
    NoBackoff(),
    ConstantBackoff(0.1),
    LinearBackoff(step=0.1),
    LinearBackoff(step=0.1, cap=0.25),
    *(
        ExponentialBackoff(base=0.1, cap=cap, jitter=jitter)
        for cap in (None, 1.0)
        for jitter in ("none", "full", "equal")
    ),
    DecorrelatedJitter(base=0.1, cap=1.0),
]


def pauses(backoff, count, u=0.5):
    previous, found = 0.0, []
    for attempt in range(1, count + 1):
        previous = backoff.pause_after(attempt, previous, u)
        found.append(round(float(previous), 12))
    return found


def test_the_pauses_of_the_chapter_double():
    assert pauses(ExponentialBackoff(base=0.1), 4) == [0.1, 0.2, 0.4, 0.8]


def test_no_constant_and_linear_pauses():
    assert pauses(NoBackoff(), 3) == [0, 0, 0]
    assert pauses(ConstantBackoff(0.1), 3) == [0.1, 0.1, 0.1]
    assert pauses(LinearBackoff(step=0.1, cap=0.25), 3) == [0.1, 0.2, 0.25]


def test_a_base_of_nothing_pauses_for_nothing_even_where_its_growth_overflows():
    assert ExponentialBackoff(base=0).pause_after(5_000, 0.0, 0.5) == 0.0
    assert ExponentialBackoff(base=0.1).pause_after(5_000, 0.0, 0.5) == 1e9
    assert ExponentialBackoff(base=0.1, cap=3.0).pause_after(5_000, 0.0, 0.5) == 3.0


def test_jitter_spreads_as_it_is_named():
    full = ExponentialBackoff(base=0.1, jitter="full").pause_after(3, 0.0 * U, U)
    assert full.min() < 0.001
    assert full.max() <= 0.4
    assert standard_errors_apart(full, 0.2) < 4
    equal = ExponentialBackoff(base=0.1, jitter="equal").pause_after(3, 0.0 * U, U)
    assert equal.min() >= 0.2
    assert equal.max() <= 0.4
    assert standard_errors_apart(equal, 0.3) < 4


def test_decorrelated_jitter_is_uniform_between_the_base_and_three_times_the_last_pause():
    first = DecorrelatedJitter(base=0.1, cap=9.0).pause_after(1, 0.0 * U, U)
    assert standard_errors_apart(first, 0.2) < 4
    later = DecorrelatedJitter(base=0.1, cap=9.0).pause_after(2, 0.5 + 0.0 * U, U)
    assert (later.min() >= 0.1, later.max() <= 1.5) == (True, True)
    assert standard_errors_apart(later, 0.8) < 4


@pytest.mark.parametrize("backoff", ALL, ids=repr)
def test_ten_thousand_attempts_stay_within_the_cap_and_overflow_nothing(backoff):
    cap = getattr(backoff, "cap", None) or 1e9
    for u in (0.0, 0.5, 1 - 2.0**-53):
        assert all(0 <= pause <= cap for pause in pauses(backoff, 10_000, u))


@pytest.mark.parametrize("backoff", ALL, ids=repr)
@pytest.mark.parametrize("attempt", [1, 2, 7, 5000])
def test_arrays_and_numbers_give_the_same_bits(backoff, attempt):
    previous = U[::-1][:500].copy()
    at_once = np.broadcast_to(backoff.pause_after(attempt, previous, U[:500]), 500)
    one_by_one = [
        backoff.pause_after(attempt, p, u)
        for p, u in zip(previous.tolist(), U[:500].tolist(), strict=True)
    ]
    assert at_once.tolist() == one_by_one


def test_timeouts_grow_up_to_a_limit_and_overflow_nothing():
    retry = Retry(timeout=0.2, timeout_factor=2.0, max_timeout=1.0)
    assert [retry.timeout_of(k) for k in (1, 2, 3, 4, 10_000)] == [0.2, 0.4, 0.8, 1.0, 1.0]
    assert Retry(timeout_factor=2.0).timeout_of(10_000) == float("inf")
