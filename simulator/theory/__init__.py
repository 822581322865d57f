"""Theory: the expected results of a simulation, computed rather than simulated.

Plain numbers in, plain numbers out; nothing here imports the simulator. Everything is about one
message, since messages are independent. So are losses: with probability p for each data
transmission, q for each acknowledgement. The network duplicates a survivor with probability d; each
copy has its own delay and its own acknowledgement. Times are in seconds since the creation.

- `best_effort`, `at_most_once`, `at_least_once`, `exactly_once`: closed forms, for a timeout longer
  than any round trip. Each returns an `Expected`, whose fields have the names of the metrics.
- `through_a_broker`: the same for a message that is published, and delivered from a queue.
- `timed_at_least_once`, `timed_exactly_once`: the same for any delays and any fixed sending times.
- `abandoned_at_least_once`: the same where late answers do not count.
- `latency`, `ack_latency`: the distribution of a waiting time: `cdf`, `quantile` and `mean`.
- `constant_cdf`, `exponential_cdf`, `two_exponentials_cdf`, `sum_cdf`, `first_copy_cdf`:
  distributions of delays and round trips.
- `gilbert_elliott_rate`, `gilbert_elliott_burst`: losses in bursts.
- `generals_both`, `generals_exactly_one`: the two generals' chain of messages.
- `hedged_tail`, `hedged_nodes`, `hedged_quantile`: hedged requests to several nodes.
- `mmc`, `mm1k`, `md1`: queues, as a `QueueTheory`.

    >>> expected = at_least_once(loss=0.5, ack_loss=0.5, attempts=2)
    >>> expected.attempts_mean, expected.in_doubt_rate
    (1.75, 0.3125)
"""

from simulator.theory.abandoned import abandoned_at_least_once
from simulator.theory.brokered import through_a_broker
from simulator.theory.bursts import gilbert_elliott_burst, gilbert_elliott_rate
from simulator.theory.distributions import (
    Cdf,
    constant_cdf,
    exponential_cdf,
    first_copy_cdf,
    sum_cdf,
    two_exponentials_cdf,
)
from simulator.theory.generals import generals_both, generals_exactly_one
from simulator.theory.guarantees import (
    Expected,
    at_least_once,
    at_most_once,
    best_effort,
    exactly_once,
)
from simulator.theory.hedging import hedged_nodes, hedged_quantile, hedged_tail
from simulator.theory.queueing import QueueTheory, md1, mm1k, mmc
from simulator.theory.timed import timed_at_least_once, timed_exactly_once
from simulator.theory.waits import Wait, ack_latency, latency

__all__ = [
    "Cdf",
    "Expected",
    "QueueTheory",
    "Wait",
    "abandoned_at_least_once",
    "ack_latency",
    "at_least_once",
    "at_most_once",
    "best_effort",
    "constant_cdf",
    "exactly_once",
    "exponential_cdf",
    "first_copy_cdf",
    "generals_both",
    "generals_exactly_one",
    "gilbert_elliott_burst",
    "gilbert_elliott_rate",
    "hedged_nodes",
    "hedged_quantile",
    "hedged_tail",
    "latency",
    "md1",
    "mm1k",
    "mmc",
    "sum_cdf",
    "through_a_broker",
    "timed_at_least_once",
    "timed_exactly_once",
    "two_exponentials_cdf",
]
