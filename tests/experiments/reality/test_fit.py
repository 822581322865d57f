"""Round trips made with known delays and losses give these back."""

import math

import numpy as np
import pytest

from experiments.reality.fit import LEVEL, chance_of_bursts, fit, round_trips_over
from experiments.reality.round_trips import RoundTrips
from simulator import Constant, Empirical, GilbertElliott, Link


def bad_times(p, r, count, rng):
    """Walk a chain that is bad a share p / (p + r) of the time."""
    changes, bad = rng.random(count), rng.random() < p / (p + r)
    walk = np.empty(count, bool)
    for step, u in enumerate(changes):
        walk[step] = bad
        bad = u >= r if bad else u < p
    return walk


def two_ways(p, r, count, rng):
    """Lose probes on a way there and a way back, each with a chain that moves when it is used."""
    there, back = bad_times(p, r, count, rng), bad_times(p, r, count, rng)
    lost = there.copy()
    lost[~there] = back[: np.count_nonzero(~there)]
    return lost


def probes(lost, seconds=0.01):
    return RoundTrips(seconds=np.where(lost, math.nan, seconds))


def test_each_way_takes_half_and_loses_so_that_two_lose_as_much():
    seconds = np.array([0.012, math.nan, 0.010, 0.020, 0.030])  # one of five lost
    found = fit(RoundTrips(seconds=seconds), probes=100).link
    assert found.delay == Empirical(samples=[0.005, 0.006, 0.010, 0.015])
    assert isinstance(found.loss, float)
    assert 1 - (1 - found.loss) ** 2 == pytest.approx(0.2)
    assert found.duplicate == 0


def test_duplicates_of_both_ways_are_as_many_as_measured():
    # 21 duplicates of 100 answers: each copy there is one or two, and so is each copy back.
    found = fit(RoundTrips(seconds=np.full(100, 0.01), duplicates=21), probes=100).link
    assert (1 + found.duplicate) ** 2 == pytest.approx(1.21)
    assert found.loss == 0


@pytest.mark.parametrize(("p", "r"), [(0.01, 0.2), (0.05, 0.5)])
def test_gilbert_elliott_s_parameters_come_back_within_standard_errors(p, r):
    rng = np.random.default_rng(8)
    losses = [fit(probes(two_ways(p, r, 20_000, rng)), probes=1).link.loss for _ in range(30)]
    for name, truth in (("p", p), ("r", r)):
        values = [getattr(loss, name) for loss in losses]
        error = np.std(values, ddof=1)
        assert abs(values[0] - truth) < 4 * error
        assert abs(np.mean(values) - truth) < 4 * error / math.sqrt(30)
        assert error < 0.15 * truth  # so that the above says something


def test_two_ways_of_the_link_have_both_moments_that_were_measured():
    rng = np.random.default_rng(3)
    measured = probes(two_ways(0.02, 0.3, 20_000, rng))
    loss, burst = measured.loss, measured.bursts.mean()
    link = fit(measured, probes=1).link
    runs = [round_trips_over(link, 4_000, seed) for seed in range(10)]
    for expected, values in (
        (loss, [run.loss for run in runs]),
        (burst, [run.bursts.mean() for run in runs]),
    ):
        error = np.std(values, ddof=1) / math.sqrt(len(runs))
        assert abs(np.mean(values) - expected) < 4 * error


def test_independent_losses_stay_so_in_99_of_100_seeds():
    lost = [np.random.default_rng(seed).random(2_000) < 0.05 for seed in range(1_000)]
    bursty = sum(chance_of_bursts(probes(one)) < LEVEL for one in lost)
    # The test is exact, so its level is at most 1%: 10 of 1,000, and 4 standard deviations.
    assert bursty <= 10 + 4 * math.sqrt(1_000 * 0.01 * 0.99)
    assert all(isinstance(fit(probes(one), probes=1).link.loss, float) for one in lost[:5])


def test_the_chance_of_few_bursts_is_that_of_all_orders():
    # 3 lost of 7: of 35 orders, 5 have one burst, 20 two, 10 three.
    for order, count in (("LLLAAAA", 5), ("ALLALAA", 25), ("LALALAA", 35)):
        lost = np.array([letter == "L" for letter in order])
        assert chance_of_bursts(probes(lost)) == pytest.approx(count / 35)


def test_what_is_simulated_over_the_link_is_two_ways():
    link = Link(delay=Constant(0.02), loss=0.1)
    found = round_trips_over(link, 20_000, seed=1)
    assert found.answered.tolist() == pytest.approx([0.04] * len(found.answered))
    assert abs(found.loss - 0.19) < 4 * math.sqrt(0.19 * 0.81 / 20_000)


def test_bursts_are_counted_at_both_ends_too():
    assert probes(np.array([1, 1, 0, 1, 0, 0, 1, 1, 1], bool)).bursts.tolist() == [2, 1, 3]
    assert not len(probes(np.zeros(3, bool)).bursts)


def test_losses_all_in_one_burst_make_a_link_too():
    link = fit(probes(np.arange(1_000) >= 990), probes=100).link
    assert isinstance(link.loss, GilbertElliott)
    assert 1 - (1 - link.loss.rate) ** 2 == pytest.approx(0.01)
