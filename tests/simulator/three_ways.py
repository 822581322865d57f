"""The timers alone, between the two statements of one simulation in `both_engines`.

`simulate` without a trace leaves the network out wherever one of the other two can answer, so a
test of the protocols themselves has to ask for the network by name.
"""

from simulator import Scenario
from simulator.engines import by_timers
from simulator.engines.run import Run
from simulator.simulation import Outcome
from tests.simulator.both_engines import on_the_network, vectorized


def by_timers_alone(scenario: Scenario, replication: int = 0) -> Outcome:
    """The quick way of the discrete-event engine."""
    ledger, links = by_timers.run(scenario, replication)
    return Outcome(scenario, replication, "timers", Run(ledger, None, None, links))


WAYS = (on_the_network, by_timers_alone, vectorized)
