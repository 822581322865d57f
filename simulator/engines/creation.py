"""The instants at which messages are created, the same for both engines, block by block."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, cast

import numpy as np
import numpy.typing as npt

from simulator.clock import END_OF_TIME, to_ns
from simulator.metrics import BLOCK
from simulator.randomness import Lane, Purpose, Randomness, link_name
from simulator.scenario import RECEIVER, SENDER, Scenario

if TYPE_CHECKING:
    from simulator.conditions.workload import WorkloadInBlocks

IntArray = npt.NDArray[np.int64]

LANE: Final = Lane(link_name(SENDER, RECEIVER), Purpose.WORKLOAD)


def creation_blocks(scenario: Scenario, replication: int) -> Iterator[IntArray]:
    """Yield the instants of creation before the horizon, in nanoseconds, block by block."""
    end_ns = horizon_ns(scenario)
    blocks = _blocks if hasattr(scenario.workload, "times_from") else _slices
    for times in blocks(scenario, Randomness(scenario.seed, replication)):
        in_time = int(np.searchsorted(times, end_ns))
        if in_time:
            yield times[:in_time]
        if in_time < len(times):
            return


def horizon_ns(scenario: Scenario) -> int:
    """Return the end of the run, in nanoseconds; nothing happens at it."""
    return END_OF_TIME if scenario.horizon is None else to_ns(scenario.horizon)


def _blocks(scenario: Scenario, randomness: Randomness) -> Iterator[IntArray]:
    workload = cast("WorkloadInBlocks", scenario.workload)
    draws = randomness.lane(LANE)
    before_ns = 0
    for first in range(0, scenario.messages, BLOCK):
        count = min(BLOCK, scenario.messages - first)
        u = draws.read(first, count) if workload.uses_draws else np.zeros(count)
        times = workload.times_from(first, before_ns, u)
        yield times
        if len(times) < count:
            return
        before_ns = int(times[-1])


def _slices(scenario: Scenario, randomness: Randomness) -> Iterator[IntArray]:
    """Cut into blocks the instants that a student's own workload returns all at once."""
    u = randomness.draws(LANE, 0, scenario.messages)
    times = scenario.workload.times_ns(scenario.messages, u)
    for first in range(0, len(times), BLOCK):
        yield times[first : first + BLOCK]
