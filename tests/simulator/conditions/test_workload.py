"""Workloads create messages when they say."""

import numpy as np

from simulator import At, Bursts, Periodic, Poisson
from simulator.clock import END_OF_TIME
from simulator.statistics import standard_errors_apart

U = np.random.default_rng(3).random(100_000)


def test_periodic_messages_are_multiples_of_the_interval_not_sums():
    times = Periodic(interval=0.01).times_ns(1_000_000, np.zeros(1_000_000))
    assert np.array_equal(times, np.arange(1_000_000) * 10_000_000)


def test_poisson_gaps_are_exponential():
    gaps = np.diff(Poisson(rate=50).times_ns(len(U), U)) / 1e9
    assert standard_errors_apart(gaps, 0.02) < 4
    assert standard_errors_apart((gaps - 0.02) ** 2, 0.02**2) < 4


def test_poisson_stops_at_the_end_of_time_and_wraps_around_nowhere():
    times = Poisson(rate=1e-9).times_ns(1000, U[:1000])
    assert (np.diff(times) >= 0).all()
    assert times.max() == END_OF_TIME


def test_bursts_come_together():
    times = Bursts(size=3, every=0.5).times_ns(7, np.zeros(7))
    assert times.tolist() == [0, 0, 0, 500_000_000, 500_000_000, 500_000_000, 1_000_000_000]


def test_given_times_and_no_more():
    assert At(times=[0.0, 0.1, 0.1]).times_ns(2, np.zeros(2)).tolist() == [0, 100_000_000]
    assert len(At(times=[0.0, 0.1]).times_ns(10, np.zeros(10))) == 2
