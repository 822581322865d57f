"""Live: a scenario for real. Two processes, between them a proxy that loses and delays datagrams.

    sender  ──UDP──►  proxy  ──UDP──►  receiver
            ◄──UDP──         ◄──UDP──

The guarantees run unchanged, on the ends of channels that the network has. What differs: a wire
puts a datagram on a socket, and the schedule goes by the monotonic clock. The proxy decides the
fate of each datagram by `Link.fate`, with the same addressed draws as a simulation; so the two can
be compared message by message:

    run(scenario)                                   the ledger, measured
    compare(run(scenario), predict(scenario))       which messages met the same fate
"""

from simulator.live.comparing import Fates, compare
from simulator.live.engine import duration, run
from simulator.live.merging import Lateness, LiveRun
from simulator.live.refusals import refusals
from simulator.live.slack import Prediction, predict

__all__ = [
    "Fates",
    "Lateness",
    "LiveRun",
    "Prediction",
    "compare",
    "duration",
    "predict",
    "refusals",
    "run",
]
