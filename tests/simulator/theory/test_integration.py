"""Quadrature: against integrals known exactly."""

import numpy as np
import pytest

from simulator.theory.integration import integrate


def test_a_smooth_fall_is_integrated_to_rounding():
    edges = np.array([0.0, 1.0, 40.0])
    assert integrate(lambda t: np.exp(-t), edges) == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize("step", [1e-6, 0.003, 1 / 3, 0.5, 0.9999, 1.0])
def test_a_step_is_closed_in_on_wherever_it_is(step):
    found = integrate(lambda t: np.where(t < step, 1.0, 0.0), np.array([0.0, 1.0]))
    assert found == pytest.approx(step, rel=1e-9, abs=1e-12)


def test_a_step_in_a_slope():
    """1 − t/2 up to 1, then 0: 3/4."""
    found = integrate(lambda t: np.where(t < 1, 1 - t / 2, 0.0), np.array([0.0, 0.7, 3.1]))
    assert found == pytest.approx(0.75, rel=1e-11)


def test_nothing_is_nothing():
    assert integrate(np.zeros_like, np.array([0.0, 2.0])) == 0
