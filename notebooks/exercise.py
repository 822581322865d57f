"""Exercises: an answer is checked against what the simulator measures, not against a key."""

from experiments.figures.labels import labels
from simulator.languages.numbers import numbers


def check(answer, measured, language, within=0.1):
    """Compare an answer with a measurement: equal, or for numbers within a share of it."""
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
