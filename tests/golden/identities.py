"""Identities, by which stored results are found: of the catalogue, and of every kind of value."""

# Lists become tuples, on purpose
# mypy: disable-error-code="arg-type"

from hashlib import sha256
from typing import Any

import simulator as s
from experiments import catalogue

SMOKE = 30
"""Messages of a scenario at smoke size."""


def identities(name):
    """Return digests of the scenarios of an experiment: as published, and at smoke size."""
    experiment = catalogue.load(name)
    smoke = experiment.replace(base=experiment.base.replace("messages", SMOKE))
    return {
        "base": experiment.base.identity,
        "cells": _digest(experiment),
        "smoke": smoke.base.identity,
        "smoke cells": _digest(smoke),
    }


def _digest(experiment):
    """Digest the identities of all cells, in their order."""
    cells = [cell.scenario.identity for cell in experiment.cells()]
    return f"{len(cells)}: {sha256(' '.join(cells).encode()).hexdigest()}"


def scenarios():
    """Return scenarios that hold every value that a scenario can hold."""
    adaptive = s.Retry(timeout=s.AdaptiveTimeout(), budget=s.RetryBudget())
    breaker = s.Retry(breaker=s.CircuitBreaker(failures=None, rate=0.5), max_attempts=None)
    retries = [adaptive, breaker, s.Retry(max_timeout=1, deadline=2, timeout_factor=2)]
    retries += [s.Retry(backoff=backoff) for backoff in BACKOFFS]
    links = [s.Link(delay=delay) for delay in DELAYS] + [s.Link(loss=loss) for loss in LOSSES]
    links.append(s.Link(duplicate=0.1, ordered=True, bandwidth=1e6, buffer=9_000))
    fields: list[tuple[str, Any]] = [("guarantee", value) for value in GUARANTEES]
    fields += [("guarantee", s.AtLeastOnce(retry=retry)) for retry in retries]
    fields += [(name, link) for link in links for name in ("link", "return_link")]
    fields += [("workload", value) for value in WORKLOADS]
    fields += [("adversary", s.Script(actions)) for actions in [[], ACTIONS, *zip(ACTIONS)]]
    fields += [("horizon", 1), ("idempotent", True), ("seed", 3), ("messages", 50)]
    return [s.Scenario(**{name: value}) for name, value in fields]


BACKOFFS: list[Any] = [
    s.NoBackoff(),
    s.ConstantBackoff(0.1),
    s.LinearBackoff(step=0.1),
    s.ExponentialBackoff(base=0.1, cap=1, jitter="full"),
    s.DecorrelatedJitter(base=0.1, cap=1),
]
DELAYS: list[Any] = [
    s.Constant(0.1),
    s.Uniform(low=0.1, high=0.2),
    s.Exponential(mean=0.1, minimum=0.1),
    s.Normal(mean=0.1, std=0.1),
    s.LogNormal(mean=0.1, std=0.1),
    s.Pareto(mean=0.1, shape=3),
    s.Weibull(mean=0.1, shape=2),
    s.Empirical(samples=[0.2, 0.1]),
]
LOSSES: list[Any] = [
    0.1,
    s.Bernoulli(rate=0.1),
    s.Scripted(lost=[(2, 1), (0, 1)]),
    s.Outages(windows=[(1, 2)]),
    s.GilbertElliott(p=0.1, r=0.2),
]
GUARANTEES: list[Any] = [
    s.BestEffort(),
    s.AtMostOnce(),
    s.AtLeastOnce(acknowledge="before"),
    s.ExactlyOnce(window=9, max_age=1, durable=False),
    s.Handshake(),
    s.StoreAndForward(parallel=2),
]
WORKLOADS: list[Any] = [
    s.Periodic(interval=1),
    s.Poisson(rate=3),
    s.Bursts(size=2, every=1, size_bytes=9),
    s.At(times=[0, 1]),
]
ACTIONS: list[Any] = [
    s.Lose(message=0),
    s.Lose(nth=3, what="acknowledgement", link="receiver->sender"),
    s.Duplicate(message=1, attempt=2, hold=0.1),
    s.Hold(message=2, what="acknowledgement", copy=1, seconds=1),
    s.Crash(node="receiver", at=1, lasts=2),
    s.Crash(node="sender", at=1, lasts=2, refuses=True),
    s.Cut(sender="sender", receiver="receiver", at=1, lasts=2),
    s.LinkOutage(between=["sender", "receiver"], at=1, lasts=2),
    s.Partition(groups=[["sender"], ["receiver"]], at=1, lasts=2),
    s.SlowNode(node="receiver", factor=2, at=1, lasts=2),
]
