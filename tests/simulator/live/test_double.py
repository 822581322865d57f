"""On a machine that is never late, the live engine's ledger is the simulated one, to the bit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import (
    AtLeastOnce,
    AtMostOnce,
    BestEffort,
    Constant,
    Crash,
    ExactlyOnce,
    Exponential,
    ExponentialBackoff,
    Handshake,
    Link,
    Periodic,
    Retry,
    Scenario,
    Script,
    StoreAndForward,
    simulate,
)
from simulator.live import compare, predict, refusals
from tests.simulator.live.double import Double
from tests.simulator.live.own import SendTwice
from tests.simulator.strategies import delays, guarantees, links, retries, workloads

RETRY = Retry(timeout=0.2, max_attempts=4, backoff=ExponentialBackoff(base=0.05))
GUARANTEES = {
    "best effort": BestEffort(),
    "at most once": AtMostOnce(),
    "at least once": AtLeastOnce(retry=RETRY),
    "acknowledge before": AtLeastOnce(retry=RETRY, acknowledge="before"),
    "exactly once": ExactlyOnce(retry=RETRY),
    "volatile": ExactlyOnce(retry=RETRY, durable=False),
    "late answers": ExactlyOnce(retry=Retry(timeout=0.12, late_answers="ignore")),
    "handshake": Handshake(retry=RETRY),
    "store and forward": StoreAndForward(retry=RETRY, rest=0.3, parallel=3),
    "a student's own": SendTwice(after=0.07),
}
CRASHES = Script(
    [
        Crash(node="receiver", at=0.5, lasts=0.3),
        Crash(node="receiver", at=0.7, lasts=0.3),  # one outage with the first
        Crash(node="sender", at=1.5, lasts=0.2),
        Crash(node="receiver", at=2.0, lasts=0.01),
    ]
)
NETWORK = Link(delay=Exponential(mean=0.05), loss=0.2, duplicate=0.1)


@pytest.mark.parametrize("guarantee", GUARANTEES.values(), ids=GUARANTEES)
@pytest.mark.parametrize(
    "rest",
    [
        {},
        {"handling": Exponential(mean=0.05)},
        {"adversary": CRASHES},
        {"handling": Exponential(mean=0.05), "adversary": CRASHES, "idempotent": True},
        {"horizon": 1.7, "handling": Constant(0.05)},
    ],
    ids=["plain", "handling", "crashes", "handling and crashes", "horizon"],
)
def test_ledger_and_counts_are_the_simulated_ones(guarantee, rest):
    if isinstance(guarantee, StoreAndForward):
        rest = {"horizon": 4.0, **rest}
    scenario = Scenario(guarantee=guarantee, link=NETWORK, messages=200, seed=3, **rest)
    assert not refusals(scenario)
    agree(scenario)


def ledger_of(scenario):
    """Return the ledger of the double."""
    ledger = Double(scenario).run().ledger
    assert ledger is not None
    return ledger


def agree(scenario, replication=0):
    simulated = simulate(scenario, engine="discrete-event", trace=True, replication=replication)
    measured = Double(scenario, replication).run()
    assert measured.ledger == simulated.ledger
    assert measured.links == simulated.links
    assert not measured.mislaid
    assert not measured.lateness.late_ns.any()
    assert measured.trace is not None
    assert simulated.trace is not None
    assert sorted(measured.trace) == sorted(simulated.trace)
    fates = compare(measured, predict(scenario, replication))
    assert fates.same == fates.judged
    return measured


crashes = st.builds(
    Crash,
    node=st.sampled_from(["sender", "receiver"]),
    at=st.sampled_from([0.0, 0.1, 0.35, 0.5]),
    lasts=st.sampled_from([0.01, 0.1, 0.4]),
)
live_scenarios = st.builds(
    Scenario,
    guarantee=guarantees | st.builds(Handshake, retry=retries, durable=st.booleans()),
    link=links,
    return_link=st.none() | links,
    workload=workloads,
    messages=st.integers(1, 30),
    horizon=st.sampled_from([0.7, 2.0]),
    handling=st.none() | delays,
    seed=st.integers(0, 100),
    adversary=st.none() | st.builds(Script, st.lists(crashes, max_size=4, unique=True)),
)


@given(live_scenarios.filter(lambda scenario: not refusals(scenario)))
def test_whatever_the_scenario(scenario):
    agree(scenario)


def test_replications_are_apart():
    scenario = Scenario(link=NETWORK, messages=50)
    assert agree(scenario, 1).ledger != agree(scenario, 2).ledger


def test_durable_memory_outlives_the_process_and_volatile_memory_does_not():
    """A message is handled, its acknowledgement is lost, the receiver is killed: then a retry."""
    crash = Script([Crash(node="receiver", at=0.05, lasts=0.05)])
    link, lossy = Link(delay=Constant(0.01)), Link(delay=Constant(0.01), loss=1.0)
    scenario = Scenario(
        guarantee=ExactlyOnce(retry=Retry(timeout=0.2, max_attempts=2)),
        link=link,
        return_link=lossy,
        workload=Periodic(interval=1.0),
        messages=1,
        adversary=crash,
    )
    assert ledger_of(scenario)["handovers"] == [1]
    volatile = scenario.replace("guarantee.durable", value=False)
    assert ledger_of(volatile)["handovers"] == [2]


def test_the_verdict_is_that_of_the_ledger():
    scenario = Scenario(
        guarantee=AtLeastOnce(retry=RETRY, acknowledge="before"),
        link=NETWORK,
        handling=Constant(0.05),
        messages=200,
        adversary=CRASHES,
    )
    ledger = ledger_of(scenario)
    silent = (ledger["effects"] == 0) & (ledger["belief"] == "acknowledged")
    assert silent.any()
