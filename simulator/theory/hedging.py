"""Hedged requests: up to n nodes are asked, each d after the one before; the first reply counts.

The times until the nodes reply are independent, with distribution function F. A request is still
unanswered at t if none of the nodes asked by then has replied:

    P(T > t) = Π (1 − F(t − k d))    for k = 0, 1, … n−1, where t ≥ k d

A node is asked if nobody has replied by its turn, so the mean number of nodes asked is

    1 + Σ P(T > j d)                 for j = 1, … n−1

Source: J. Dean, L. A. Barroso, "The Tail at Scale", Communications of the ACM 56(2), 2013.
"""

from __future__ import annotations

import numpy as np

from simulator.theory.distributions import Cdf


def hedged_tail(cdf: Cdf, seconds: float, *, after: float, nodes: int) -> float:
    """Return the probability that a hedged request waits longer than `seconds`.

    Args:
        cdf: Distribution function of the time until the reply of one node.
        seconds: The time, in seconds.
        after: How long the caller waits before it asks the next node, in seconds.
        nodes: The maximum number of nodes asked.
    """
    waits = [seconds - turn * after for turn in range(nodes) if seconds >= turn * after]
    return float(np.multiply.reduce(1 - cdf(np.array(waits))))


def hedged_nodes(cdf: Cdf, *, after: float, nodes: int) -> float:
    """Return the mean number of nodes asked. Arguments as for `hedged_tail`."""
    turns = (hedged_tail(cdf, turn * after, after=after, nodes=turn) for turn in range(1, nodes))
    return 1.0 + sum(turns)


def hedged_quantile(cdf: Cdf, probability: float, *, after: float, nodes: int) -> float:
    """Return a quantile of the time until the first reply, in seconds, by bisection."""
    low, high = 0.0, after
    while hedged_tail(cdf, high, after=after, nodes=nodes) > 1 - probability:
        low, high = high, 2 * high
    for _ in range(60):
        middle = (low + high) / 2
        if hedged_tail(cdf, middle, after=after, nodes=nodes) > 1 - probability:
            low = middle
        else:
            high = middle
    return high
