"""The three statements of one simulation: the network, the timers alone, and whole arrays.

`simulate` without a trace leaves the network out wherever one of the other two can answer, so a
test of the protocols themselves has to ask for the network by name.
"""

from simulator import Network, Scenario, simulate
from simulator.engines import by_timers, discrete_event
from simulator.engines.creation import creation_blocks
from simulator.engines.run import Run
from simulator.simulation import Outcome


def on_the_network(scenario: Scenario, replication: int = 0) -> Outcome:
    """Two nodes, with each copy, each wait and each handling an event."""
    net = Network(scenario.seed, replication=replication, trace=False, adversary=scenario.adversary)
    sender = discrete_event.play(scenario, net, creation_blocks(scenario, replication))
    run = Run(sender.ledger, None, None, net.links, None, net.missed)
    return Outcome(scenario, replication, "network", run)


def by_timers_alone(scenario: Scenario, replication: int = 0) -> Outcome:
    """The quick way of the discrete-event engine."""
    ledger, links = by_timers.run(scenario, replication)
    return Outcome(scenario, replication, "timers", Run(ledger, None, None, links))


def vectorized(scenario: Scenario, replication: int = 0) -> Outcome:
    """Many messages at once."""
    return simulate(scenario, engine="vectorized", replication=replication)


WAYS = (on_the_network, by_timers_alone, vectorized)
