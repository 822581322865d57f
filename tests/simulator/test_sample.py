"""Moments and quantiles of times, of all values and of a histogram."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.sample import Histogram, Moments, Sample

S = 10**9
times = st.lists(st.integers(0, 4 * 10**18) | st.integers(0, 10**10), min_size=1, max_size=60)


def array(values):
    return np.array(values, dtype=np.int64)


@given(values=times, cut=st.integers(0, 60))
def test_a_mean_is_exact_and_a_variance_that_of_the_textbook(values, cut):
    moments = Moments()
    moments.add(array(values[:cut]))
    moments.add(array(values[cut:]))
    assert moments.total == sum(values)
    assert moments.count == len(values)
    assert moments.longest == max(values)
    if len(values) > 1:
        mean = sum(values) / len(values)
        expected = sum((v - mean) ** 2 for v in values) / (len(values) - 1) / S**2
        assert moments.variance_s2 == pytest.approx(expected, rel=1e-9, abs=1e-18)


@given(values=times, cut=st.integers(0, 60))
def test_merged_moments_are_those_of_blocks_in_turn(values, cut):
    both, first, second = Moments(), Moments(), Moments()
    for block, moments in ((values[:cut], first), (values[cut:], second)):
        both.add(array(block))
        moments.add(array(block))
    first.merge(second)
    assert first == both


@given(values=times, probability=st.sampled_from([0.0, 0.01, 0.5, 0.95, 0.99, 1.0]))
def test_quantiles_are_numpys_and_a_histograms_are_within_half_a_percent(values, probability):
    sample, histogram = Sample(), Histogram()
    for part in (values[::2], values[1::2]):
        sample.add(array(part))
        other = Histogram()
        other.add(array(part))
        histogram.merge(other)
    expected = float(np.quantile(array(values), probability, method="inverted_cdf")) / S
    assert sample.quantile_s(probability) == expected
    assert histogram.quantile_s(probability) == pytest.approx(expected, rel=0.004)


def test_of_nothing_there_is_no_number():
    assert math.isnan(Moments().mean_s)
    assert math.isnan(Moments().longest_s)
    assert math.isnan(Moments().variance_s2)
    assert math.isnan(Sample().quantile_s(0.5))
    assert math.isnan(Histogram().quantile_s(0.5))
