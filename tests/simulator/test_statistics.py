"""Intervals are those of SciPy, and cover as often as they say."""

import math

import numpy as np
import pytest
from scipy import stats

from simulator.statistics import (
    binomial_p_value,
    count_agrees,
    paired_difference,
    standard_errors_apart,
    t_interval,
    unpaired_difference,
    wilson_interval,
)

A = [1.0, 2.5, 3.0, 4.5, 2.0]
B = [0.5, 2.0, 2.0, 4.0, 1.0]


def test_student_is_that_of_scipy():
    low, high = stats.t.interval(0.95, 4, loc=np.mean(A), scale=stats.sem(A))
    assert t_interval(A) == pytest.approx((np.mean(A), low, high), rel=1e-12)


def test_paired_and_unpaired_are_those_of_scipy():
    paired = stats.ttest_rel(A, B).confidence_interval(0.95)
    assert paired_difference(A, B)[1:] == pytest.approx((paired.low, paired.high), rel=1e-9)
    welch = stats.ttest_ind(A, B, equal_var=False).confidence_interval(0.95)
    assert unpaired_difference(A, B)[1:] == pytest.approx((welch.low, welch.high), rel=1e-9)


@pytest.mark.parametrize(("successes", "trials"), [(0, 10), (3, 10), (10, 10), (500, 10_000)])
def test_wilson_is_that_of_scipy(successes, trials):
    expected = stats.binomtest(successes, trials).proportion_ci(0.95, method="wilson")
    interval = wilson_interval(successes, trials)
    assert interval[1:] == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_one_replication_says_nothing_of_the_spread():
    assert t_interval([3.0]).mean == 3.0
    assert math.isnan(t_interval([3.0]).low)


def test_the_order_of_replications_changes_no_bit():
    values = np.random.default_rng(1).random(1000)
    assert t_interval(values) == t_interval(values[::-1])


def test_an_interval_covers_as_often_as_it_says():
    samples = np.random.default_rng(2).normal(5.0, 2.0, size=(4000, 8))
    covered = sum(low <= 5.0 <= high for _, low, high in map(t_interval, samples))
    assert count_agrees(covered, 4000, 0.95)


def test_counts_are_judged_exactly_where_few_are_expected():
    expected = stats.binom(1000, 0.01)
    assert binomial_p_value(20, 1000, 0.01) == pytest.approx(2 * expected.sf(19))
    assert count_agrees(10, 1000, 0.01)
    assert not count_agrees(40, 1000, 0.01)
    assert not count_agrees(5600, 10_000, 0.5)


def test_values_all_alike_are_right_or_infinitely_wrong():
    assert standard_errors_apart([2.0, 2.0], 2.0) == 0
    assert standard_errors_apart([2.0, 2.0], 2.1) == math.inf
