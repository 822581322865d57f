"""The two generals: s messages in a chain, each carried by m messengers, each caught with p.

A message gets through unless all its messengers are caught: with probability g = 1 − pᵐ. The chain
stops at the first that does not.

    both attack:        gˢ             every message got through
    exactly one:        pᵐ gˢ⁻¹        only the last was lost; its sender cannot know
    none:               1 − gˢ⁻¹

For p above 0, no s or m makes the second probability 0: every chain has a last message, whose
sender acts without knowing whether it arrived. Without that message, the one before it is the last.
More messengers make the probability small; more acknowledgements do so only by making an attack
rarer.

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
