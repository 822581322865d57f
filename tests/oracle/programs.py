"""Programs made at random, the same for ever, that use public names alone.

`program(seed)` makes one; `run()` runs it and gives its outcome. What the choices of a program are
depends on its seed and on nothing else: not on hashes, other programs, or Hypothesis.
"""

import warnings
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.oracle.brokers import add_broker, add_narrow_queue
from tests.oracle.clients import (
    add_client,
    add_driver,
    ask_in_bursts,
    crash_by_hand,
    publish_in_bursts,
)
from tests.oracle.draws import Draws
from tests.oracle.failing import failing, for_ever
from tests.oracle.features import occurrences
from tests.oracle.memory import remembering
from tests.oracle.reading import plain
from tests.oracle.scenarios import by_hand, simulated
from tests.oracle.textbook import textbook
from tests.oracle.town import Town


@dataclass
class Outcome:
    """What came of a program.

    Attributes:
        facts: All that must not change, as lists and dictionaries.
        order: The places of the rows of its trace, if any: within an instant these may change.
        shared: How many rows share their instant with another: those were compared only sorted.
        features: What occurred in it, and how often.
    """

    facts: dict[str, Any]
    order: list[int]
    shared: int
    features: Counter[str] = field(default_factory=Counter)


@dataclass
class Program:
    """A program; `run` it as often as you like.

    Attributes:
        seed: Its seed.
        kind: What kind of program it is.
    """

    seed: int
    kind: str

    def run(self) -> Outcome:
        features = Counter({f"kind: {self.kind}": 1})
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            facts = KINDS[self.kind](Draws(2 * self.seed + 1), features)
        if warned:
            facts["warned"] = sorted(plain(warning.message) for warning in warned)
        order, shared = facts.pop("order", []), facts.pop("shared", 0)
        features.update(occurrences(facts))
        return Outcome(facts, order, shared, features)


def program(seed: int) -> Program:
    """Return the program of a seed."""
    return Program(seed, Draws(2 * seed).pick(*LOTS))


def calls(draws, features):
    """Clients ask, send and notify; things break."""
    town = Town(draws)
    for place in range(draws.whole(1, 3)):
        add_client(town, place, draws.whole(3, 8))
    if draws.chance(0.3):
        add_driver(town)
    town.break_something()
    if draws.chance(0.25):
        crash_by_hand(town)
    return finish(town, features)


def brokered(draws, features):
    """Clients publish, workers work; things break."""
    town = Town(draws)
    add_broker(town)
    for place in range(draws.whole(1, 3)):
        add_client(town, place, draws.whole(4, 9))
    if draws.chance(0.3):
        add_driver(town)
    if draws.chance(0.35):
        add_narrow_queue(town)
        publish_in_bursts(town, "narrow")
    elif draws.chance(0.6):
        publish_in_bursts(town)
    town.break_something(2)
    if draws.chance(0.4):
        town.crash_one("broker")
    if draws.chance(0.2):
        crash_by_hand(town)
    return finish(town, features)


def pressure(draws, features):
    """More is asked of a node than it can do."""
    town = Town(draws, busy=True)
    ask_in_bursts(town)
    if draws.chance(0.5):
        add_client(town, 0, draws.whole(2, 5))
    town.break_something(1)
    if draws.chance(0.5):
        town.crash_one(draws.pick("a", "a", "b"))
    return finish(town, features)


def mistaken(draws, features):
    """Somebody made a mistake."""
    return for_ever(draws, features) if draws.chance(0.1) else finish(failing(draws), features)


def finish(town, features):
    facts = town.run()
    features.update(town.features)
    return facts


KINDS = {
    "scenario, traced": lambda draws, features: simulated(draws, features, trace=True),
    "scenario, untraced": lambda draws, features: simulated(draws, features, trace=False),
    "scenario, by hand": by_hand,
    "textbook": textbook,
    "calls": calls,
    "broker": brokered,
    "pressure": pressure,
    "memory": remembering,
    "mistake": mistaken,
}
LOTS = (
    *["scenario, traced"] * 3,
    *["scenario, untraced"] * 1,
    *["scenario, by hand"] * 3,
    *["textbook"] * 4,
    *["memory"] * 4,
    *["calls"] * 6,
    *["broker"] * 6,
    *["pressure"] * 3,
    *["mistake"] * 2,
)
