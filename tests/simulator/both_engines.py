"""The two statements of one simulation: the network, event by event, and whole arrays.

The protocols are written once, and the network runs that text. The vectorized engine states the
four guarantees a second time, and is held to the network to the bit.
"""

from simulator import Scenario, simulate
from simulator.simulation import Outcome


def on_the_network(scenario: Scenario, replication: int = 0) -> Outcome:
    """Two nodes, with each copy, each wait and each handling an event."""
    return simulate(scenario, engine="discrete-event", replication=replication)


def vectorized(scenario: Scenario, replication: int = 0) -> Outcome:
    """Many messages at once."""
    return simulate(scenario, engine="vectorized", replication=replication)


BOTH = (on_the_network, vectorized)
