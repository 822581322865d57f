"""A queue, and the messages that can never be handled."""

from __future__ import annotations

from experiments.catalogue.dead_letters import LOAD, SERVICE
from experiments.course.facts import Facts
from experiments.course.measured import Tables, claim

POISON = 0.05


def facts(measured: Tables) -> Facts:
    """The share of work that poison wastes, by how often it is delivered; what is done twice."""
    wasted, handled = (
        {
            often: measured("dead_letters", metric, max_deliveries=often, poison=POISON)
            for often in ("1", "3", "5", "10", "endless")
        }
        for metric in ("wasted", "handled")
    )
    twice = measured("exactly_once_limits", "effects_twice", case="visibility")
    claim("delivered for ever, poison takes all", wasted["endless"].low > wasted["10"].high)
    claim("good messages are then hardly handled", handled["endless"].high < handled["5"].low)
    return {
        "poison": POISON,
        "load": LOAD,
        "service": SERVICE,
        "often": 5,
        "wasted": wasted,
        "handled": handled,
        "twice": twice,
        "fewer": 3,
    }
