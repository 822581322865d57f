"""The catalogue of measurements: what `pigeon measure` can measure, by name.

Each is a module of this room with a function `measure(options)`, which starts the real thing,
measures it, simulates the same, and stops what it started, whatever happens. One whose programs are
not installed here raises `NotInstalled`, in one sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import Final

from experiments.reality.comparison import Comparison
from experiments.reality.options import Options
from simulator.validation import refuse

MEASUREMENTS: Final[dict[str, str]] = {
    "http": "http_python",
    "mqtt": "mqtt",
    "queue": "queue_killed",
    "redis": "redis_streams",
    "typescript": "http_typescript",
}
"""The module of each measurement, by its name."""

TAKES: Final[dict[str, frozenset[str]]] = {
    "http": frozenset({"messages", "seed"}),
    "mqtt": frozenset({"messages", "seed"}),
    "queue": frozenset({"messages"}),
    "redis": frozenset(),
    "typescript": frozenset({"messages", "seed"}),
}
"""The options of each measurement, by its name."""

FIGURES: Final[dict[str, str]] = {"mqtt": "guarantees_figure"}
"""The module that draws what was found, by the measurement's name; not all have a figure."""


def measure(name: str, options: Options) -> Sequence[Comparison]:
    """Measure the real thing beside its simulation.

    Args:
        name: One of `MEASUREMENTS`.
        options: What is asked for.

    Raises:
        NotInstalled: If a program that it needs is not here.
        ValueError: If it does not take an option that was given.
    """
    for given in fields(options):
        value = getattr(options, given.name)
        if value is not None and given.name not in TAKES[name]:
            refuse(f"--{given.name}", value, f"left out: {name} has nothing that it could change")
    module = import_module(f"experiments.reality.{MEASUREMENTS[name]}")
    act: Callable[[Options], Sequence[Comparison]] = module.measure
    return act(options)


def draw(name: str, found: Sequence[Comparison], path: Path, *, language: str, theme: str) -> None:
    """Draw what a measurement found.

    Args:
        name: One of `FIGURES`.
        found: What `measure` returned.
        path: Of the file, .svg or .png.
        language: "en" or "fr".
        theme: "light" or "dark".
    """
    module = import_module(f"experiments.reality.{FIGURES[name]}")
    module.draw(found, path, language=language, theme=theme)
