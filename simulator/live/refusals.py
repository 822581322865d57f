"""Refusals: the parts of a scenario that the live engine cannot run, by name."""

from __future__ import annotations

from typing import Final

from simulator.adversary import Script
from simulator.engines.meetings import in_the_retries, on_the_links
from simulator.engines.one_at_a_time import not_values
from simulator.live.lives import lives_of
from simulator.live.packing import pack
from simulator.network import Crash
from simulator.protocols import StoreAndForward
from simulator.scenario import Scenario

LARGEST: Final = 60_000
"""Bytes of the largest datagram: those of UDP end at 65,507."""

MOST_LIVES: Final = 10
"""How many processes one end may be, one after the other."""


def refusals(scenario: Scenario) -> list[str]:
    """Name the parts of a scenario that this engine cannot run; empty if it can run all."""
    links = on_the_links(scenario) + not_values(scenario)
    return _of_the_guarantee(scenario) + links + _of_the_rest(scenario)


def _of_the_guarantee(scenario: Scenario) -> list[str]:
    guarantee = scenario.guarantee
    reasons = in_the_retries(scenario)
    for name in ("window", "max_age"):
        if getattr(guarantee, name, None) is not None:
            reasons.append(f"guarantee.{name}: a bounded memory is not kept in a file")
    if isinstance(guarantee, StoreAndForward) and scenario.horizon is None:
        reasons.append("horizon None: StoreAndForward may never end")
    return reasons


def _of_the_rest(scenario: Scenario) -> list[str]:
    reasons = []
    if scenario.workload.size_bytes > LARGEST:
        size = f"{scenario.workload.size_bytes:,}"
        reasons.append(f"workload.size_bytes {size}: a datagram has {LARGEST:,} bytes at most")
    adversary = scenario.adversary
    actions = adversary.actions if isinstance(adversary, Script) else (adversary,)
    for action in actions:
        if action is None:
            continue
        if not isinstance(action, Crash):
            reasons.append(f"adversary {action!r}: of all faults, processes can only crash")
        elif action.refuses:
            reasons.append(f"adversary {action!r}: a process that is killed is silent")
    if any(len(lives) > MOST_LIVES for lives in lives_of(scenario).values()):
        reasons.append(f"adversary: more than {MOST_LIVES - 1} crashes of a node, each a process")
    try:
        pack(scenario)
    except ValueError as error:
        reasons.append(str(error))
    return reasons
