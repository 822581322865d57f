"""What the kit runs itself: questions too small for an experiment."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from experiments.course.measured import Measure
from experiments.course.stories import CHAPTER
from simulator import AtLeastOnce, Constant, Link, Retry, Scenario, simulate
from simulator.statistics import t_interval

REPLICATIONS, CALLS = 20, 10_000


class Calls(NamedTuple):
    """Calls of one attempt each, as shares of all calls."""

    failed: Measure
    in_doubt: Measure


def one_call(*, loss: float) -> Calls:
    """Call a server, each call once, over a link that loses; the reply is the acknowledgement."""
    once = AtLeastOnce(retry=Retry(timeout=1.0, max_attempts=1))
    scenario = Scenario(
        guarantee=once, link=Link(delay=Constant(0.05), loss=loss), messages=CALLS, seed=1
    )
    failed, in_doubt = [], []
    for replication in range(REPLICATIONS):
        outcome = simulate(scenario, replication=replication)
        failed.append(float(np.mean(~np.isnan(outcome.ledger["gave_up_s"]))))
        in_doubt.append(outcome.summary["in_doubt_rate"])
    return Calls(_measure(failed), _measure(in_doubt))


def all_lost(attempts: int) -> tuple[list[float], float]:
    """Lose everything: return when each attempt of the chapter's retry is sent, and the end."""
    retry = Retry(timeout=CHAPTER.timeout, backoff=CHAPTER.backoff, max_attempts=attempts)
    lost = Scenario(guarantee=AtLeastOnce(retry=retry), link=Link(loss=1.0), messages=1)
    trace = simulate(lost, trace=True).trace
    assert trace is not None  # noqa: S101 - it was asked for
    (end,) = (row.time_s for row in trace if row.event == "gave_up")
    return [row.time_s for row in trace if row.event == "sent"], end


def _measure(values: list[float]) -> Measure:
    interval = t_interval(values)
    return Measure(*interval, theory=float("nan"), replications=len(values))
