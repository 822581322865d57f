"""An axis of a sweep: from keys, which are numbers that rise or names, to the values there."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from simulator.validation import refuse

Key = float | str
Axis = Mapping[Any, Any]  # from a Key

ABSENT: Final = "–"
"""The key on an axis that a scenario does not have: a guarantee without retries has no policy."""


def grid(start: float, stop: float, step: float) -> dict[Key, float]:
    """Return an axis from `start` to `stop`, both included, in exact decimal steps.

    Raises:
        ValueError: If the axis does not rise, or `stop` is not a whole number of steps away.
    """
    low, high, gap = (Decimal(repr(float(value))) for value in (start, stop, step))
    shown = f"{start:g}:{stop:g}:{step:g}"
    if not all(value.is_finite() for value in (low, high, gap)) or gap <= 0 or high < low:
        refuse("grid", shown, "start:stop:step that rises, with a step above 0")
    count = int((high - low) / gap) + 1
    if count > 10_000:  # noqa: PLR2004 - nobody plots more
        refuse("grid", shown, "start:stop:step of at most 10,000 points")
    if (high - low) % gap:
        refuse("grid", shown, "start:stop:step with stop a whole number of steps from start")
    return {value: value for value in (float(low + k * gap) for k in range(count))}


def check_axis(path: str, axis: Axis) -> None:
    """Refuse an axis without values, or whose numbers do not rise."""
    if not isinstance(axis, Mapping) or not axis:
        refuse(f"axis {path}", axis, "a mapping from keys to values, such as grid(0.0, 0.6, 0.05)")
    numbers = [key for key in axis if not isinstance(key, str)]
    if numbers and len(numbers) < len(axis):
        refuse(f"axis {path}", list(axis), "numbers only, or names only")
    for before, after in pairwise(numbers):
        if not before < after:
            refuse(f"axis {path}", after, f"a number above the one before it, {before:g}")
