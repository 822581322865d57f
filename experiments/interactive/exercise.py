"""Exercises: an answer is checked against what the simulator measures, not against a key."""

from __future__ import annotations

from typing import Any

from experiments.figures.labels import labels
from simulator.languages.numbers import numbers


def check(answer: Any, measured: Any, language: str = "en", within: float = 0.1) -> None:
    """Compare an answer with a measurement, and print whether it is right.

    Args:
        answer: The reader's. `...`: none yet.
        measured: What the simulator measured.
        language: "en" or "fr".
        within: The share of a measured number by which the answer may differ from it.
    """
    text = labels(language)
    if answer is ...:
        print(text("exercise", "unanswered"))
    elif answer == measured or (
        isinstance(measured, float)
        and isinstance(answer, int | float)
        and abs(answer - measured) <= within * abs(measured)
    ):
        is_number = isinstance(measured, float)
        shown = numbers(language).short(measured, 4) if is_number else measured
        print(text("exercise", "right").format(shown))
    else:
        print(text("exercise", "wrong"))
