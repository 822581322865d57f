"""On machines that are late at random, whoever is not too close to call met the same fate.

That is what the comparison promises of any machine: here stalls of up to 2, 20 or 100 ms befall
the three processes at each step, in scenarios with crashes, deadlines, handling and horizons.
"""

import random
from typing import Any

import pytest

from simulator import (
    At,
    AtLeastOnce,
    AtMostOnce,
    BestEffort,
    Bursts,
    Constant,
    Crash,
    ExactlyOnce,
    Exponential,
    ExponentialBackoff,
    Handshake,
    Link,
    Outages,
    Periodic,
    Poisson,
    Retry,
    Scenario,
    Script,
    Scripted,
    StoreAndForward,
    Uniform,
)
from simulator.live import compare, predict
from tests.simulator.live.double import SlowDouble, StalledDouble
from tests.simulator.live.own import LosesAfter, SendTwice

RETRY = Retry(timeout=0.2, max_attempts=4, backoff=ExponentialBackoff(base=0.05))
IGNORES = Retry(timeout=0.12, late_answers="ignore")
DEADLINE = Retry(timeout=0.1, deadline=0.35, max_attempts=None)
GUARANTEES = (
    BestEffort(),
    AtMostOnce(),
    AtLeastOnce(retry=RETRY),
    AtLeastOnce(retry=RETRY, acknowledge="before"),
    AtLeastOnce(retry=DEADLINE),
    AtLeastOnce(retry=IGNORES),
    ExactlyOnce(retry=RETRY),
    ExactlyOnce(retry=RETRY, durable=False),
    ExactlyOnce(retry=IGNORES),
    Handshake(retry=RETRY),
    Handshake(retry=RETRY, durable=False),
    StoreAndForward(retry=RETRY, rest=0.3, parallel=3),
    SendTwice(after=0.07),
)
DELAYS = (Exponential(mean=0.05), Constant(0.05), Uniform(low=0.0, high=0.1))
CRASHES = Script(
    [
        Crash(node="receiver", at=0.5, lasts=0.3),
        Crash(node="receiver", at=1.1, lasts=0.1),
        Crash(node="sender", at=1.5, lasts=0.2),
    ]
)


def scenario_of(seed):
    """Return a scenario, drawn."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    guarantee = rng.choice(GUARANTEES)
    rest: dict[str, Any] = {}
    if rng.random() < 0.5:
        rest["handling"] = rng.choice([Exponential(mean=0.05), Constant(0.03)])
    if rng.random() < 0.5:
        rest["adversary"] = CRASHES
    if rng.random() < 0.3 or isinstance(guarantee, StoreAndForward):
        rest["horizon"] = 2.0
    loss = 0.2 if rng.random() < 0.7 else Outages(windows=((0.2, 0.4), (0.9, 1.0)))
    return Scenario(
        guarantee=guarantee,
        link=Link(delay=rng.choice(DELAYS), loss=loss, duplicate=0.1),
        workload=Periodic(interval=0.02) if rng.random() < 0.5 else Poisson(rate=50),
        messages=100,
        seed=seed,
        **rest,
    )


def check(seeds, worst_s):
    """Compare on a machine that is late by so much at worst; return how many were judged."""
    judged = 0
    for seed in seeds:
        scenario = scenario_of(seed)
        run = SlowDouble(scenario, seed=seed, worst_s=worst_s).run()
        fates = compare(run, predict(scenario))
        assert not fates.different, (seed, scenario)
        assert not fates.mislaid.any(), (seed, scenario)
        assert all(counts.conserved and counts.dropped >= 0 for counts in run.links.values())
        judged += fates.judged
    return judged


@pytest.mark.parametrize(("worst_s", "least"), [(0.002, 700), (0.02, 200), (0.1, 50)])
def test_whoever_is_not_too_close_to_call_met_the_same_fate(worst_s, least):
    assert check(range(12), worst_s) > least


@pytest.mark.slow
@pytest.mark.parametrize("hundred", range(10, 16))
@pytest.mark.parametrize("worst_s", [0.002, 0.02, 0.1])
def test_many_times(worst_s, hundred):
    assert check(range(100 * hundred, 100 * hundred + 100), worst_s) > 500


LINK = Link(delay=Constant(0.05))
ONE: dict[str, Any] = {"link": LINK, "messages": 1}
KILL = Script([Crash(node="receiver", at=0.1, lasts=0.5)])
STALLS = {
    "on two ways, each less than the slack": (
        # The answer is due at 100 ms, the timeout at 150: 30 ms late on either way is too late.
        Scenario(guarantee=AtLeastOnce(retry=Retry(timeout=0.15)), **ONE),
        {"receiver": (0.04, 0.08), "proxy": (0.12, 0.16)},
    ),
    "by mail that pushed a retry beyond the deadline": (
        # Attempts at 0, 45, 90 and 135 ms, up to the deadline; all of its answers are lost. At 90
        # the sender stalls until 102, and first reads the answer to message 1.
        Scenario(
            guarantee=AtLeastOnce(retry=Retry(timeout=0.045, max_attempts=None, deadline=0.14)),
            link=LINK,
            return_link=Link(
                delay=Constant(0.05), loss=Scripted(lost=frozenset((0, k) for k in range(1, 5)))
            ),
            workload=At(times=(0.0, 0.0)),
            messages=2,
        ),
        {"sender": (0.08, 0.102)},
    ),
    "until it was killed, its mail unread": (
        Scenario(guarantee=AtMostOnce(), adversary=KILL, **ONE),
        {"receiver": (0.04, 0.2)},
    ),
    "until it was killed in a handling that should have ended": (
        Scenario(guarantee=AtMostOnce(), adversary=KILL, handling=Constant(0.03), **ONE),
        {"receiver": (0.06, 0.2)},
    ),
    "so that a handling began too late": (
        Scenario(guarantee=AtMostOnce(), adversary=KILL, handling=Constant(0.03), **ONE),
        {"receiver": (0.04, 0.085)},
    ),
    "into an outage of the link back": (
        Scenario(
            guarantee=AtLeastOnce(retry=Retry(timeout=0.5)),
            return_link=Link(delay=Constant(0.05), loss=Outages(windows=((0.06, 0.4),))),
            **ONE,
        ),
        {"receiver": (0.04, 0.07)},
    ),
    "into an outage of the link, for a release": (
        Scenario(
            guarantee=Handshake(retry=Retry(timeout=0.5)),
            link=Link(delay=Constant(0.05), loss=Outages(windows=((0.11, 0.4),))),
            return_link=LINK,
            messages=1,
        ),
        {"sender": (0.09, 0.12)},
    ),
    "into an outage of a student's own": (
        Scenario(
            guarantee=AtLeastOnce(retry=Retry(timeout=0.5)),
            return_link=Link(delay=Constant(0.05), loss=LosesAfter(seconds=0.06)),
            **ONE,
        ),
        {"receiver": (0.04, 0.07)},
    ),
    "over the horizon": (
        Scenario(guarantee=AtMostOnce(), horizon=0.1, **ONE),
        {"receiver": (0.04, 0.11)},
    ),
    "before it created anything": (
        Scenario(
            guarantee=AtMostOnce(),
            adversary=Script([Crash(node="sender", at=0.1, lasts=0.5)]),
            workload=At(times=(0.05,)),
            **ONE,
        ),
        {"sender": (0.04, 0.2)},
    ),
}


@pytest.mark.parametrize(("scenario", "stalls"), STALLS.values(), ids=STALLS)
def test_a_stall_that_changes_a_fate_makes_it_too_close_to_call(scenario, stalls):
    fates = compare(StalledDouble(scenario, **stalls).run(), predict(scenario))
    assert not fates.equal[0]
    assert fates.too_close[0]
    assert not fates.different
    assert not fates.mislaid.any()
    calm = compare(StalledDouble(scenario).run(), predict(scenario))
    assert calm.equal.all()
    assert calm.judged == sum(calm.slack_ns > 0)


def test_mail_that_was_not_read_before_the_kill():
    """Ten messages arrive at 50 ms, five are read by 100."""
    scenario = Scenario(
        guarantee=AtMostOnce(),
        link=LINK,
        workload=Bursts(size=10, every=1.0),
        messages=10,
        adversary=KILL,
    )
    fates = compare(StalledDouble(scenario, steps={"receiver": 0.01}).run(), predict(scenario))
    assert fates.equal.tolist() == [True] * 5 + [False] * 5
    assert not fates.different


def test_what_was_due_already_when_the_last_step_was_done():
    """The second message was due at 96 ms; at 98.5 the first was sent, at 100 came the kill."""
    scenario = Scenario(
        guarantee=AtMostOnce(),
        link=LINK,
        workload=At(times=(0.095, 0.096)),
        messages=2,
        adversary=Script([Crash(node="sender", at=0.1, lasts=0.5)]),
    )
    slow = StalledDouble(scenario, steps={"sender": 0.002}, sender=(0.09, 0.0965))
    fates = compare(slow.run(), predict(scenario))
    assert fates.equal.tolist() == [True, False]
    assert not fates.different


def test_a_copy_that_fell_to_a_kill_is_not_put_down_to_the_machine():
    """The network duplicates each answer; one copy is read, and one falls to the kill."""
    scenario = Scenario(
        guarantee=AtLeastOnce(retry=Retry(timeout=0.5)),
        link=LINK,
        return_link=Link(delay=Uniform(low=0.01, high=0.2), duplicate=1.0),
        workload=Periodic(interval=0.005),
        messages=40,
        adversary=Script([Crash(node="sender", at=0.15, lasts=0.03)]),
    )
    for start in (0.08, 0.1, 0.12, 0.14):
        run = StalledDouble(scenario, sender=(start, 0.17)).run()
        assert not run.mislaid
        assert not compare(run, predict(scenario)).different


def test_what_comes_after_the_horizon_is_undecided():
    scenario = Scenario(guarantee=AtMostOnce(), horizon=0.1, **ONE)
    run = StalledDouble(scenario, receiver=(0.04, 0.11)).run()
    assert run.ledger is not None
    assert run.ledger["undecided"].tolist() == [True]
    assert run.links["sender→receiver"].in_flight == 1


class Forgetful(SlowDouble):
    """A live run whose receiver hands over a message again, now and then."""

    def deliver(self, role, datagram):
        super().deliver(role, datagram)
        if role == "receiver" and datagram.message % 10 == 0:
            super().deliver(role, datagram)


def test_a_live_run_that_is_wrong_is_noticed():
    scenario = Scenario(
        guarantee=AtLeastOnce(retry=Retry(timeout=0.5)),
        link=Link(delay=Constant(0.05)),
        messages=100,
    )
    fates = compare(Forgetful(scenario, seed=1, worst_s=0.002).run(), predict(scenario))
    assert fates.different == list(range(0, 100, 10))


class Leaky(StalledDouble):
    """A machine that loses a datagram between two processes, in a full buffer."""

    def deliver(self, role, datagram):
        if role != "receiver" or datagram.message != 70:
            super().deliver(role, datagram)


@pytest.mark.parametrize("adversary", [None, KILL], ids=["calm", "with a kill"])
def test_what_the_machine_itself_loses_is_mislaid(adversary):
    scenario = Scenario(guarantee=AtMostOnce(), link=LINK, messages=100, adversary=adversary)
    run = Leaky(scenario).run()
    assert run.mislaid == {70}
    fates = compare(run, predict(scenario))
    assert fates.mislaid.tolist() == [number == 70 for number in range(100)]
    assert not fates.different
    assert all(counts.conserved for counts in run.links.values())
