"""The chapter's three questions, each answered by a measurement."""

from __future__ import annotations

from experiments.course.facts import Facts, facts_of
from experiments.course.measured import Tables, first

SELDOM = 0.01


def facts(measured: Tables) -> Facts:
    """Gather what other pages measured, and how many messengers make doubt rare."""
    generals = facts_of("two_generals", measured)
    enough = first(generals["many"], lambda share: share < SELDOM)
    return {
        "waiting": facts_of("asynchronous", measured),
        "guarantees": facts_of("three_guarantees", measured),
        "bank": facts_of("errors", measured),
        "generals": generals,
        "seldom": SELDOM,
        "enough": enough,
        "then_alone": generals["many"][enough],
    }
