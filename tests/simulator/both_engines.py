"""The two statements of one simulation: the network, event by event, and whole arrays.

The protocols are written once, and the network runs that text. The vectorized engine states the
four guarantees a second time, and is held to the network to the bit.
"""

from simulator import Network, Scenario, simulate
from simulator.engines import discrete_event
from simulator.engines.creation import creation_blocks
from simulator.engines.run import Run
from simulator.simulation import Outcome


def on_the_network(scenario: Scenario, replication: int = 0) -> Outcome:
    """Two nodes, with each copy, each wait and each handling an event."""
    net = Network(scenario.seed, replication=replication, trace=False, adversary=scenario.adversary)
    sender = discrete_event.play(scenario, net, creation_blocks(scenario, replication))
    run = Run(sender.ledger, None, None, net.links, None, net.missed)
    return Outcome(scenario, replication, "network", run)


def vectorized(scenario: Scenario, replication: int = 0) -> Outcome:
    """Many messages at once."""
    return simulate(scenario, engine="vectorized", replication=replication)
