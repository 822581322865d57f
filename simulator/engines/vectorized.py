"""The vectorized engine: attempt by attempt, many messages at once, in NumPy.

If messages are independent, the outcome of each depends on its own draws alone. This engine reads
whole lanes of the draws that the discrete-event engine reads one by one, and returns the same
ledger, to the last bit. It processes one block of messages at a time, so that its data stay in the
processor's cache, and a summary needs no ledger of the whole run.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from simulator.engines.block import Block
from simulator.engines.block_wire import BlockWire
from simulator.engines.creation import creation_blocks
from simulator.engines.meetings import meetings
from simulator.engines.one_at_a_time import not_values
from simulator.engines.run import Keep, Run, gather
from simulator.errors import NotVectorizable
from simulator.ledger import Ledger
from simulator.metrics import BLOCK
from simulator.network.channel.receiver_end import ACKNOWLEDGEMENT_BYTES
from simulator.randomness import Randomness, link_name
from simulator.scenario import RECEIVER, SENDER, Scenario


def refusals(scenario: Scenario) -> list[str]:
    """Name the parts of a scenario that this engine cannot run; empty if it can run all."""
    reasons = meetings(scenario)
    if scenario.handling is not None:
        reasons.append(f"handling {scenario.handling!r}: a copy may come while another is handled")
    reasons += not_values(scenario)
    return reasons


def run(
    scenario: Scenario, *, replication: int = 0, trace: bool = False, keep: Keep = "ledger"
) -> Run:
    """Run a scenario, block by block.

    Raises:
        NotVectorizable: If this engine cannot run it, naming each reason.
    """
    reasons = refusals(scenario) + (["trace: this engine records no events"] if trace else [])
    if reasons:
        raise NotVectorizable(
            f'engine="vectorized" cannot answer this scenario ({"; ".join(reasons)}); '
            'use engine="discrete-event" or "auto"'
        )
    return run_blocks(scenario, replication, 0, None, keep)


def run_blocks(
    scenario: Scenario, replication: int, start: int, stop: int | None, keep: Keep
) -> Run:
    """Run some blocks of messages of a scenario that this engine can run.

    Args:
        scenario: The scenario.
        replication: Which repetition.
        start: The first block of `metrics.BLOCK` messages, from 0.
        stop: The first block to leave out. None: run all from `start` on.
        keep: As in `simulate`.
    """
    randomness = Randomness(scenario.seed, replication)
    names = link_name(SENDER, RECEIVER), link_name(RECEIVER, SENDER)
    size = scenario.workload.size_bytes
    there = BlockWire(names[0], scenario.link, randomness, size)
    back = BlockWire(names[1], scenario.link_back, randomness, ACKNOWLEDGEMENT_BYTES)

    def ledgers() -> Iterator[Ledger]:
        first = start * BLOCK
        for created_ns in islice(creation_blocks(scenario, replication), start, stop):
            yield Block(scenario, there, back, first, created_ns).run()
            first += len(created_ns)

    gathered = gather(scenario, ledgers(), keep)
    return Run(*gathered, {wire.name: wire.counts for wire in (there, back)})
