"""Latencies: against arithmetic, integrals worked by hand and known limits."""

from itertools import count
from math import exp, inf, isnan, log

import numpy as np
import pytest
from scipy import stats

from simulator import theory


def every(gap):
    return (gap * k for k in count())


def at(wait, t):
    return float(wait.cdf(np.array([t]))[0])


def test_a_message_sent_once_waits_its_delay():
    wait = theory.latency(loss=0.3, sent_s=(0.0,), delay_cdf=theory.exponential_cdf(0.05))
    assert wait.probability == pytest.approx(0.7, rel=1e-15)
    assert wait.mean() == pytest.approx(0.05, rel=1e-10)
    for level in (0.01, 0.5, 0.95, 0.99):
        assert wait.quantile(level) == pytest.approx(-0.05 * log(1 - level), rel=1e-12)
        assert at(wait, wait.quantile(level)) == pytest.approx(level, rel=1e-12)


def test_constant_delay_with_three_attempts_worked_by_hand():
    """Loss 1/2, delay 0.07: handed over at 0.07, 0.37 or 0.77, with 4/7, 2/7 and 1/7."""
    wait = theory.latency(loss=0.5, sent_s=(0.0, 0.3, 0.7), delay_cdf=theory.constant_cdf(0.07))
    assert wait.probability == 0.875
    assert wait.mean() == pytest.approx(0.07 + (2 * 0.3 + 0.7) / 7, rel=1e-12)
    for level, expected in [(0.01, 0.07), (0.57, 0.07), (0.58, 0.37), (0.85, 0.37), (0.86, 0.77)]:
        assert wait.quantile(level) == pytest.approx(expected, rel=1e-12)
    assert wait.cdf(np.array([[0.0, 0.069], [0.071, 0.5], [0.8, 100]])) == pytest.approx(
        np.array([[0, 0], [4 / 7, 4 / 7 + 2 / 7], [1, 1]])
    )
    # Whole periods later than the resending, and at once.
    slow = theory.latency(loss=0.0, sent_s=(0.0, 0.2, 0.4), delay_cdf=theory.constant_cdf(0.5))
    assert slow.mean() == pytest.approx(0.5, rel=1e-12)
    instant = theory.latency(loss=0.0, sent_s=(0.0,), delay_cdf=theory.constant_cdf(0.0))
    assert instant.mean() == instant.quantile(0.5) == 0


@pytest.mark.parametrize(("p", "gap"), [(0.2, 0.1), (0.6, 0.02), (0.01, 1.0), (0.999, 0.3)])
def test_mean_of_two_exponential_chances_worked_by_hand(p, gap):
    """The integral of P(neither has come) − p², split where the second attempt begins."""
    mean, late = 0.05, exp(-gap / 0.05)
    alone = p * (1 - p) * gap + (1 - p) * mean * (1 - late)
    both = p * (1 - p) * (1 + late) * mean + (1 - p) ** 2 * late * mean / 2
    wait = theory.latency(loss=p, sent_s=(0.0, gap), delay_cdf=theory.exponential_cdf(mean))
    assert wait.mean() == pytest.approx((alone + both) / (1 - p**2), rel=1e-10)


def test_network_duplicates_hurry_a_message():
    """Two copies: the quicker of two exponentials has half the mean."""
    wait = theory.latency(
        loss=0.1, sent_s=(0.0,), delay_cdf=theory.exponential_cdf(0.08), duplicate=0.25
    )
    assert wait.mean() == pytest.approx(0.75 * 0.08 + 0.25 * 0.04, rel=1e-10)


@pytest.mark.parametrize("end_s", [0.02, 0.1, 0.5])
def test_time_to_know_given_that_it_comes_in_time_worked_by_hand(end_s):
    """A gamma of shape 2 cut at x means: 2m P(gamma of 3 ≤ x) / P(gamma of 2 ≤ x)."""
    mean, x = 0.05, end_s / 0.05
    wait = theory.ack_latency(
        loss=0.3,
        ack_loss=0.4,
        sent_s=(0.0,),
        end_s=end_s,
        round_trip_cdf=theory.two_exponentials_cdf(mean, mean),
    )
    cut = stats.gamma(2).cdf(x)
    assert wait.probability == pytest.approx(0.42 * cut, rel=1e-12)
    assert wait.mean() == pytest.approx(2 * mean * stats.gamma(3).cdf(x) / cut, rel=1e-10)
    assert at(wait, end_s) == 1
    assert wait.quantile(0.999) < end_s


def test_time_to_know_with_constant_delays_worked_by_hand():
    """Answers take 0.2 and come with 1/4: known at 0.2, 0.5 or 0.9 with 16, 12 and 9 of 37."""
    wait = theory.ack_latency(
        loss=0.5,
        ack_loss=0.5,
        sent_s=(0.0, 0.3, 0.7),
        end_s=0.9,
        round_trip_cdf=theory.constant_cdf(0.2),
    )
    assert wait.probability == pytest.approx(37 / 64, rel=1e-15)
    assert wait.mean() == pytest.approx((16 * 0.2 + 12 * 0.5 + 9 * 0.9) / 37, rel=1e-12)


def test_never_giving_up_waits_for_a_geometric_number_of_attempts():
    """Mean: the delay, and a gap for each of the p / (1−p) attempts lost on average."""
    for p in (0.0, 0.2, 0.6, 0.9):
        wait = theory.latency(loss=p, sent_s=every(0.3), delay_cdf=theory.constant_cdf(0.05))
        assert wait.mean() == pytest.approx(0.05 + 0.3 * p / (1 - p), rel=1e-10)
    wait = theory.latency(loss=0.5, sent_s=every(0.3), delay_cdf=theory.constant_cdf(0.05))
    assert wait.quantile(0.99) == pytest.approx(0.05 + 6 * 0.3, rel=1e-12)  # 1 − 2⁻⁷ is enough


def test_attempts_that_overlap_are_all_kept():
    """Resending at once for ever: the sooner of very many exponentials, though p⁸ is tiny."""
    often = theory.latency(loss=0.01, sent_s=every(0.001), delay_cdf=theory.exponential_cdf(5.0))
    enough = theory.latency(
        loss=0.01,
        sent_s=[0.001 * k for k in range(2000)],
        delay_cdf=theory.exponential_cdf(5.0),
    )
    assert often.mean() == pytest.approx(enough.mean(), rel=1e-10)
    assert often.mean() < 0.1


def doubling(first):
    return (first * (2.0**k - 1) for k in count())


def test_gaps_that_double_have_a_mean_only_if_losses_fall_faster():
    """Attempt k is due 2^(k−1) − 1 gaps late, and first to arrive with p^(k−1) (1−p)."""
    p = 0.1
    wait = theory.latency(loss=p, sent_s=doubling(0.1), delay_cdf=theory.constant_cdf(0.05))
    assert wait.mean() == pytest.approx(0.05 + 0.1 * ((1 - p) / (1 - 2 * p) - 1), rel=1e-9)
    never = theory.latency(loss=0.6, sent_s=doubling(0.1), delay_cdf=theory.constant_cdf(0.05))
    assert never.mean() == inf
    assert never.quantile(0.63) == pytest.approx(0.15, rel=1e-12)  # 1 − 0.6² is 0.64


def test_a_heavy_tail_costs_a_few_parts_in_a_hundred_thousand():
    pareto = stats.pareto(1.5, scale=0.05 / 3)
    wait = theory.latency(loss=0.0, sent_s=(0.0,), delay_cdf=pareto.cdf)
    assert wait.mean() == pytest.approx(0.05, rel=1e-4)
    assert wait.quantile(0.99) == pytest.approx(float(pareto.ppf(0.99)), rel=1e-12)


def test_an_event_that_never_comes_has_no_latency():
    wait = theory.latency(loss=1.0, sent_s=(0.0, 0.2), delay_cdf=theory.exponential_cdf(0.05))
    assert wait.probability == 0
    assert isnan(wait.mean())
    assert isnan(wait.quantile(0.5))
    assert np.isnan(wait.cdf(np.array([0.1, 1.0]))).all()


@pytest.mark.parametrize("level", [0, 1, -0.5, float("nan")])
def test_a_level_outside_0_to_1_is_refused(level):
    wait = theory.latency(loss=0.1, sent_s=(0.0,), delay_cdf=theory.constant_cdf(0.1))
    with pytest.raises(ValueError, match="level must be above 0 and below 1, got"):
        wait.quantile(level)


def test_an_endless_wait_for_what_never_arrives_is_refused():
    with pytest.raises(ValueError, match="sent_s must end, as no attempt can succeed"):
        theory.latency(loss=1.0, sent_s=every(0.1), delay_cdf=theory.constant_cdf(0.1))
