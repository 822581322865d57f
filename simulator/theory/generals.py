"""The two generals: s messages in a chain, each carried by m messengers, each caught with p.

A message gets through unless all its messengers are caught: with probability g = 1 − pᵐ. The chain
stops at the first that does not.

    both attack:        gˢ             every message came
    exactly one:        pᵐ gˢ⁻¹        the last one alone was lost; its sender cannot know
    none:               1 − gˢ⁻¹

No s or m makes the second 0 while p is above 0: every chain has a last message, whose sender acts
without knowing whether it came. To cut it out only makes the one before it the last. More
messengers make it small; more acknowledgements only by making the attack itself rarer.

Source: J. Gray, "Notes on Data Base Operating Systems", in "Operating Systems: An Advanced Course",
    Springer, 1978, section 5.8.3.3.3 (the generals paradox).
"""

from __future__ import annotations


def generals_both(stages: int, messengers: int, loss: float) -> float:
    """Return the probability that both generals attack."""
    return (1 - loss**messengers) ** stages


def generals_exactly_one(stages: int, messengers: int, loss: float) -> float:
    """Return the probability that one general attacks alone."""
    return loss**messengers * (1 - loss**messengers) ** (stages - 1)
