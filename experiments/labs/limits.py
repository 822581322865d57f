"""Limits: the worst that a network may do within what a task says of it, as fixed scripts.

The worlds of a lab have constant delays, and random networks seldom reach a limit. A memory that is
a little too small is found wrong only here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from experiments.labs.conditions import INTERVAL, LONGEST, SHORTEST
from simulator import Hold, Lose, Script

TIMEOUT: Final = 0.2
ATTEMPTS: Final = 4
"""Those of the sender that the skeleton has."""


@dataclass(frozen=True, kw_only=True)
class Limit:
    """One run at a limit.

    Attributes:
        messages: How many messages are sent.
        script: What the network does.
    """

    messages: int
    script: Script


def longest_apart() -> Limit:
    """Let two copies of one message be as far apart in time as they can be."""
    return Limit(messages=1, script=Script(_apart(0)))


def most_between() -> Limit:
    """Let as many other messages as can be arrive between two copies of one.

    Those before it are late, those after it are fast.
    """
    reach = round((ATTEMPTS - 1) * TIMEOUT / INTERVAL) + round(LONGEST / INTERVAL) - 1
    actions = _apart(reach)
    first = reach * INTERVAL + SHORTEST
    for before in range(reach):
        arrivals = (before * INTERVAL + n * TIMEOUT + LONGEST for n in range(ATTEMPTS))
        lost = sum(arrival <= first for arrival in arrivals)
        actions += [Lose(message=before, attempt=n) for n in range(1, lost + 1)]
        actions.append(Hold(message=before, attempt=lost + 1, seconds=LONGEST))
    actions += [Hold(message=reach + after, seconds=SHORTEST) for after in range(1, reach + 1)]
    return Limit(messages=2 * reach + 1, script=Script(actions))


def _apart(message: int) -> list[Lose | Hold]:
    """Let a message arrive fast, its acknowledgement be lost, and its last copy arrive late."""
    return [
        Hold(message=message, seconds=SHORTEST),
        Lose(message=message, what="acknowledgement"),
        *(Lose(message=message, attempt=attempt) for attempt in range(2, ATTEMPTS)),
        Hold(message=message, attempt=ATTEMPTS, seconds=LONGEST),
    ]
