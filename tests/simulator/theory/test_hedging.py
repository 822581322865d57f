"""Hedged requests in theory: textbook cases."""

import math

import pytest

from simulator import theory

MEAN = 0.1
CDF = theory.exponential_cdf(MEAN)


def test_one_node_alone_is_not_hedged():
    assert theory.hedged_tail(CDF, 0.25, after=0.1, nodes=1) == pytest.approx(math.exp(-2.5))
    assert theory.hedged_nodes(CDF, after=0.1, nodes=1) == 1.0
    median = theory.hedged_quantile(CDF, 0.5, after=0.1, nodes=1)
    assert median == pytest.approx(MEAN * math.log(2), rel=1e-12)


def test_the_tail_of_two_exponentials_falls_twice_as_fast_once_the_second_is_asked():
    tails = [theory.hedged_tail(CDF, t, after=0.15, nodes=2) for t in (0.1, 0.15, 0.25)]
    assert tails == pytest.approx([math.exp(-1), math.exp(-1.5), math.exp(-1.5 - 2)], rel=1e-12)


def test_nodes_asked():
    """The second by e^-1; the third if the first is silent for 2 waits and the second for 1."""
    asked = theory.hedged_nodes(CDF, after=0.1, nodes=3)
    assert asked == pytest.approx(1 + math.exp(-1) + math.exp(-3), rel=1e-12)


@pytest.mark.parametrize("probability", [0.1, 0.5, 0.99, 0.9999])
def test_the_quantile_undoes_the_tail(probability):
    quantile = theory.hedged_quantile(CDF, probability, after=0.05, nodes=3)
    tail = theory.hedged_tail(CDF, quantile, after=0.05, nodes=3)
    assert tail == pytest.approx(1 - probability, rel=1e-9)


def test_asking_all_at_once_gives_the_minimum():
    tail = theory.hedged_tail(CDF, 0.1, after=0.0, nodes=4)
    assert tail == pytest.approx(math.exp(-4), rel=1e-12)
