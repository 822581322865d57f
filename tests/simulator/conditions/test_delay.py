"""Every delay has the moments and the quantiles that it says, the same bits however it is cut."""

import math

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


def lognorm(mean, std, loc=0.0):
    """SciPy's log-normal, whose parameters are those of the logarithm."""
    spread = math.log(1 + (std / mean) ** 2)
    return stats.lognorm(math.sqrt(spread), loc=loc, scale=mean / math.exp(spread / 2))


KNOWN = {
    Uniform(low=0.01, high=0.09): stats.uniform(0.01, 0.08),
    Uniform(low=0.01, high=0.09, minimum=0.1): stats.uniform(0.11, 0.08),
    Exponential(mean=0.05): stats.expon(scale=0.05),
    Exponential(mean=0.05, minimum=0.02): stats.expon(0.02, 0.05),
    Normal(mean=0.05, std=0.01): stats.truncnorm(-5, math.inf, 0.05, 0.01),
    Normal(mean=0.05, std=0.1, minimum=0.01): stats.truncnorm(-0.5, math.inf, 0.06, 0.1),
    Normal(mean=0.0, std=0.1): stats.truncnorm(0, math.inf, 0, 0.1),
    LogNormal(mean=0.05, std=0.02): lognorm(0.05, 0.02),
    LogNormal(mean=0.05, std=0.1, minimum=0.01): lognorm(0.05, 0.1, 0.01),
    Pareto(mean=0.05, shape=5.0): stats.pareto(5, scale=0.04),
    Pareto(mean=0.05, shape=8.0, minimum=0.02): stats.pareto(8, 0.02, 0.05 * 7 / 8),
    Weibull(mean=0.05, shape=0.7): stats.weibull_min(0.7, scale=0.05 / math.gamma(1 + 1 / 0.7)),
    Weibull(mean=0.05, shape=2.0, minimum=0.01): stats.weibull_min(2, 0.01, 0.05 / math.gamma(1.5)),
}
"""Delays, and what they are to SciPy: an oracle that shares no code with ours."""
DELAYS = [*KNOWN, Constant(0.05), Empirical(samples=(0.1, 0.02, 0.02, 0.5))]
every_delay = pytest.mark.parametrize("delay", DELAYS, ids=repr)
known_delays = pytest.mark.parametrize("delay", KNOWN, ids=repr)


@known_delays
def test_quantiles_and_means_are_those_of_scipy(delay):
    scipys = KNOWN[delay]
    u = np.linspace(0.001, 0.999, 999)
    assert delay.quantile(u) == pytest.approx(scipys.ppf(u), rel=1e-9)
    assert delay.true_mean == pytest.approx(scipys.mean(), rel=1e-9)


@known_delays
def test_samples_have_the_mean_and_the_variance_of_scipy(delay):
    scipys = KNOWN[delay]
    draws = delay.quantile(np.random.default_rng(1).random(400_000))
    assert standard_errors_apart(draws, scipys.mean()) < 4
    assert standard_errors_apart((draws - scipys.mean()) ** 2, scipys.var()) < 4


def test_a_constant_and_measured_samples_come_as_they_are():
    u = np.array([0.0, 0.24, 0.25, 0.5, 0.75, 0.99])
    assert list(Constant(0.05).quantile(u)) == [0.05] * 6
    measured = Empirical(samples=(0.1, 0.02, 0.02, 0.5))
    assert list(measured.quantile(u)) == [0.02, 0.02, 0.02, 0.1, 0.5, 0.5]
    assert (Constant(0.05).true_mean, measured.true_mean) == (0.05, 0.16)


def test_the_distribution_function_of_a_log_normal_is_that_of_scipy():
    t = np.array([-1.0, 0.0, 0.01, 0.011, 0.05, 0.1, 1.0, 1e30])
    ours = LogNormal(mean=0.05, std=0.1, minimum=0.01).cdf(t)
    assert ours == pytest.approx(lognorm(0.05, 0.1, 0.01).cdf(t), rel=1e-9, abs=1e-15)


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
