"""Rounding: numbers that a reader takes in at a glance, as long as they break the promise."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

from simulator.clock import SECOND
from simulator.minimization.candidate import Candidate
from simulator.minimization.trials import Trials

DIGITS: Final = range(1, 7)
FIELDS: Final = ("at", "lasts", "seconds", "hold", "factor")


def round_off(trials: Trials, candidate: Candidate) -> Candidate:
    """Return the candidate with rounder numbers that still break the promise."""
    for simpler in (_from_zero, _times, _numbers):
        candidate = simpler(trials, candidate)
    return candidate


def _from_zero(trials: Trials, candidate: Candidate) -> Candidate:
    """Shift all instants so that the first is 0."""
    instants = [*candidate.times, *(a.at for a in candidate.actions if hasattr(a, "at"))]
    first = min(instants)
    earlier = dataclasses.replace(
        candidate,
        times=tuple(_exactly(time - first) for time in candidate.times),
        actions=tuple(
            dataclasses.replace(action, at=_exactly(action.at - first))
            if hasattr(action, "at")
            else action
            for action in candidate.actions
        ),
    )
    return earlier if first > 0 and trials.breaks(earlier) else candidate


def _times(trials: Trials, candidate: Candidate) -> Candidate:
    """Round the instants of messages: all to the same number of digits, then each by itself."""
    for digits in DIGITS:
        rounded = tuple(_rounded(time, digits) for time in candidate.times)
        if rounded == candidate.times:
            return candidate
        simpler = dataclasses.replace(candidate, times=rounded)
        if trials.breaks(simpler):
            candidate = simpler
            break
    for place, time in enumerate(candidate.times):
        for rounder in _rounder(time):
            times = (*candidate.times[:place], rounder, *candidate.times[place + 1 :])
            simpler = dataclasses.replace(candidate, times=times)
            if all(a <= b for a, b in pairwise(times)) and trials.breaks(simpler):
                candidate = simpler
                break
    return candidate


def _numbers(trials: Trials, candidate: Candidate) -> Candidate:
    """Round the numbers of the actions, one at a time."""
    for place in range(len(candidate.actions)):
        for field in FIELDS:
            action = candidate.actions[place]
            for rounder in _alternatives(action, field):
                try:
                    simpler_action = dataclasses.replace(action, **{field: rounder})
                except ValueError:
                    continue  # 0, where it must be positive
                actions = list(candidate.actions)
                actions[place] = simpler_action
                simpler = candidate.with_actions(tuple(actions))
                if len(set(actions)) == len(actions) and trials.breaks(simpler):
                    candidate = simpler
                    break
    return candidate


def _alternatives(action: Any, field: str) -> Iterator[float | None]:
    value = getattr(action, field, None)
    if value is not None:
        if field == "hold":
            yield None
        yield from _rounder(value)


def _rounder(value: float) -> Iterator[float]:
    """Yield rounder numbers, the roundest first."""
    for digits in DIGITS:
        rounded = _rounded(value, digits)
        if rounded == value:
            return
        yield rounded


def _rounded(value: float, digits: int) -> float:
    return float(f"{value:.{digits}g}")


def _exactly(seconds: float) -> float:
    """Return an instant without the rounding error of a subtraction: in whole nanoseconds."""
    return round(seconds * SECOND) / SECOND
