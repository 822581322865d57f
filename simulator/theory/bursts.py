"""Losses in bursts: the Gilbert–Elliott model in the long run.

Sources: E. N. Gilbert, "Capacity of a burst-noise channel", Bell System Technical Journal 39(5),
1960; E. O. Elliott, "Estimates of error rates for codes on burst-noise channels", Bell System
Technical Journal 42(5), 1963. The letters are those of `tc-netem`'s gemodel.
"""

from __future__ import annotations

from simulator.theory.guarantees import check_probabilities


def gilbert_elliott_rate(
    *, p: float, r: float, loss_bad: float = 1.0, loss_good: float = 0.0
) -> float:
    """Return the share of transmissions lost in the long run.

    The chain is in the bad state a share p / (p + r) of the time.

    Args:
        p: Probability to go from good to bad, at each transmission.
        r: Probability to go from bad to good, at each transmission.
        loss_bad: Probability of loss in the bad state.
        loss_good: Probability of loss in the good state.

    Raises:
        ValueError: If p and r are both 0: the chain never moves, and has no unique long-run state.
    """
    check_probabilities(p=p, r=r, loss_bad=loss_bad, loss_good=loss_good)
    if p + r == 0:
        raise ValueError("p + r must be above 0, got p=0 and r=0")
    return (p * loss_bad + r * loss_good) / (p + r)


def gilbert_elliott_burst(
    *, p: float, r: float, loss_bad: float = 1.0, loss_good: float = 0.0
) -> float:
    """Return the mean number of consecutive losses, over bursts of at least one.

    Each burst ends with one loss followed by a survivor, so the mean length is
    P(lost) / P(lost, then not lost). With `loss_bad` 1 and `loss_good` 0 that is 1 / r. It is NaN
    if nothing is ever lost, and infinite if everything is. Arguments as in `gilbert_elliott_rate`.
    """
    rate = gilbert_elliott_rate(p=p, r=r, loss_bad=loss_bad, loss_good=loss_good)
    if rate == 0:
        return float("nan")
    survive_after_bad = r * (1 - loss_good) + (1 - r) * (1 - loss_bad)
    survive_after_good = (1 - p) * (1 - loss_good) + p * (1 - loss_bad)
    ends = (p * loss_bad * survive_after_bad + r * loss_good * survive_after_good) / (p + r)
    return rate / ends if ends > 0 else float("inf")
