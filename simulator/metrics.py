"""Metrics: one number each, computed from sums over the messages of a ledger.

Rates and per-message means are over *decided* messages: the outcome of a message in flight at the
horizon is censored, and counting it as lost would be wrong. Latencies are over all messages that
arrived; a horizon biases them towards short ones, so let the run drain where latency matters. A
metric over no messages is NaN.

The sums are a `Tally`. Tallies of consecutive blocks of messages add up to that of all, so a run
can be summarized without keeping its ledger, to the same bits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from simulator.clock import SECOND
from simulator.ledger import NEVER, Ledger
from simulator.sample import Histogram, Moments, Sample

BLOCK: Final = 1 << 17
"""How many messages a tally, and the vectorized engine, process at a time."""


@dataclass(slots=True)
class Tally:
    """Sums over messages. Latencies are from creation to first handover, in nanoseconds.

    Attributes:
        messages: All messages.
        decided: Those whose outcome is known; the next seven fields are over these.
        lost: Never handed over.
        extra: Handovers beyond the first.
        twice: Handed over twice or more.
        in_doubt: Given up by the sender, yet handed over.
        attempts: Sendings.
        acks_sent: Acknowledgements sent.
        delivered: Handed over, of all messages.
        latency: Moments of the latencies.
        ack_latency: Moments of the times until the sender knew.
        last_ns: The last instant in the ledger, in nanoseconds.
        latencies: The latencies themselves, or a histogram of them.
    """

    messages: int = 0
    decided: int = 0
    lost: int = 0
    extra: int = 0
    twice: int = 0
    in_doubt: int = 0
    attempts: int = 0
    acks_sent: int = 0
    delivered: int = 0
    latency: Moments = field(default_factory=Moments)
    ack_latency: Moments = field(default_factory=Moments)
    last_ns: int = NEVER
    latencies: Sample | Histogram = field(default_factory=Histogram)

    def add(self, ledger: Ledger) -> None:
        """Add the messages of a ledger, which follow those added so far."""
        for start in range(0, len(ledger), BLOCK):
            self._add(ledger.part(start, start + BLOCK))

    def _add(self, block: Ledger) -> None:
        undecided = block.kept("undecided")
        everyone = not undecided.any()

        def among(column: npt.NDArray[Any]) -> npt.NDArray[Any]:
            return column if everyone else column[~undecided]

        handovers = block.kept("handovers")
        decided = among(handovers)
        gave_up = block.kept("gave_up_after") != NEVER
        self.messages += len(block)
        self.decided += len(decided)
        self.lost += len(decided) - int(np.count_nonzero(decided))
        self.extra += int(decided.sum()) - int(np.count_nonzero(decided))
        self.twice += int(np.count_nonzero(decided > 1))
        self.in_doubt += int(np.count_nonzero(among(gave_up & (handovers > 0))))
        self.attempts += int(among(block.kept("attempts")).sum())
        self.acks_sent += int(among(block.kept("acks_sent")).sum())
        latencies = _those_that_came(block.kept("delivered_after"))
        self.delivered += len(latencies)
        self.latency.add(latencies)
        self.latencies.add(latencies)
        self.ack_latency.add(_those_that_came(block.kept("acknowledged_after")))
        # NEVER is before creation, and so never the last instant.
        last_after = np.maximum(block.kept("delivered_after"), block.kept("acknowledged_after"))
        np.maximum(last_after, block.kept("gave_up_after"), out=last_after)
        np.maximum(last_after, 0, out=last_after)
        last_after += block.kept("created_ns")
        self.last_ns = max(self.last_ns, int(last_after.max(initial=NEVER)))

    def merge(self, later: Tally) -> None:
        """Add the sums over the messages that follow; both tallies have histograms."""
        assert isinstance(self.latencies, Histogram)  # noqa: S101 - a programmer's
        assert isinstance(later.latencies, Histogram)  # noqa: S101 - mistake
        for name in ("messages", "decided", "lost", "extra", "twice", "in_doubt", "attempts"):
            setattr(self, name, getattr(self, name) + getattr(later, name))
        self.acks_sent += later.acks_sent
        self.delivered += later.delivered
        self.latency.merge(later.latency)
        self.ack_latency.merge(later.ack_latency)
        self.last_ns = max(self.last_ns, later.last_ns)
        self.latencies.merge(later.latencies)


def loss_rate(tally: Tally) -> float:
    """Messages never handed over, over decided messages."""
    return _share(tally.lost, tally.decided)


def duplicate_rate(tally: Tally) -> float:
    """Handovers beyond the first, summed, over decided messages."""
    return _share(tally.extra, tally.decided)


def duplicated_rate(tally: Tally) -> float:
    """Messages handed over twice or more, over decided messages."""
    return _share(tally.twice, tally.decided)


def in_doubt_rate(tally: Tally) -> float:
    """Messages that the sender gave up on, yet were handed over, over decided messages."""
    return _share(tally.in_doubt, tally.decided)


def undecided_rate(tally: Tally) -> float:
    """Messages in flight at the horizon, over all messages."""
    return _share(tally.messages - tally.decided, tally.messages)


def latency_mean(tally: Tally) -> float:
    """Mean time from creation to first handover, in seconds."""
    return tally.latency.mean_s


def latency_p50(tally: Tally) -> float:
    """Median time from creation to first handover, in seconds."""
    return tally.latencies.quantile_s(0.50)


def latency_p95(tally: Tally) -> float:
    """95th percentile of the time from creation to first handover, in seconds."""
    return tally.latencies.quantile_s(0.95)


def latency_p99(tally: Tally) -> float:
    """99th percentile of the time from creation to first handover, in seconds."""
    return tally.latencies.quantile_s(0.99)


def latency_max(tally: Tally) -> float:
    """Longest time from creation to first handover, in seconds."""
    return tally.latency.longest_s


def ack_latency_mean(tally: Tally) -> float:
    """Mean time from creation until the sender knew, in seconds, over acknowledged messages."""
    return tally.ack_latency.mean_s


def attempts_mean(tally: Tally) -> float:
    """Sendings by the sender, per decided message."""
    return _share(tally.attempts, tally.decided)


def cost(tally: Tally) -> float:
    """Transmissions by both nodes, data and acknowledgements, per decided message.

    Duplicates made by the network are not included: they are counted on the links.
    """
    return _share(tally.attempts + tally.acks_sent, tally.decided)


def goodput(tally: Tally) -> float:
    """Messages delivered per second, from 0 to the last instant in the ledger."""
    return tally.delivered * SECOND / tally.last_ns if tally.last_ns > 0 else math.nan


METRICS: Final[dict[str, Callable[[Tally], float]]] = {
    metric.__name__: metric
    for metric in (
        loss_rate,
        duplicate_rate,
        duplicated_rate,
        in_doubt_rate,
        undecided_rate,
        latency_mean,
        latency_p50,
        latency_p95,
        latency_p99,
        latency_max,
        ack_latency_mean,
        attempts_mean,
        cost,
        goodput,
    )
}
"""Every metric by its name."""

UNITS: Final[Mapping[str, str]] = {
    "loss_rate": "%",
    "duplicated_rate": "%",
    "in_doubt_rate": "%",
    "undecided_rate": "%",
    "latency_mean": "s",
    "latency_p50": "s",
    "latency_p95": "s",
    "latency_p99": "s",
    "latency_max": "s",
    "ack_latency_mean": "s",
    "cost": "transmissions per message",
    "goodput": "messages per second",
}
"""Units of the metrics that have one; "%" is a share of all messages."""


def tally(ledger: Ledger) -> Tally:
    """Return the sums over a ledger, with every latency, so that quantiles are exact."""
    total = Tally(latencies=Sample())
    total.add(ledger)
    return total


def summarize(sums: Tally) -> Mapping[str, float]:
    """Return every metric, by name."""
    return {name: metric(sums) for name, metric in METRICS.items()}


def _share(part: int, whole: int) -> float:
    """Divide integers, so that the order of the messages cannot change a bit."""
    return part / whole if whole else math.nan


def _those_that_came(after: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    came = after != NEVER
    return after if came.all() else after.take(np.flatnonzero(came))
