"""Closed forms of the guarantees: against arithmetic, enumeration, identities and limits."""

from fractions import Fraction
from itertools import product
from math import comb, isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import theory

FIELDS = (
    "loss_rate",
    "duplicate_rate",
    "duplicated_rate",
    "in_doubt_rate",
    "attempts_mean",
    "cost",
)


def enumerate_outcomes(p, q, d, n):
    """Play every course that n attempts can take, in exact fractions."""
    # One attempt: probability, copies that arrive, whether the sender hears of any.
    one = [(p, 0, False), ((1 - p) * (1 - d) * q, 1, False), ((1 - p) * (1 - d) * (1 - q), 1, True)]
    one += [((1 - p) * d * q * q, 2, False), ((1 - p) * d * (1 - q * q), 2, True)]
    result = dict.fromkeys(FIELDS, Fraction(0))
    for course in product(one, repeat=n):
        weight, sent, arrived, knows = Fraction(1), 0, 0, False
        for probability, copies, heard in course:
            weight *= probability  # luck that no attempt meets sums to 1
            if not knows:
                sent, arrived, knows = sent + 1, arrived + copies, heard
        result["loss_rate"] += weight * (arrived == 0)
        result["duplicate_rate"] += weight * max(arrived - 1, 0)
        result["duplicated_rate"] += weight * (arrived > 1)
        result["in_doubt_rate"] += weight * (not knows and arrived > 0)
        result["attempts_mean"] += weight * sent
        result["cost"] += weight * (sent + arrived)
    return result


@pytest.mark.parametrize("n", [1, 2, 3, 5])
@pytest.mark.parametrize(
    ("p", "q", "d"),
    [
        ("1/5", "1/5", "0"),
        ("3/10", "1/10", "0"),
        ("1/2", "9/10", "0"),
        ("1/5", "3/10", "3/10"),
        ("0", "1/2", "1"),
        ("1", "1/4", "1/2"),
        ("1/4", "1", "1/2"),
        ("0", "0", "0"),
    ],
)
def test_at_least_once_is_what_enumerating_every_outcome_gives(p, q, d, n):
    exact = enumerate_outcomes(Fraction(p), Fraction(q), Fraction(d), n)
    computed = theory.at_least_once(
        loss=float(Fraction(p)),
        ack_loss=float(Fraction(q)),
        duplicate=float(Fraction(d)),
        attempts=n,
    )
    for name in FIELDS:
        value = getattr(computed, name)
        assert isclose(value, exact[name], rel_tol=1e-12, abs_tol=1e-15), name


def test_two_attempts_at_even_odds_worked_by_hand():
    """An attempt fails with 3/4. A second is sent after that; doubt: 9/16 fail twice, 1/4 lost."""
    expected = theory.at_least_once(loss=0.5, ack_loss=0.5, attempts=2)
    assert expected == theory.Expected(
        loss_rate=0.25,
        duplicate_rate=0.125,  # data in, acknowledgement lost, data in: 1/2 × 1/2 × 1/2
        duplicated_rate=0.125,
        in_doubt_rate=0.3125,
        attempts_mean=1.75,
        cost=2.625,  # 1.75 sendings, half of which are answered
    )
    assert expected.handovers_mean == 0.875


def test_the_chapter_s_network_worked_by_hand():
    """Loss 0.2 both ways, 3 attempts: r = 1 − 0.64 = 0.36; E = 1 + 0.36 + 0.1296."""
    expected = theory.at_least_once(loss=0.2, ack_loss=0.2, attempts=3)
    assert expected.attempts_mean == pytest.approx(1.4896, rel=1e-14)
    assert expected.loss_rate == pytest.approx(0.008, rel=1e-14)
    assert expected.in_doubt_rate == pytest.approx(0.046656 - 0.008, rel=1e-13)
    assert expected.duplicate_rate == pytest.approx(0.8 * 1.4896 - 0.992, rel=1e-12)
    assert expected.cost == pytest.approx(1.8 * 1.4896, rel=1e-14)


@pytest.mark.parametrize("n", [1, 2, 7, 40])
@pytest.mark.parametrize(("p", "q"), [(0.1, 0.4), (0.6, 0.6), (0.95, 0.01)])
def test_handed_over_twice_needs_the_first_answer_lost_and_a_second_arrival(p, q, n):
    """Of n attempts, given their luck beforehand: q × P(at least 2 of n would get through)."""
    at_least_two = sum(comb(n, k) * (1 - p) ** k * p ** (n - k) for k in range(2, n + 1))
    expected = theory.at_least_once(loss=p, ack_loss=q, attempts=n)
    assert expected.duplicated_rate == pytest.approx(q * at_least_two, rel=1e-9, abs=1e-15)
    # Likewise handed over k times or more: the first k − 1 answers lost, k of n get through.
    tails = [
        sum(comb(n, i) * (1 - p) ** i * p ** (n - i) for i in range(k, n + 1))
        for k in range(1, n + 1)
    ]
    handovers = sum(q**k * tail for k, tail in enumerate(tails))
    assert expected.handovers_mean == pytest.approx(handovers, rel=1e-12)


def test_for_ever_nothing_is_lost_and_attempts_are_geometric():
    expected = theory.at_least_once(loss=0.2, ack_loss=0.5, attempts=None)
    assert expected.loss_rate == 0
    assert expected.in_doubt_rate == 0
    assert expected.attempts_mean == pytest.approx(1 / (0.8 * 0.5), rel=1e-14)
    assert expected.handovers_mean == pytest.approx(1 / 0.5, rel=1e-14)  # until one answer is back
    assert expected.duplicated_rate == pytest.approx(0.5, rel=1e-14)  # the first answer lost


@pytest.mark.parametrize("duplicate", [0.0, 0.3])
def test_very_many_attempts_are_for_ever(duplicate):
    few = {"loss": 0.3, "ack_loss": 0.4, "duplicate": duplicate}
    patient = theory.at_least_once(attempts=10_000, **few)
    endless = theory.at_least_once(attempts=None, **few)
    for name in FIELDS:
        assert getattr(patient, name) == pytest.approx(getattr(endless, name), rel=1e-12), name


def test_without_loss_one_attempt_and_its_answer():
    for attempts in (1, 3, None):
        expected = theory.at_least_once(loss=0, ack_loss=0, attempts=attempts)
        assert (expected.attempts_mean, expected.cost, expected.loss_rate) == (1, 2, 0)
        assert expected.duplicate_rate == expected.in_doubt_rate == 0


def test_when_all_is_lost_every_attempt_is_made_in_vain():
    expected = theory.at_least_once(loss=1, ack_loss=0.3, attempts=4)
    assert (expected.attempts_mean, expected.cost, expected.loss_rate) == (4, 4, 1)
    assert expected.duplicate_rate == expected.duplicated_rate == expected.in_doubt_rate == 0


def test_when_no_answer_comes_back_the_sender_is_in_doubt():
    expected = theory.at_least_once(loss=0, ack_loss=1, attempts=4)
    assert (expected.attempts_mean, expected.handovers_mean, expected.in_doubt_rate) == (4, 4, 1)


def test_near_certain_loss_tends_to_every_attempt_made():
    expected = theory.at_least_once(loss=1 - 1e-9, ack_loss=0.5, attempts=100)
    assert expected.attempts_mean == pytest.approx(100, rel=1e-6)
    assert expected.loss_rate == pytest.approx(1, rel=1e-6)


def test_sending_once_arithmetic():
    raw = theory.best_effort(loss=0.2, duplicate=0.3)
    assert raw.loss_rate == 0.2
    assert raw.duplicate_rate == raw.duplicated_rate == pytest.approx(0.24, rel=1e-15)
    assert (raw.attempts_mean, raw.cost, raw.in_doubt_rate) == (1, 1, 0)
    once = theory.at_most_once(loss=0.2, duplicate=0.3)
    assert once.duplicate_rate == once.duplicated_rate == 0
    assert (once.loss_rate, once.cost) == (0.2, 1)


@given(
    p=st.floats(0, 1),
    q=st.floats(0, 1),
    d=st.floats(0, 1),
    n=st.integers(min_value=1, max_value=60),
)
def test_what_is_expected_is_always_possible(p, q, d, n):
    expected = theory.at_least_once(loss=p, ack_loss=q, duplicate=d, attempts=n)
    assert 0 <= expected.in_doubt_rate <= 1 - expected.loss_rate + 1e-12
    assert 0 <= expected.duplicated_rate <= 1 - expected.loss_rate + 1e-12
    assert expected.duplicated_rate <= expected.duplicate_rate + 1e-12
    assert 1 <= expected.attempts_mean <= n + 1e-9
    assert expected.attempts_mean <= expected.cost <= 3 * expected.attempts_mean
    once = theory.exactly_once(loss=p, ack_loss=q, duplicate=d, attempts=n)
    assert once.duplicate_rate == once.duplicated_rate == 0
    assert once == expected.deduplicated()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"loss": -0.1}, "loss must be a probability from 0 to 1, got -0.1"),
        ({"ack_loss": 1.5}, "ack_loss must be a probability"),
        ({"duplicate": float("nan")}, "duplicate must be a probability"),
        ({"attempts": 0}, "attempts must be a whole number at least 1, or None for ever, got 0"),
        ({"attempts": 2.5}, "attempts must be a whole number"),
        ({"attempts": float("inf")}, "attempts must be a whole number"),
        ({"attempts": None, "loss": 1}, "attempts must be a whole number if loss or ack_loss is 1"),
    ],
)
def test_bad_arguments_are_refused_by_name(wrong, message):
    with pytest.raises(ValueError, match=message):
        theory.at_least_once(**{"loss": 0.1, "ack_loss": 0.1, "attempts": 3, **wrong})
