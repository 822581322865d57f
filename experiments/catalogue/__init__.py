"""The catalogue: one file an experiment. The file's name is the experiment's."""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from pathlib import Path

from experiments.framework.experiment import Experiment
from simulator.validation import shown


def names() -> list[str]:
    """Return the names of all experiments, sorted."""
    return sorted(file.stem for file in Path(__file__).parent.glob("[a-z]*.py"))


def load(name: str) -> Experiment:
    """Return an experiment.

    Raises:
        ValueError: If there is none of that name.
    """
    if name not in names():
        close = get_close_matches(name, names(), n=1)
        hint = f" (did you mean {close[0]}?)" if close else ""
        known = ", ".join(names())
        raise ValueError(f"experiment must be one of {known}, got {shown(name)}{hint}")
    experiment = import_module(f"experiments.catalogue.{name}").EXPERIMENT
    if not isinstance(experiment, Experiment):
        raise TypeError(f"EXPERIMENT of {name} must be an Experiment, got {experiment!r}")
    return experiment
