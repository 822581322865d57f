"""Delta debugging: a minimal subset that still fails.

Split the items into n parts. If a part fails by itself, continue with it. If the items without a
part fail, continue with those. Otherwise split more finely, down to single items. The result is
1-minimal: without any one of its items, it no longer fails.

Source: A. Zeller, R. Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", IEEE
Transactions on Software Engineering 28(2), 2002.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

T = TypeVar("T")


def smallest(items: Sequence[T], fails: Callable[[tuple[T, ...]], bool]) -> tuple[T, ...]:
    """Return a 1-minimal subset of `items`, in order, that still fails.

    Args:
        items: All items, which fail together.
        fails: Whether a subset fails.
    """
    if fails(()):
        return ()
    left = tuple(items)
    parts = 2
    while len(left) > 1:
        ends = [len(left) * part // parts for part in range(parts + 1)]
        pieces = [left[start:end] for start, end in pairwise(ends)]
        rests = [left[:start] + left[end:] for start, end in pairwise(ends)]
        if (piece := next(filter(fails, pieces), None)) is not None:
            left, parts = piece, 2
        elif parts > 2 and (rest := next(filter(fails, rests), None)) is not None:  # noqa: PLR2004 - of two parts, the rests are the parts
            left, parts = rest, max(parts - 1, 2)
        elif parts == len(left):
            break
        else:
            parts = min(2 * parts, len(left))
    return left
