"""When the messages of a scenario are created, the same for both engines."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simulator.clock import END_OF_TIME, to_ns
from simulator.randomness import Lane, Purpose, Randomness, link_name
from simulator.scenario import RECEIVER, SENDER, Scenario


def creation_times(scenario: Scenario, replication: int) -> npt.NDArray[np.int64]:
    """Return the instants of creation before the horizon, in nanoseconds. Shape (messages,)."""
    lane = Lane(link_name(SENDER, RECEIVER), Purpose.WORKLOAD)
    luck = Randomness(scenario.seed, replication).draws(lane, 0, scenario.messages)
    times = scenario.workload.times_ns(scenario.messages, luck)
    return times[times < horizon_ns(scenario)]


def horizon_ns(scenario: Scenario) -> int:
    """Return the end of the run in nanoseconds, itself excluded."""
    return END_OF_TIME if scenario.horizon is None else to_ns(scenario.horizon)
