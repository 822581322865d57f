"""Metrics: one number each, computed from a ledger.

Rates and per-message means are over *decided* messages: a run cut at its horizon with messages in
flight says nothing yet about those, and counting them as lost would be wrong. Latencies are over
all messages that arrived; with a horizon they lean towards the quick ones, so let the run drain
where latency matters. A metric of no message at all is NaN.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from simulator.clock import SECOND
from simulator.ledger import NEVER, Ledger


def loss_rate(ledger: Ledger) -> float:
    """Messages never handed over, over decided messages."""
    return _mean(ledger["handovers"] == 0, _decided(ledger))


def duplicate_rate(ledger: Ledger) -> float:
    """Handovers beyond the first, summed, over decided messages."""
    return _mean(np.maximum(ledger["handovers"] - 1, 0), _decided(ledger))


def duplicated_rate(ledger: Ledger) -> float:
    """Messages handed over twice or more, over decided messages."""
    return _mean(ledger["handovers"] > 1, _decided(ledger))


def in_doubt_rate(ledger: Ledger) -> float:
    """Messages that the sender gave up on, yet were handed over, over decided messages."""
    gave_up = ledger["gave_up_ns"] != NEVER
    return _mean(gave_up & (ledger["handovers"] > 0), _decided(ledger))


def undecided_rate(ledger: Ledger) -> float:
    """Messages in flight at the horizon, over all messages."""
    return _mean(ledger["undecided"], np.ones(len(ledger), dtype=np.bool_))


def latency_mean(ledger: Ledger) -> float:
    """Mean time from creation to first handover, in seconds."""
    return _mean_seconds(_since_creation(ledger, "delivered_ns"))


def latency_p50(ledger: Ledger) -> float:
    """Median time from creation to first handover, in seconds."""
    return _quantile(_since_creation(ledger, "delivered_ns"), 0.50)


def latency_p95(ledger: Ledger) -> float:
    """95th percentile of the time from creation to first handover, in seconds."""
    return _quantile(_since_creation(ledger, "delivered_ns"), 0.95)


def latency_p99(ledger: Ledger) -> float:
    """99th percentile of the time from creation to first handover, in seconds."""
    return _quantile(_since_creation(ledger, "delivered_ns"), 0.99)


def latency_max(ledger: Ledger) -> float:
    """Longest time from creation to first handover, in seconds."""
    return _quantile(_since_creation(ledger, "delivered_ns"), 1.0)


def ack_latency_mean(ledger: Ledger) -> float:
    """Mean time from creation until the sender knew, in seconds, over acknowledged messages."""
    return _mean_seconds(_since_creation(ledger, "acknowledged_ns"))


def attempts_mean(ledger: Ledger) -> float:
    """Sendings by the sender a message, over decided messages."""
    return _mean(ledger["attempts"], _decided(ledger))


def cost(ledger: Ledger) -> float:
    """Transmissions by anyone, data and acknowledgements, a message, over decided messages.

    Copies that the network itself makes are not the sender's or receiver's doing: they are counted
    on the links.
    """
    return _mean(ledger["attempts"] + ledger["acks_sent"], _decided(ledger))


def goodput(ledger: Ledger) -> float:
    """Messages delivered per second, from 0 to the last instant in the ledger."""
    instants = ("created_ns", "delivered_ns", "acknowledged_ns", "gave_up_ns")
    last = max((int(ledger[name].max(initial=NEVER)) for name in instants), default=NEVER)
    if last <= 0:
        return float("nan")
    return int((ledger["handovers"] > 0).sum()) * SECOND / last


METRICS: Final[dict[str, Callable[[Ledger], float]]] = {
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


def summarize(ledger: Ledger) -> dict[str, float]:
    """Return every metric of a ledger, by name."""
    return {name: metric(ledger) for name, metric in METRICS.items()}


def _decided(ledger: Ledger) -> npt.NDArray[np.bool_]:
    return ~ledger["undecided"]


def _mean(values: npt.NDArray[Any], among: npt.NDArray[np.bool_]) -> float:
    """Average whole numbers exactly: the order of the messages cannot change a bit."""
    count = int(among.sum())
    return int(values[among].sum()) / count if count else float("nan")


def _since_creation(ledger: Ledger, column: str) -> npt.NDArray[np.int64]:
    """Return the nanoseconds from creation to an instant, where it came."""
    instants = ledger[column]
    came = instants != NEVER
    return np.asarray(instants[came] - ledger["created_ns"][came], dtype=np.int64)


def _mean_seconds(nanoseconds: npt.NDArray[np.int64]) -> float:
    """Average nanoseconds exactly, in two halves so that no sum overflows 64 bits."""
    if not len(nanoseconds):
        return float("nan")
    total = (int((nanoseconds >> 32).sum()) << 32) + int((nanoseconds & 0xFFFF_FFFF).sum())
    return total / (len(nanoseconds) * SECOND)


def _quantile(nanoseconds: npt.NDArray[np.int64], probability: float) -> float:
    """Return a quantile in seconds: an observed value, never one in between."""
    if not len(nanoseconds):
        return float("nan")
    return float(np.quantile(nanoseconds, probability, method="inverted_cdf")) / SECOND
