"""The catalogue: one file an experiment, its texts in a file of the same name beside it.

The name of the files is the experiment's. Nothing else need know of it.
"""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from traceback import extract_tb
from typing import Final

from experiments.framework import texts
from experiments.framework.experiment import Experiment
from simulator.validation import refuse, shown

FOLDER: Final = Path(__file__).parent


def names() -> list[str]:
    """Return the names of all experiments, sorted."""
    return sorted(file.stem for file in FOLDER.glob("[a-z]*.py"))


def load(name: str) -> Experiment:
    """Return an experiment.

    Raises:
        ValueError: If there is none of that name, its file does not make one, or its texts are not
            in both languages.
    """
    if name not in names():
        close = get_close_matches(name, names(), n=1)
        hint = f" (did you mean {close[0]}?)" if close else ""
        known = ", ".join(names())
        raise ValueError(f"experiment must be one of {known}, got {shown(name)}{hint}")
    file = FOLDER / f"{name}.py"
    try:
        experiment = import_module(f"experiments.catalogue.{name}").EXPERIMENT
    except Exception as error:  # whatever a student's file raises
        lines = [at.lineno for at in extract_tb(error.__traceback__) if at.filename == str(file)]
        place = f" (line {lines[-1]})" if lines else ""
        what = f"{type(error).__name__}: {error}{place}"
        raise ValueError(f"catalogue/{file.name} must make an experiment, got {what}") from error
    if not isinstance(experiment, Experiment):
        refuse(f"catalogue/{file.name} EXPERIMENT", experiment, "an Experiment")
    return experiment.replace(texts=texts.read(FOLDER / f"{name}.toml"))
