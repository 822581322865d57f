"""Distributions of delays and round trips: against SciPy's and against arithmetic."""

import numpy as np
import pytest
from scipy import integrate, stats

from simulator import theory

T = np.array([-1.0, 0.0, 0.001, 0.02, 0.05, 0.1, 0.3, 1.0, 10.0, np.inf])


def test_a_constant_is_a_step_to_the_nanosecond():
    cdf = theory.constant_cdf(0.1 + 0.2)  # 0.30000000000000004
    assert cdf(np.array([0.299999999, 0.3, 0.300000001])).tolist() == [0, 1, 1]


def test_an_exponential_is_scipy_s():
    expected = stats.expon(loc=0.02, scale=0.05).cdf(T)
    assert theory.exponential_cdf(0.05, minimum=0.02)(T) == pytest.approx(expected, rel=1e-12)


def test_two_equal_exponentials_are_a_gamma_of_shape_2():
    expected = stats.gamma(2, loc=0.03, scale=0.05).cdf(T)
    assert theory.two_exponentials_cdf(0.05, 0.05, minimum=0.03)(T) == pytest.approx(
        expected, rel=1e-11, abs=1e-15
    )


@pytest.mark.parametrize(("a", "b"), [(0.05, 0.02), (0.02, 0.05), (0.001, 1.0)])
def test_two_exponentials_by_integrating_over_the_first(a, b):
    cdf = theory.two_exponentials_cdf(a, b)
    for t in (0.001, 0.05, 0.3):
        integral, _ = integrate.quad(
            lambda s, t=t: np.exp(-s / a) / a * -np.expm1(-(t - s) / b),
            0,
            t,
            epsabs=1e-13,
            points=[a],
        )
        assert cdf(np.array([t]))[0] == pytest.approx(integral, rel=1e-9)


@pytest.mark.parametrize("apart", [1e-15, 1e-12, 1e-9, 1e-6])
def test_means_close_to_each_other_lose_no_digits(apart):
    nearly = theory.two_exponentials_cdf(0.05, 0.05 * (1 + apart))(T)
    assert nearly == pytest.approx(stats.gamma(2, scale=0.05).cdf(T), rel=2 * apart + 1e-11)


def test_two_uniforms_make_a_triangle_within_the_stated_error():
    cdf = theory.sum_cdf(stats.uniform.cdf, stats.uniform.ppf, points=1000)
    t = np.linspace(-0.5, 2.5, 31).reshape(1, 31)
    expected = stats.triang(0.5, scale=2).cdf(t)
    assert np.abs(cdf(t) - expected).max() < 1 / 2000
    assert cdf(t).shape == t.shape


def test_any_sum_meets_the_known_one_within_the_stated_error():
    sum_of_two = theory.sum_cdf(stats.expon(scale=0.05).cdf, stats.expon(scale=0.02).ppf)
    assert sum_of_two(T) == pytest.approx(
        theory.two_exponentials_cdf(0.05, 0.02)(T), abs=1 / 40_000
    )


def test_adding_a_constant_is_exact():
    shifted = theory.sum_cdf(stats.expon(scale=0.05).cdf, lambda u: np.full(len(u), 0.1))
    assert shifted(T) == pytest.approx(theory.exponential_cdf(0.05, minimum=0.1)(T), rel=1e-12)


def test_the_first_of_copies_worked_by_hand():
    """P(both later than t) is (1−F)²: F = 1/2 becomes 3/4 if a second copy is certain."""
    half = lambda t: np.full(np.shape(t), 0.5)  # noqa: E731 - a cdf in a line
    assert theory.first_copy_cdf(half, 0.0)(T)[0] == 0.5
    assert theory.first_copy_cdf(half, 1.0)(T)[0] == 0.75
    assert theory.first_copy_cdf(half, 0.2)(T)[0] == pytest.approx(0.8 * 0.5 + 0.2 * 0.75)


def test_the_quicker_of_two_exponentials_has_half_the_mean():
    quicker = theory.first_copy_cdf(theory.exponential_cdf(0.05), 1.0)
    assert quicker(T) == pytest.approx(theory.exponential_cdf(0.025)(T), rel=1e-12)
