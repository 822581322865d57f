"""The labs, along the chapter: what each asks for, and the worlds in which it is judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from experiments.labs.account import account
from experiments.labs.conditions import LONGEST, Conditions, LabProgram, at_random
from experiments.labs.delivery import Delivery
from experiments.labs.limits import Limit, longest_apart, most_between
from experiments.labs.queue_worker import queue_worker
from simulator.policies import Promise


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Some worlds: what the network may do in each.

    Attributes:
        messages: How many messages are sent.
        losses: How many transmissions may be lost.
        survived: Up to how many losses must be survived, where nothing else happens.
        also: What else may happen, as `simulator.worlds` names it.
    """

    messages: int = 1
    losses: int = 0
    survived: int = 0
    also: Mapping[str, Any] = field(default_factory=dict)

    @property
    def conditions(self) -> Conditions:
        """What is asked in these worlds."""
        return Conditions(losses=None if self.also else self.survived)


@dataclass(frozen=True, kw_only=True)
class Lab:
    """A task, and how its solutions are judged.

    Attributes:
        program: What judges one run.
        stages: The worlds to search, one after the other.
        at_random: The random networks to try after that.
        limits: The runs at the limits of the task, to try between the two.
        asked: What the skeleton names. None: a class with `send` and `receive`.
        has_state: Whether the object that is made may change: it is at one node only.
    """

    program: LabProgram
    stages: tuple[Stage, ...]
    at_random: tuple[Conditions, ...]
    limits: tuple[Limit, ...] = ()
    asked: str | None = None
    has_state: bool = False


TWICE, SILENCE = Promise.NEVER_TWICE, Promise.NEVER_LOST_IN_SILENCE
COPIES: Final = (
    Stage(losses=1, also={"duplicates": 1}),
    Stage(messages=2, losses=1, also={"duplicates": 1, "hold": LONGEST}),
)
FEW: Final = (
    Stage(losses=4),
    Stage(messages=2, losses=2),
)
MANY: Final = (
    Stage(losses=6, survived=1),
    Stage(messages=2, losses=3, survived=1),
)
CRASH: Final = (
    Stage(losses=1, also={"crashes": 1}),
    Stage(messages=2, also={"crashes": 1}),
)
DRAWN: Final = (at_random(loss=0.2, duplicate=0.1), at_random(loss=0.7, duplicate=0.1))

LABS: Final[Mapping[str, Lab]] = {
    "at_most_once": Lab(
        program=Delivery(promises=frozenset({TWICE})),
        stages=(*FEW, *COPIES),
        at_random=DRAWN,
    ),
    "at_least_once": Lab(
        program=Delivery(promises=frozenset({SILENCE}), acknowledges=True),
        stages=(*MANY, *COPIES),
        at_random=DRAWN,
    ),
    "deduplication": Lab(
        program=Delivery(promises=frozenset({TWICE, SILENCE}), acknowledges=True),
        stages=(*MANY, *COPIES),
        at_random=DRAWN,
    ),
    "acknowledge_after": Lab(
        program=Delivery(promises=frozenset({SILENCE}), acknowledges=True, handling=0.02),
        stages=(*MANY, *CRASH, Stage(losses=1, also={"duplicates": 1, "crashes": 1})),
        at_random=(at_random(loss=0.2, crashes=True),),
    ),
    "bounded_memory": Lab(
        program=Delivery(
            promises=frozenset({TWICE, SILENCE}), acknowledges=True, most_remembered=50
        ),
        stages=(Stage(messages=60), *MANY, *COPIES, Stage(messages=16, losses=1)),
        limits=(longest_apart(), most_between()),
        at_random=DRAWN,
    ),
    "queue_worker": Lab(
        program=queue_worker,
        stages=(Stage(losses=2), Stage(messages=2, losses=1), *CRASH),
        at_random=(at_random(loss=0.0, crashes=True),),
        asked="handle_tasks",
    ),
    "idempotent_account": Lab(
        program=account,
        stages=(Stage(losses=3), Stage(messages=2, losses=2), *COPIES),
        at_random=DRAWN,
        asked="Account",
        has_state=True,
    ),
}
"""Each lab by its name, in the order of the chapter."""

OWN: Final = Lab(program=Delivery(), stages=(*FEW, *COPIES), at_random=DRAWN)
"""How a guarantee is judged that belongs to no lab: by its own promises."""
