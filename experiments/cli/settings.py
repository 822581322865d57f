"""Settings: what a command line changes in an experiment."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise

from experiments.framework.axis import Axis, Key, grid
from experiments.framework.experiment import QUICK_REPLICATIONS, Experiment
from simulator.validation import refuse, shown


def with_settings(experiment: Experiment, settings: Iterable[str]) -> Experiment:
    """Return an experiment with other axes.

    Args:
        experiment: What to change.
        settings: "axis=values" each: start:stop:step, a list, or some of the names of the axis.

    Raises:
        ValueError: If there is no such axis, or it cannot have such values.
    """
    sweep = dict(experiment.sweep)
    for setting in settings:
        path, equals, values = setting.partition("=")
        if not equals or not values:
            refuse("--set", setting, "AXIS=VALUES")
        if path not in sweep:
            refuse("--set axis", path, f"one of {', '.join(sweep)}")
        sweep[path] = _axis(path, experiment.sweep[path], values)
    return experiment.replace(sweep=sweep)


def resize(
    experiment: Experiment,
    *,
    quick: bool,
    seed: int | None,
    messages: int | None,
    replications: int | None,
) -> Experiment:
    """Return an experiment of another size, or with another seed."""
    base = experiment.base
    if quick:
        base = base.replace("messages", experiment.quick_messages)
        replications = replications or QUICK_REPLICATIONS
    if messages is not None:
        base = base.replace("messages", messages)
    if seed is not None:
        base = base.replace("seed", seed)
    return experiment.replace(base=base, replications=replications or experiment.replications)


def _axis(path: str, axis: Axis, values: str) -> Axis:
    """Read an axis: new numbers where keys are the values, else some of the keys there are."""
    free = all(key == value and not isinstance(key, str) for key, value in axis.items())
    if free:
        numbers = _numbers(path, values)
        return _whole(path, numbers) if all(isinstance(key, int) for key in axis) else numbers
    known: dict[str, Key] = {_shown(key): key for key in axis}
    selection = {}
    for name in values.split(","):
        if name not in known:
            refuse(f"--set {path}", name, f"some of {', '.join(known)}")
        selection[known[name]] = axis[known[name]]
    return selection


def _numbers(path: str, values: str) -> Axis:
    allowed = "numbers: start:stop:step or a list, such as 0:0.5:0.05 or 0.1,0.2"
    parts = values.split(":")
    try:
        numbers = [float(part) for part in (parts if len(parts) > 1 else values.split(","))]
        if not all(map(math.isfinite, numbers)):
            raise ValueError(values)  # noqa: TRY301 - for the one error below
    except ValueError:
        raise ValueError(f"--set {path} must be {allowed}, got {shown(values)}") from None
    if len(parts) == 1:
        for before, after in pairwise(numbers):
            if not before < after:
                raise ValueError(f"--set {path} must rise, got {after:g} after {before:g}")
        return {number: number for number in numbers}
    if len(parts) != 3:  # noqa: PLR2004 - start, stop, step
        refuse(f"--set {path}", values, allowed)
    try:
        return grid(*numbers)
    except ValueError as error:
        raise ValueError(f"--set {path}: {error}") from error


def _whole(path: str, numbers: Axis) -> Axis:
    """Return the numbers of an axis that counts something: whole, as its own are."""
    for number in numbers:
        if number != int(number):
            raise ValueError(f"--set {path} must be whole numbers, got {number:g}")
    return {int(number): int(number) for number in numbers}


def _shown(key: Key) -> str:
    return key if isinstance(key, str) else f"{key:g}"
