"""Queues and the two generals against their closed forms, within four standard errors."""

import math

import numpy as np
import pytest

from experiments.catalogue.queueing_validation import EXPERIMENT, Queueing
from experiments.catalogue.two_generals import TwoGenerals
from simulator import theory
from simulator.statistics import t_interval

SYSTEMS = EXPERIMENT.sweep["system"]


def agrees(system, customers, replications):
    runs = [
        Queueing(messages=customers, system=SYSTEMS[system]).measure(r) for r in range(replications)
    ]
    for metric in Queueing.metrics:
        values = np.array([run[metric] for run in runs])
        if metric == "refused" and SYSTEMS[system].backlog is None:
            assert np.isnan(values).all()  # nobody is refused, and a ratio to 0 is none
            continue
        assert np.isfinite(values).all(), metric
        error = np.std(values, ddof=1) / math.sqrt(replications)
        assert abs(t_interval(values).mean - 1) < 4 * error, metric


@pytest.mark.parametrize("system", ["mm1_50", "md1_80", "mm15_80"])
def test_a_small_run_agrees_with_theory(system):
    agrees(system, customers=2_000, replications=30)


@pytest.mark.slow
@pytest.mark.parametrize("system", list(SYSTEMS))
def test_a_long_run_agrees_with_theory(system):
    agrees(system, customers=5_000, replications=30)


def test_textbook_values():
    """M/M/1 with ρ = 0.8 and μ = 10: wait 0.4 s, 4 in the system; M/D/1 waits half as long."""
    assert theory.mmc(8, 10) == pytest.approx((0.4, 4.0, 0.0))
    assert theory.md1(8, 10) == pytest.approx((0.2, 2.4, 0.0))
    # Erlang C with c = 1 is ρ; M/M/1/1 is Erlang B: ρ/(1+ρ) are refused, nobody waits.
    assert theory.mm1k(8, 10, 1) == pytest.approx((0.0, 0.8 / 1.8, 0.8 / 1.8))
    # Erlang C, c = 2, a = 1: 1/3 must wait.
    assert theory.mmc(10, 10, 2).wait == pytest.approx((1 / 3) / (20 - 10))
    with pytest.raises(ValueError, match="below 1"):
        theory.mmc(10, 10)
    with pytest.raises(ValueError, match="below 1"):
        theory.md1(11, 10)


LONG = [(8, 4, 0.6), (10, 1, 0.1), (10, 3, 0.3)]
TRIPLES = [
    *[(1, 1, 0.5), (2, 1, 0.3), (3, 1, 0.1), (3, 2, 0.5), (4, 1, 0.5), (4, 3, 0.5)],
    *[(5, 2, 0.3), (6, 1, 0.2), (7, 2, 0.4)],
    # Long chains and many messengers take seconds each; those above are of the same kinds.
    *[pytest.param(*one, marks=pytest.mark.slow) for one in LONG],
]


@pytest.mark.parametrize(("stages", "messengers", "loss"), TRIPLES)
def test_the_generals_attack_as_often_as_theory_says(stages, messengers, loss):
    campaigns = 4_000
    model = TwoGenerals(messages=campaigns, stages=stages, messengers=messengers, loss=loss, seed=5)
    seen = model.measure(0)
    both = theory.generals_both(stages, messengers, loss)
    one = theory.generals_exactly_one(stages, messengers, loss)
    for metric, expected in (("both", both), ("exactly_one", one), ("none", 1 - both - one)):
        error = math.sqrt(expected * (1 - expected) / campaigns)
        assert abs(np.array(seen[metric]) - expected) < 4 * error + 1e-12, metric


def test_exactly_one_general_may_attack_whatever_the_acknowledgements_and_messengers():
    for stages in range(1, 50):
        for messengers in range(1, 10):
            assert theory.generals_exactly_one(stages, messengers, 0.1) > 0
