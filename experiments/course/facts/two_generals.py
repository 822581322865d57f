"""Certainty, which never comes."""

from __future__ import annotations

from experiments.course.facts import Facts
from experiments.course.measured import Tables, claim
from experiments.course.worlds_shown import STAGES, two_generals
from simulator.worlds.polynomials import in_words

CAUGHT, SELDOM = 0.3, 0.1
SHOWN = (1, 2, 3, 10)


def facts(measured: Tables) -> Facts:
    """Who attacks alone, by the number of messages in the chain."""
    alone, both = (
        measured.over("two_generals", metric, "stages", messengers=1, loss=CAUGHT)
        for metric in ("exactly_one", "both")
    )
    many = measured.over("two_generals", "exactly_one", "messengers", stages=3, loss=CAUGHT)
    claim("no number of acknowledgements is enough", min(m.mean for m in alone.values()) > 0)
    claim("the attack becomes rare", both[10].high < both[1].low)
    every = two_generals("en")
    claim("in one world a general attacks alone", every.count_of("violated") == 1)
    return {
        "worlds_count": every.count,
        "worlds_alone": in_words(every.polynomial("violated")),
        "caught": CAUGHT,
        "shown": SHOWN,
        "alone": alone,
        "both": both,
        "many": many,
        "chain": STAGES,
        "seldom": SELDOM,
        "two": measured("two_generals", "exactly_one", messengers=1, stages=2, loss=SELDOM),
    }
