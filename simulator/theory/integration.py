"""Integrals of functions that fall from 1 to 0, smoothly or in steps."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.polynomial.legendre import Legendre

from simulator.theory.distributions import FloatArray


def _lobatto(count: int) -> tuple[FloatArray, FloatArray]:
    """Return the nodes and weights of Gauss–Lobatto quadrature on [0, 1].

    Both ends are nodes, so that no step of a monotone function hides between a node and an end.

    Source: M. Abramowitz, I. Stegun, "Handbook of Mathematical Functions", 25.4.32.
    """
    polynomial = Legendre.basis(count - 1)
    nodes = np.concatenate([[-1.0], polynomial.deriv().roots().real, [1.0]])
    weights = 2 / (count * (count - 1) * polynomial(nodes) ** 2)
    return (nodes + 1) / 2, weights / 2


def integrate(function: Callable[[FloatArray], FloatArray], edges: FloatArray) -> float:
    """Integrate a monotone function with values in [0, 1].

    Each interval is halved until halving changes its integral by no more than 10⁻¹³ of the whole,
    or by no more than rounding does. Intervals thus shrink around a step.

    Args:
        function: Takes an array of shape (points,), returns the same shape.
        edges: Bounds of the intervals to start from, rising. Shape (intervals + 1,).
    """
    nodes, weights = _lobatto(9)

    def estimate(low: FloatArray, high: FloatArray) -> FloatArray:
        points = low[:, np.newaxis] + (high - low)[:, np.newaxis] * nodes
        values = function(points.ravel()).reshape(points.shape)
        return np.asarray((high - low) * (values @ weights))

    low, high = edges[:-1], edges[1:]
    coarse = estimate(low, high)
    scale, total = float(coarse.sum()), 0.0
    while len(low):
        middle = (low + high) / 2
        left, right = estimate(low, middle), estimate(middle, high)
        change = np.abs(left + right - coarse)
        done = (change <= 1e-13 * scale) | (change <= 1e-13 * (high - low))
        total += float((left + right)[done].sum())
        low, high = (
            np.concatenate([low[~done], middle[~done]]),
            np.concatenate([middle[~done], high[~done]]),
        )
        coarse = np.concatenate([left[~done], right[~done]])
    return total
