"""Gilbert–Elliott in the long run: against arithmetic, algebra and a chain of states."""

from math import inf, isnan, sqrt

import numpy as np
import pytest

from simulator import theory

CASES = [(0.01, 0.1, 1.0, 0.0), (0.05, 0.2, 0.8, 0.01), (0.3, 0.4, 0.5, 0.25), (0.9, 0.6, 0.1, 0.7)]


def test_the_classic_model_worked_by_hand():
    """Netem's `loss gemodel 1% 10%`: bad 1/11 of the time, ten losses at a time."""
    assert theory.gilbert_elliott_rate(p=0.01, r=0.1) == pytest.approx(1 / 11, rel=1e-14)
    assert theory.gilbert_elliott_burst(p=0.01, r=0.1) == pytest.approx(10, rel=1e-14)


@pytest.mark.parametrize(("p", "r", "bad", "good"), CASES)
def test_rate_and_burst_by_linear_algebra(p, r, bad, good):
    """Rate: the eigenvector of the chain. Burst: expected visits before the first survivor."""
    chain = np.array([[1 - p, p], [r, 1 - r]])  # states good, bad
    lost = np.array([good, bad])
    values, vectors = np.linalg.eig(chain.T)
    stationary = np.real(vectors[:, np.argmax(np.real(values))])
    stationary /= stationary.sum()
    rate = theory.gilbert_elliott_rate(p=p, r=r, loss_bad=bad, loss_good=good)
    assert rate == pytest.approx(stationary @ lost, rel=1e-10)
    # The state at the first loss of a burst: one survivor, a step, a loss.
    begin = ((stationary * (1 - lost)) @ chain) * lost
    begin /= begin.sum()
    again = chain * lost  # a step, then another loss
    burst = begin @ np.linalg.solve(np.eye(2) - again, np.ones(2))
    computed = theory.gilbert_elliott_burst(p=p, r=r, loss_bad=bad, loss_good=good)
    assert computed == pytest.approx(burst, rel=1e-10)


def test_a_long_walk_along_the_chain():
    """200,000 transmissions in 20 batches; rate and burst within 4 standard errors of a batch."""
    p, r, bad, good = 0.05, 0.2, 0.8, 0.01
    draw = np.random.default_rng(1960)
    moves, luck = draw.random(200_000), draw.random(200_000)
    state, lost = False, np.empty(200_000, dtype=bool)
    for i in range(200_000):
        state = moves[i] >= r if state else moves[i] < p
        lost[i] = luck[i] < (bad if state else good)
    batches = lost.reshape(20, -1)
    rates = batches.mean(axis=1)
    bursts = batches.sum(axis=1) / (batches[:, :-1] & ~batches[:, 1:]).sum(axis=1)
    for found, expected in [
        (rates, theory.gilbert_elliott_rate(p=p, r=r, loss_bad=bad, loss_good=good)),
        (bursts, theory.gilbert_elliott_burst(p=p, r=r, loss_bad=bad, loss_good=good)),
    ]:
        assert abs(found.mean() - expected) < 4 * found.std(ddof=1) / sqrt(20)


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_without_memory_a_burst_is_geometric(rate):
    """1 / (1 − rate), the least: a chain that forgets, or states that lose alike."""
    forgets = theory.gilbert_elliott_burst(p=rate, r=1 - rate)
    alike = theory.gilbert_elliott_burst(p=0.3, r=0.1, loss_bad=rate, loss_good=rate)
    assert forgets == pytest.approx(1 / (1 - rate), rel=1e-12)
    assert alike == pytest.approx(1 / (1 - rate), rel=1e-12)


def test_bursts_of_nothing_and_of_everything():
    assert isnan(theory.gilbert_elliott_burst(p=0.0, r=0.5))
    assert theory.gilbert_elliott_burst(p=0.5, r=0.0) == inf


def test_bad_arguments_are_refused_by_name():
    with pytest.raises(ValueError, match="p must be a probability from 0 to 1, got -1"):
        theory.gilbert_elliott_rate(p=-1, r=0.5)
    with pytest.raises(ValueError, match="p \\+ r must be above 0, got p=0 and r=0"):
        theory.gilbert_elliott_rate(p=0, r=0)
