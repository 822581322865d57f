"""Random scenarios, for properties that hold in all of them."""

import dataclasses
from typing import Any

from hypothesis import strategies as st

from simulator import (
    At,
    AtLeastOnce,
    AtMostOnce,
    BestEffort,
    Bursts,
    Constant,
    ConstantBackoff,
    Crash,
    Cut,
    DecorrelatedJitter,
    Duplicate,
    Empirical,
    ExactlyOnce,
    Exponential,
    ExponentialBackoff,
    Hold,
    LinearBackoff,
    Link,
    LogNormal,
    Lose,
    NoBackoff,
    Normal,
    Outages,
    Pareto,
    Partition,
    Periodic,
    Poisson,
    Retry,
    Scenario,
    Script,
    Scripted,
    Uniform,
    Weibull,
)

# Coarse times make ties, where engines could disagree.
coarse = st.sampled_from([0.0, 0.05, 0.1, 0.2])
positive = st.sampled_from([0.05, 0.1, 0.2, 1.0])
means = st.floats(0.001, 0.5)
probabilities = st.sampled_from([0.0, 0.1, 0.3, 0.6, 1.0]) | st.floats(0, 0.9)

delays = st.one_of(
    st.builds(Constant, coarse),
    st.builds(lambda low, width: Uniform(low=low, high=low + width), coarse, positive),
    st.builds(Exponential, mean=means, minimum=coarse),
    st.builds(Normal, mean=means, std=means, minimum=coarse),
    st.builds(LogNormal, mean=means, std=means),
    st.builds(Pareto, mean=means, shape=st.floats(1.2, 5)),
    st.builds(Weibull, mean=means, shape=st.floats(0.5, 5)),
    st.builds(Empirical, samples=st.lists(coarse, min_size=1, max_size=5).map(tuple)),
)
losses = st.one_of(
    probabilities,
    st.builds(
        Scripted,
        lost=st.frozensets(st.tuples(st.integers(0, 20), st.integers(1, 3)), max_size=20),
    ),
    st.builds(lambda start: Outages(windows=((start, start + 0.2), (1.0, 1.5))), coarse),
)
links = st.builds(Link, delay=delays, loss=losses, duplicate=st.sampled_from([0.0, 0.0, 0.3, 1.0]))
jitters = st.sampled_from(["none", "full", "equal"])
backoffs = st.one_of(
    st.just(NoBackoff()),
    st.builds(ConstantBackoff, coarse),
    st.builds(LinearBackoff, step=coarse, cap=st.none() | positive),
    st.builds(
        ExponentialBackoff,
        base=positive,
        factor=st.sampled_from([1.0, 2.0, 10.0]),
        cap=st.none() | st.just(3.0),
        jitter=jitters,
    ),
    st.builds(DecorrelatedJitter, base=st.sampled_from([0.05, 0.1]), cap=st.just(1.0)),
)
retries = st.builds(
    Retry,
    timeout=positive,
    timeout_factor=st.sampled_from([1.0, 2.0]),
    max_timeout=st.none() | st.just(1.5),
    backoff=backoffs,
    max_attempts=st.none() | st.integers(1, 6),
    deadline=st.none() | st.sampled_from([0.2, 0.35, 2.0]),
    late_answers=st.sampled_from(["accept", "ignore"]),
)
guarantees = st.one_of(
    st.just(BestEffort()),
    st.just(AtMostOnce()),
    st.builds(AtLeastOnce, retry=retries, acknowledge=st.sampled_from(["before", "after"])),
    st.builds(ExactlyOnce, retry=retries, acknowledge=st.sampled_from(["before", "after"])),
)
workloads = st.one_of(
    st.builds(Periodic, interval=st.sampled_from([0.01, 0.1])),
    st.builds(Poisson, rate=st.floats(1, 100)),
    st.builds(Bursts, size=st.integers(1, 10), every=positive),
    st.builds(At, times=st.lists(coarse, min_size=1, max_size=30).map(lambda t: tuple(sorted(t)))),
)
scenarios = st.builds(
    Scenario,
    guarantee=guarantees,
    link=links,
    return_link=st.none() | links,
    workload=workloads,
    messages=st.integers(1, 40),
    horizon=st.sampled_from([0.3, 1.0, 20.0]) | st.just(60.0),  # half of them: nearly all decide
    idempotent=st.booleans(),
    seed=st.integers(0, 2**70),
)
"""Scenarios that both engines can answer. They have a horizon: some would never end without."""


def scripts(messages):
    """Scripts for a scenario of so many messages."""
    where: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
        {"message": st.integers(0, messages - 1), "attempt": st.integers(1, 3)}
    ) | st.fixed_dictionaries({"nth": st.integers(1, 20)})
    sent = where.flatmap(
        lambda at: st.sampled_from([{**at, "what": what} for what in ("data", "acknowledgement")])
    )
    window = {"at": coarse, "lasts": positive}
    nodes = st.sampled_from(["sender", "receiver"])
    actions = st.one_of(
        sent.map(lambda which: Lose(**which)),
        st.builds(lambda which, hold: Duplicate(**which, hold=hold), sent, st.none() | coarse),
        st.builds(lambda which, seconds: Hold(**which, seconds=seconds), sent, coarse),
        st.builds(Crash, node=nodes, **window, refuses=st.booleans()),
        st.builds(Cut, sender=st.just("sender"), receiver=st.just("receiver"), **window),
        st.builds(Partition, groups=st.just((("sender",), ("receiver",))), **window),
    )
    return st.lists(actions, max_size=8, unique=True).map(Script)


scripted_scenarios = scenarios.flatmap(
    lambda scenario: scripts(scenario.messages).map(
        lambda script: dataclasses.replace(scenario, adversary=script)
    )
)
"""Scenarios with an adversary beside the luck of their links."""
