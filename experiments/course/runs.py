"""What the kit runs itself: questions too small for an experiment."""

from __future__ import annotations

import math
from contextlib import suppress
from functools import cache
from typing import Any, Literal, NamedTuple

import numpy as np

from experiments.course.measured import Measure, claim
from experiments.course.stories import CHAPTER
from simulator import (
    AtLeastOnce,
    CallFailed,
    Constant,
    Exponential,
    Link,
    Network,
    Retry,
    Scenario,
    simulate,
)
from simulator.protocols import Steps
from simulator.statistics import t_interval

REPLICATIONS, CALLS, SLOW_CALLS = 20, 10_000, 1_000
PATIENCE = 1.0
WORK = 0.1
NEVER, AN_HOUR = 1e9, 3_600.0  # in seconds; the first, about thirty years, is no timeout at all


class Calls(NamedTuple):
    """Calls of one attempt each, as shares of all calls."""

    failed: Measure
    in_doubt: Measure


@cache
def one_call(*, loss: float) -> Calls:
    """Call a server, each call once, over a link that loses; the reply is the acknowledgement."""
    once = AtLeastOnce(retry=Retry(timeout=PATIENCE, max_attempts=1))
    scenario = Scenario(
        guarantee=once, link=Link(delay=Constant(0.05), loss=loss), messages=CALLS, seed=1
    )
    failed, in_doubt = [], []
    for replication in range(REPLICATIONS):
        outcome = simulate(scenario, replication=replication)
        failed.append(float(np.mean(~np.isnan(outcome.ledger["gave_up_s"]))))
        in_doubt.append(outcome.summary["in_doubt_rate"])
    return Calls(_measure(failed, 1 - (1 - loss) ** 2), _measure(in_doubt, (1 - loss) * loss))


@cache
def without_timeout(*, loss: float) -> Measure:
    """Return the share of the chapter's calls that still wait after an hour, without a timeout."""
    patient = AtLeastOnce(retry=Retry(timeout=NEVER, max_attempts=CHAPTER.max_attempts))
    scenario = Scenario(
        guarantee=patient,
        link=Link(delay=Constant(0.05), loss=loss),
        messages=CALLS,
        horizon=AN_HOUR,
        seed=1,
    )
    waiting = []
    for replication in range(REPLICATIONS):
        outcome = simulate(scenario, replication=replication)
        claim("without a timeout there is one attempt", outcome.ledger["attempts"].max() == 1)
        waiting.append(outcome.summary["undecided_rate"])
    return _measure(waiting, theory=1 - (1 - loss) ** 2)


@cache
def slow_server(late_answers: Literal["accept", "ignore"]) -> tuple[Measure, Measure]:
    """Call a server with one worker, call after call, by the chapter's loop with our timeout.

    Its work takes an exponential time of mean `WORK`, the same at each attempt of a call.

    Returns:
        The share of the calls that are answered, and the handlings a call.
    """
    retry = Retry(
        timeout=CHAPTER.timeout,
        backoff=CHAPTER.backoff,
        max_attempts=CHAPTER.max_attempts,
        late_answers=late_answers,
    )
    guarantee = AtLeastOnce(retry=retry)
    answered, handlings = [], []
    for replication in range(REPLICATIONS):
        net = Network(seed=1, replication=replication, trace=False)
        client, server = net.node("client"), net.node("server", workers=1)
        net.connect(client, server, Link())
        server.serve("message", Exponential(mean=WORK))

        def loop(client: Any = client, server: Any = server) -> Steps:
            for _ in range(SLOW_CALLS):
                with suppress(CallFailed):
                    yield client.ask(server, "message", guarantee=guarantee)

        net.process(loop())
        net.run()
        rows = client.rows
        answered.append(sum(row.belief == "acknowledged" for row in rows) / SLOW_CALLS)
        handlings.append(sum(row.handovers for row in rows) / SLOW_CALLS)
    return _measure(answered, math.nan), _measure(handlings, math.nan)


def all_lost(attempts: int) -> tuple[list[float], float]:
    """Lose everything: return when each attempt of the chapter's retry is sent, and the end."""
    retry = Retry(timeout=CHAPTER.timeout, backoff=CHAPTER.backoff, max_attempts=attempts)
    lost = Scenario(guarantee=AtLeastOnce(retry=retry), link=Link(loss=1.0), messages=1)
    trace = simulate(lost, trace=True).trace
    assert trace is not None  # noqa: S101 - it was asked for
    (end,) = (row.time_s for row in trace if row.event == "gave_up")
    return [row.time_s for row in trace if row.event == "sent"], end


def _measure(values: list[float], theory: float) -> Measure:
    return Measure(*t_interval(values), theory=theory, replications=len(values))
