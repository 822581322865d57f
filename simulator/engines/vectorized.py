"""The vectorized engine: attempt by attempt, many messages at once, in NumPy.

Where messages do not meet, the fate of each depends on its own draws alone. This engine reads whole
lanes of the draws that the discrete-event engine reads one by one, and returns the same ledger, to
the last bit. It takes a block of messages at a time, so that what it works on stays near the
processor, and what is summed up need not be kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from simulator.engines.block import Block, BlockWire
from simulator.engines.creation import creation_blocks
from simulator.engines.run import Keep, Run, gather
from simulator.errors import NotVectorizable
from simulator.ledger import Ledger
from simulator.policies import (
    AdaptiveTimeout,
    ConstantBackoff,
    DecorrelatedJitter,
    ExponentialBackoff,
    LinearBackoff,
    NoBackoff,
    Retry,
)
from simulator.protocols import AtLeastOnce, AtMostOnce, BestEffort, ExactlyOnce
from simulator.randomness import Randomness, link_name
from simulator.scenario import RECEIVER, SENDER, Scenario

GUARANTEES: Final = (BestEffort, AtMostOnce, AtLeastOnce, ExactlyOnce)
BACKOFFS: Final = (
    NoBackoff,
    ConstantBackoff,
    LinearBackoff,
    ExponentialBackoff,
    DecorrelatedJitter,
)


def refusals(scenario: Scenario) -> list[str]:
    """Name what this engine cannot do in a scenario; empty if it can answer it."""
    links = (("link", scenario.link), ("return_link", scenario.link_back))
    reasons = _guarantee_refusals(scenario)
    for name, link in links:
        if not hasattr(link.loss_model, "loses_array"):
            reasons.append(f"{name}.loss {link.loss!r}: decided one transmission at a time")
        if link.ordered:
            reasons.append(f"{name}.ordered: copies meet on the link")
        if link.bandwidth is not None:
            reasons.append(f"{name}.bandwidth: copies meet on the link")
    return reasons


def _guarantee_refusals(scenario: Scenario) -> list[str]:
    reasons = []
    guarantee = scenario.guarantee
    if type(guarantee) not in GUARANTEES:
        reasons.append(f"guarantee {guarantee!r}: not one of the four built in")
    if isinstance(guarantee, ExactlyOnce) and guarantee.window is not None:
        reasons.append("guarantee.window: with a bounded memory, messages meet")
    if isinstance(guarantee, ExactlyOnce) and guarantee.max_age is not None:
        reasons.append("guarantee.max_age: copies meet a memory that forgets")
    retry = getattr(guarantee, "retry", None)
    if not isinstance(retry, Retry):
        return reasons
    if type(retry.backoff) not in BACKOFFS:
        reasons.append(f"guarantee.retry.backoff {retry.backoff!r}: not one built in")
    shared = {
        "timeout": isinstance(retry.timeout, AdaptiveTimeout),
        "budget": retry.budget is not None,
        "breaker": retry.breaker is not None,
    }
    shared_by_all = [name for name, is_shared in shared.items() if is_shared]
    return reasons + [f"guarantee.retry.{name}: messages share it" for name in shared_by_all]


def run(
    scenario: Scenario, *, replication: int = 0, trace: bool = False, keep: Keep = "ledger"
) -> Run:
    """Run a scenario, block after block.

    Raises:
        NotVectorizable: If this engine cannot answer it, naming each reason.
    """
    reasons = refusals(scenario) + (["trace: events are not told one by one"] if trace else [])
    if reasons:
        raise NotVectorizable(
            f'engine="vectorized" cannot answer this scenario ({"; ".join(reasons)}); '
            'use engine="discrete-event" or "auto"'
        )
    randomness = Randomness(scenario.seed, replication)
    there = BlockWire(link_name(SENDER, RECEIVER), scenario.link, randomness)
    back = BlockWire(link_name(RECEIVER, SENDER), scenario.link_back, randomness)

    def ledgers() -> Iterator[Ledger]:
        first = 0
        for created_ns in creation_blocks(scenario, replication):
            yield Block(scenario, there, back, first, created_ns).run()
            first += len(created_ns)

    gathered = gather(scenario, ledgers(), keep)
    return Run(*gathered, {wire.name: wire.counts for wire in (there, back)})
