"""Every delay has the moments and the quantiles that it says, the same bits however it is cut."""

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from simulator import (
    Constant,
    Empirical,
    Exponential,
    LogNormal,
    Normal,
    Pareto,
    Uniform,
    Weibull,
)
from simulator.statistics import standard_errors_apart

DELAYS = [
    Constant(0.05),
    Uniform(low=0.01, high=0.09),
    Uniform(low=0.01, high=0.09, minimum=0.1),
    Exponential(mean=0.05),
    Exponential(mean=0.05, minimum=0.02),
    Normal(mean=0.05, std=0.01),
    Normal(mean=0.05, std=0.1, minimum=0.01),
    Normal(mean=0.0, std=0.1),
    LogNormal(mean=0.05, std=0.02),
    LogNormal(mean=0.05, std=0.1, minimum=0.01),
    Pareto(mean=0.05, shape=5.0),
    Pareto(mean=0.05, shape=8.0, minimum=0.02),
    Weibull(mean=0.05, shape=0.7),
    Weibull(mean=0.05, shape=2.0, minimum=0.01),
    Empirical(samples=(0.1, 0.02, 0.02, 0.5)),
]
every_delay = pytest.mark.parametrize("delay", DELAYS, ids=repr)


@every_delay
def test_mean_and_variance_are_those_of_its_samples(delay):
    draws = delay.quantile(np.random.default_rng(1).random(400_000))
    assert standard_errors_apart(draws, delay.true_mean) < 4
    if math.isfinite(delay.variance):
        assert standard_errors_apart((draws - delay.true_mean) ** 2, delay.variance) < 4


@every_delay
def test_the_distribution_function_inverts_the_quantile(delay):
    u = np.linspace(0.001, 0.999, 999)
    if isinstance(delay, Constant | Empirical):
        assert (delay.cdf(delay.quantile(u)) >= u).all()
    else:
        assert delay.cdf(delay.quantile(u)) == pytest.approx(u, rel=1e-9, abs=1e-12)
    assert delay.cdf(np.array([-1.0]))[0] == 0


@every_delay
@pytest.mark.parametrize("size", [1, 2, 3, 7, 256, 1000])
def test_the_same_bits_alone_in_a_block_or_in_a_slice(delay, size):
    u = np.random.default_rng(2).random(3000)
    whole = delay.quantile(u)
    assert (np.diff(delay.quantile(np.sort(u))) >= 0).all()
    for start in (0, 1, 5, 1999):
        piece = delay.quantile(u[start : start + size].copy())
        assert np.array_equal(piece, whole[start : start + size])


@every_delay
def test_no_draw_is_negative_or_without_end(delay):
    ends = delay.quantile(np.array([0.0, 2.0**-53, 0.5, 1 - 2.0**-53]))
    assert np.isfinite(ends).all()
    assert (ends >= 0).all()


def test_quantiles_are_those_of_scipy():
    u = np.linspace(0.001, 0.999, 200)
    sigma = math.sqrt(math.log(1.16))
    known: dict[Any, Any] = {
        Exponential(mean=0.05): stats.expon(scale=0.05),
        Normal(mean=0.05, std=0.1): stats.truncnorm(-0.5, math.inf, loc=0.05, scale=0.1),
        LogNormal(mean=0.05, std=0.02): stats.lognorm(sigma, scale=0.05 / math.sqrt(1.16)),
        Pareto(mean=0.05, shape=2.5): stats.pareto(2.5, scale=0.05 * 1.5 / 2.5),
        Weibull(mean=0.05, shape=2.0): stats.weibull_min(2, scale=0.05 / math.gamma(1.5)),
    }
    for delay, scipys in known.items():
        assert delay.quantile(u) == pytest.approx(scipys.ppf(u), rel=1e-9)
        assert delay.true_mean == pytest.approx(scipys.mean(), rel=1e-9)
        assert delay.variance == pytest.approx(scipys.var(), rel=1e-9)


def test_a_heavy_tail_has_no_variance():
    assert Pareto(mean=0.05, shape=2.0).variance == math.inf


def test_samples_come_from_a_column_of_a_csv_file(tmp_path):
    path = tmp_path / "ping.csv"
    path.write_text("host,rtt_s\na,0.02\nb,0.01\n")
    assert Empirical.from_csv(path, column="rtt_s") == Empirical(samples=(0.01, 0.02))
    with pytest.raises(ValueError, match=r"column of .* \(host, rtt_s\), got 'ms'"):
        Empirical.from_csv(path, column="ms")
    with pytest.raises(ValueError, match=r"line 2 of .* delay in seconds, got 'a'"):
        Empirical.from_csv(path, column="host")
    with pytest.raises(ValueError, match="readable CSV file"):
        Empirical.from_csv(tmp_path / "none.csv", column="rtt_s")


def test_far_beyond_a_steep_distribution_the_probability_is_1():
    assert Weibull(mean=0.1, shape=200).cdf(np.array(1e30)) == 1.0
