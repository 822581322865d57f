"""Large runs: one scenario, its messages shared among workers block by block, summed up.

Sums of whole numbers do not depend on how they are shared: the same bits for any number of workers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import Final

from experiments.framework.parallel import Failure, Workers
from experiments.framework.progress import Progress, Size
from simulator.engines import vectorized
from simulator.engines.run import Run
from simulator.memory import check_fits
from simulator.metrics import BLOCK
from simulator.scenario import Scenario
from simulator.simulation import Outcome, check_memory, simulate
from simulator.validation import refuse

PART: Final = 32
"""Blocks of messages that a worker does before it reports: four million messages."""


def simulate_large(
    scenario: Scenario,
    workers: Workers,
    *,
    replication: int = 0,
    progress: Callable[[Size], Progress] | None = None,
) -> Outcome:
    """Run a scenario, and keep its summary alone.

    One that the vectorized engine cannot answer is run by one process, event by event.

    Args:
        scenario: What to run.
        workers: Who shares the work.
        replication: Which repetition.
        progress: Makes the report of the parts that are done.

    Raises:
        ValueError: If a part failed twice.
    """
    scenario.check_that_it_ends()
    check_memory(scenario, keep="summary")
    check_fits("Scenario.messages", scenario.messages, scenario.messages, 1e-4, "have fewer")
    blocks = math.ceil(scenario.messages / BLOCK)
    parts = [(start, min(start + PART, blocks)) for start in range(0, blocks, PART)]
    bar = Progress(Size(len(parts), scenario.messages), shown=False)
    if progress is not None:
        bar = progress(Size(len(parts), scenario.messages))
    if vectorized.refusals(scenario):
        outcome = simulate(scenario, replication=replication, keep="summary")
        bar.advance(len(parts), scenario.messages)
        return outcome
    done: dict[int, Run] = {}
    with closing(workers.share(partial(_do, scenario, replication), parts)) as shared:
        for number, run in shared:
            if isinstance(run, Failure):
                refuse("scenario", scenario.identity[:12], f"one whose parts can be run: {run.why}")
            done[number] = run
            start, stop = parts[number]
            bar.advance(1, min(stop * BLOCK, scenario.messages) - start * BLOCK)
    whole = done[0]
    for number in range(1, len(parts)):
        whole.merge(done[number])
    return Outcome(scenario, replication, "vectorized", whole)


def _do(scenario: Scenario, replication: int, part: tuple[int, int]) -> Run:
    return vectorized.run_blocks(scenario, replication, *part, keep="summary")
