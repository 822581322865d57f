"""How much later things may be before a message's fate is another, worked out by hand."""

import numpy as np
import pytest

from simulator import (
    At,
    AtLeastOnce,
    AtMostOnce,
    Constant,
    Crash,
    Handshake,
    Link,
    Lose,
    Retry,
    Scenario,
    Script,
    StoreAndForward,
)
from simulator.clock import END_OF_TIME
from simulator.live import compare, predict
from tests.simulator.live.double import Double, SlowDouble
from tests.simulator.live.own import SendTwice

MS = 10**6
LINK = Link(delay=Constant(0.05))


def slack_ms(**settings):
    settings = {
        "guarantee": AtLeastOnce(retry=Retry(timeout=0.5)),
        "link": LINK,
        "workload": At(times=(0.0,)),
        "messages": 1,
        **settings,
    }
    found = predict(Scenario(**settings)).slack_ns
    return [None if slack == END_OF_TIME else slack / MS for slack in found]


def test_an_answer_and_the_end_of_the_wait():
    assert slack_ms() == [400]  # the answer at 100 ms, the timeout at 500
    assert slack_ms(guarantee=AtLeastOnce(retry=Retry(timeout=0.1))) == [0]  # a tie
    # At 60 ms the second attempt; at 100 the answer to the first; at 120 the next would be.
    assert slack_ms(guarantee=AtLeastOnce(retry=Retry(timeout=0.06))) == [20]


def test_nothing_can_change_where_nobody_waits():
    assert slack_ms(guarantee=AtMostOnce()) == [None]


def test_a_deadline_and_what_would_come_after_it():
    retry = Retry(timeout=0.04, max_attempts=None, deadline=0.09)
    # Waits end at 40 and 80 ms, and would at 120 but for the deadline; the answer comes at 100.
    assert slack_ms(guarantee=AtLeastOnce(retry=retry)) == [10]


def test_the_horizon_and_whatever_is_nearest_to_it():
    assert slack_ms(horizon=0.107, guarantee=AtLeastOnce(retry=Retry(timeout=0.5))) == [7]


def test_a_crash_of_the_receiver_and_an_arrival():
    crash = Script([Crash(node="receiver", at=0.058, lasts=0.1)])
    assert slack_ms(adversary=crash) == [8]
    # Handled from 50 to 55 ms, which is nearer.
    assert slack_ms(adversary=crash, handling=Constant(0.005)) == [3]


def test_a_crash_of_the_sender_and_the_creation():
    crash = Script([Crash(node="sender", at=0.01, lasts=1.0)])
    assert slack_ms(adversary=crash) == [10]


def test_two_arrivals_under_a_handshake():
    """The copy of the data and its release: whichever comes first decides."""
    retry = Retry(timeout=0.08)
    # Data at 0 and 80 ms, arriving at 50 and 130; the answer at 100, the release arriving at 150.
    assert slack_ms(guarantee=Handshake(retry=retry)) == [20]


def test_timers_of_a_students_own_guarantee():
    assert slack_ms(guarantee=SendTwice(after=0.04), horizon=0.1) == [10]


def test_who_meets_another_fate_makes_those_behind_uncertain():
    """Under store and forward a message waits for those before it."""
    scenario = Scenario(
        guarantee=StoreAndForward(retry=Retry(timeout=0.11, max_attempts=2), rest=0.1),
        link=LINK,
        workload=At(times=(0.0, 0.01, 0.02)),
        messages=3,
        horizon=2.0,
    )
    run, prediction = Double(scenario).run(), predict(scenario)
    assert compare(run, prediction).same == 3
    lateness = run.lateness
    object.__setattr__(lateness, "done_ns", lateness.due_ns + 20 * MS)  # more than the slack of 10
    run.ledger = simulate_without_the_first_answer(scenario)
    fates = compare(run, prediction)
    assert fates.too_close.tolist() == [True, True, True]


def simulate_without_the_first_answer(scenario):
    script = Script([Lose(message=0, what="acknowledgement")])
    return predict(scenario.replace("adversary", script)).ledger


@pytest.mark.parametrize("late_s", [0.02, 0.1])
def test_what_is_too_close_is_counted_and_not_taken_for_equal(late_s):
    scenario = Scenario(guarantee=AtLeastOnce(retry=Retry(timeout=0.15)), link=LINK, messages=100)
    fates = compare(SlowDouble(scenario, seed=1, worst_s=late_s).run(), predict(scenario))
    assert fates.judged == 100 - fates.too_close.sum()
    assert fates.same <= fates.judged
    assert np.array_equal(fates.too_close, fates.slack_ns <= fates.late_ns)
