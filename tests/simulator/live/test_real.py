"""Real processes, real sockets: every message that is not too close to call met the same fate."""

import numpy as np
import pytest

from simulator import (
    AtLeastOnce,
    AtMostOnce,
    Bursts,
    Constant,
    Crash,
    ExactlyOnce,
    Exponential,
    Handshake,
    Link,
    Periodic,
    Retry,
    Scenario,
    Script,
    StoreAndForward,
    simulate,
)
from simulator.live import compare, predict
from simulator.live.merging import LiveRun
from tests.simulator.live.own import SendTwice

RETRY = Retry(timeout=0.5, max_attempts=3)
GUARANTEES = {
    "at most once": AtMostOnce(),
    "at least once": AtLeastOnce(retry=RETRY),
    "exactly once": ExactlyOnce(retry=RETRY),
}
CALM = Scenario(
    link=Link(delay=Constant(0.05), loss=0.2),
    workload=Periodic(interval=0.02),
    messages=100,
    seed=1,
)


def live(scenario, *, at_least):
    """Run a scenario for real, and compare; at least so many messages are to be comparable."""
    outcome = simulate(scenario, engine="live")
    run = outcome.run
    assert isinstance(run, LiveRun)
    assert outcome.engine == "live"
    fates = compare(run, predict(scenario))
    told = f"late by {run.lateness.late_ns.max() / 1e6:.1f} ms at most"
    assert not fates.different, told
    assert not fates.mislaid.any(), told
    assert fates.judged >= at_least, told
    assert all(counts.conserved for counts in outcome.links.values())
    return outcome


@pytest.mark.parametrize("guarantee", GUARANTEES.values(), ids=GUARANTEES)
def test_100_messages_meet_the_same_fate(guarantee):
    outcome = live(CALM.replace("guarantee", guarantee), at_least=95)
    assert outcome.verdict.status == "held"
    assert len(outcome.trace) > 100
    delivered = outcome.ledger["delivered_s"] - outcome.ledger["created_s"]
    assert np.nanmin(delivered) >= 0.05  # measured: nothing is quicker than the link
    assert len(np.unique(delivered[delivered < 0.1])) > 10  # and no two are equal


def test_three_kills():
    """Acknowledged but lost, and handled twice: as where `Crash` simulates the same."""
    kills = Script([Crash(node="receiver", at=at, lasts=0.25) for at in (0.3, 0.9, 1.5)])
    scenario = Scenario(
        guarantee=AtLeastOnce(retry=RETRY, acknowledge="before"),
        link=Link(delay=Constant(0.02)),
        return_link=Link(delay=Constant(0.02), loss=0.3),
        handling=Exponential(mean=0.1),
        workload=Periodic(interval=0.02),
        messages=100,
        adversary=kills,
    )
    outcome = live(scenario, at_least=50)
    ledger = outcome.ledger
    assert ((ledger["effects"] == 0) & (ledger["belief"] == "acknowledged")).any()
    assert (ledger["handovers"] > 1).any()
    events = [row.event for row in outcome.trace if row.node == "receiver" and row.message < 0]
    assert events == ["crashed", "restarted"] * 3


@pytest.mark.parametrize(
    "scenario",
    [
        CALM.replace("guarantee", Handshake(retry=RETRY)),
        Scenario(
            guarantee=StoreAndForward(retry=RETRY, parallel=5),
            link=Link(delay=Constant(0.02), loss=0.1),
            workload=Periodic(interval=0.02),
            messages=50,
            horizon=1.5,
            adversary=Script([Crash(node="sender", at=0.7, lasts=0.2)]),
        ),
        CALM.replace("guarantee", SendTwice(after=0.2)),
    ],
    ids=["handshake", "store and forward", "a student's own"],
)
def test_other_guarantees(scenario):
    live(scenario, at_least=20)


def test_a_burst_is_not_lost_in_a_buffer():
    live(
        Scenario(
            guarantee=AtMostOnce(),
            link=Link(delay=Constant(0.05), loss=0.1),
            workload=Bursts(size=1000, every=1.0),
            messages=1000,
        ),
        at_least=1000,
    )


@pytest.mark.slow
@pytest.mark.parametrize("guarantee", GUARANTEES.values(), ids=GUARANTEES)
def test_2000_messages_with_draws_of_their_own_agree_with_independent_simulations(guarantee):
    """Within 4 standard deviations of one run; what cannot vary is equal."""
    scenario = Scenario(
        guarantee=guarantee,
        link=Link(delay=Exponential(mean=0.02), loss=0.2, duplicate=0.05),
        workload=Periodic(interval=0.005),
        messages=2000,
        seed=31,
    )
    measured = simulate(scenario, engine="live")
    runs = [simulate(scenario.replace("seed", seed)) for seed in range(200)]
    apart = {}
    for name, count in COUNTED.items():
        found = np.array([count(run.ledger) for run in runs])
        difference, spread = count(measured.ledger) - found.mean(), found.std(ddof=1)
        apart[name] = difference / spread if spread else difference
    late_ms = {
        name: 1000 * (measured.summary[name] - np.mean([run.summary[name] for run in runs]))
        for name in ("latency_p50", "latency_p95", "latency_p99")
    }
    print(apart, late_ms)  # noqa: T201 - pytest -s shows it
    assert max(map(abs, apart.values())) < 4, (apart, late_ms)


COUNTED = {
    "lost": lambda ledger: (ledger["handovers"] == 0).sum(),
    "duplicates": lambda ledger: np.maximum(ledger["handovers"] - 1, 0).sum(),
    "attempts": lambda ledger: ledger["attempts"].sum(),
    "arrivals": lambda ledger: ledger["arrivals"].sum(),
    "acknowledgements": lambda ledger: ledger["acks_sent"].sum(),
}
