"""Record: the random outcomes of a run, written down as a script over a calm network."""

from __future__ import annotations

import dataclasses

from simulator.adversary import RecordedNetwork, calm
from simulator.engines.creation import creation_blocks
from simulator.engines.discrete_event import play
from simulator.memory import NETWORK, check_fits
from simulator.scenario import Scenario
from simulator.validation import integer, refuse


def record(scenario: Scenario, *, replication: int = 0) -> Scenario:
    """Return a scenario of the same run whose script holds all randomness of the network.

    Its links are calm: no loss, no duplicates, and the usual delay; each loss, copy and delay of
    the run is an action of its adversary. Simulated with the same replication, it gives the same
    trace and the same ledger, to the last bit.

    Args:
        scenario: What to record; the draws of its senders (workload, backoff) remain random.
        replication: Which repetition of it.

    Raises:
        EndlessRun: If the run could never end.
    """
    if not isinstance(scenario, Scenario):
        refuse("record.scenario", scenario, "a Scenario")
    replication = integer("record.replication", replication, low=0, high=2**32 - 1)
    scenario.check_that_it_ends()
    count = scenario.expected_messages
    check_fits("Scenario.messages", scenario.messages, count, NETWORK, "have fewer")
    net = RecordedNetwork(
        scenario.seed, replication=replication, trace=False, adversary=scenario.adversary
    )
    play(scenario, net, creation_blocks(scenario, replication))
    return dataclasses.replace(calmed(scenario), adversary=net.script)


def calmed(scenario: Scenario) -> Scenario:
    """Return a scenario with calm links."""
    back = None if scenario.return_link is None else calm(scenario.return_link)
    return dataclasses.replace(scenario, link=calm(scenario.link), return_link=back)
