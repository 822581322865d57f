"""Choices made at random, the same for ever.

Python promises the values of `random.Random(seed).random()` across versions, and of nothing else
there: all choices are made from these.
"""

import random


class Draws:
    """The choices of one program."""

    def __init__(self, seed: int):
        self._random = random.Random(seed)  # noqa: S311 - plain random numbers are what is wanted

    def unit(self) -> float:
        """Return a number from 0 to 1, 1 excluded."""
        return self._random.random()

    def chance(self, probability: float) -> bool:
        return self.unit() < probability

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included."""
        return low + int(self.unit() * (high - low + 1))

    def pick(self, *options):
        return options[int(self.unit() * len(options))]

    def some(self, options, count: int) -> list:
        """Return so many of the options, none twice, in an order of their own; all if too few."""
        left = list(options)
        return [left.pop(self.whole(0, len(left) - 1)) for _ in range(min(count, len(left)))]
