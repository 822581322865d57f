"""Timelines written out by hand: constant delays, scripted losses."""

from dataclasses import dataclass

import numpy as np
import pytest

from simulator import (
    AtLeastOnce,
    AtMostOnce,
    Bernoulli,
    BestEffort,
    Constant,
    ConstantBackoff,
    ExactlyOnce,
    ExponentialBackoff,
    Link,
    NoBackoff,
    Periodic,
    Retry,
    Scenario,
    Scripted,
    simulate,
)

CHAPTER = Retry(timeout=0.2, backoff=ExponentialBackoff(base=0.1), max_attempts=3)
STEADY = Link(delay=Constant(0.05))


def one(guarantee, link=STEADY, return_link=None, **others):
    """Run one message, traced."""
    scenario = Scenario(
        guarantee=guarantee, link=link, return_link=return_link, messages=1, **others
    )
    return simulate(scenario, trace=True)


def times(outcome, event):
    return [row.time_s for row in outcome.trace if row.event == event]


def test_the_chapters_retry_sends_at_0_and_300_and_700_ms_and_gives_up_at_900():
    outcome = one(AtLeastOnce(retry=CHAPTER), Link(loss=1.0))
    assert times(outcome, "sent") == [0, 0.3, 0.7]
    assert times(outcome, "timed_out") == [0.2, 0.5, 0.9]
    assert times(outcome, "gave_up") == [0.9]
    assert outcome.ledger["gave_up_s"].tolist() == [0.9]


@pytest.mark.parametrize(("guarantee", "handovers"), [(AtLeastOnce, 2), (ExactlyOnce, 1)])
def test_a_lost_first_acknowledgement_costs_a_resending(guarantee, handovers):
    back = Link(delay=Constant(0.05), loss=Scripted(lost={(0, 1)}))
    outcome = one(guarantee(retry=CHAPTER), STEADY, back)
    row = outcome.ledger
    assert row["handovers"].tolist() == [handovers]
    assert row["suppressed"].tolist() == [2 - handovers]
    assert row["attempts"].tolist() == [2]
    assert times(outcome, "sent") == [0, 0.3]
    assert times(outcome, "acknowledged") == [0.4]
    assert row["belief"].tolist() == ["acknowledged"]


def test_all_well_takes_one_attempt_and_one_round_trip():
    outcome = one(AtLeastOnce(retry=CHAPTER))
    told = [(row.time_s, row.event) for row in outcome.trace]
    assert told == [
        (0, "created"),
        (0, "sent"),
        (0.05, "arrived"),
        (0.05, "handed_over"),
        (0.05, "handled"),
        (0.05, "ack_sent"),
        (0.1, "arrived"),
        (0.1, "acknowledged"),
    ]


def test_an_acknowledgement_in_the_pause_ends_the_sending():
    """The round trip is 0.25 s, the timeout 0.2 s, the pause 0.1 s."""
    outcome = one(AtLeastOnce(retry=CHAPTER), Link(delay=Constant(0.125)))
    assert times(outcome, "sent") == [0]
    assert times(outcome, "timed_out") == [0.2]
    assert times(outcome, "acknowledged") == [0.25]


def test_an_acknowledgement_at_the_end_of_the_pause_counts():
    outcome = one(AtLeastOnce(retry=CHAPTER), Link(delay=Constant(0.15)))
    assert times(outcome, "sent") == [0]
    assert times(outcome, "acknowledged") == [0.3]


def test_a_late_acknowledgement_of_an_early_attempt_counts():
    """Round trip 0.5 s: resent at 0.3 s, acknowledged at 0.5 s by the first attempt's."""
    outcome = one(AtLeastOnce(retry=CHAPTER), Link(delay=Constant(0.25)))
    assert times(outcome, "sent") == [0, 0.3]
    assert times(outcome, "acknowledged") == [0.5]
    assert outcome.ledger["handovers"].tolist() == [2]


def test_an_acknowledgement_after_giving_up_changes_nothing():
    outcome = one(AtLeastOnce(retry=Retry(timeout=0.2, max_attempts=1)), Link(delay=Constant(0.2)))
    row = outcome.ledger
    assert row["gave_up_s"].tolist() == [0.2]
    assert np.isnan(row["acknowledged_s"]).all()
    assert row["belief"].tolist() == ["gave_up"]
    assert outcome.summary["in_doubt_rate"] == 1
    assert outcome.links["receiver→sender"].arrived == 1


@pytest.mark.parametrize(
    ("deadline", "sendings", "end"),
    [
        (0.1, [0], 0.1),  # in the middle of the first wait
        (0.2, [0], 0.2),  # when the first wait ends
        (0.25, [0], 0.25),  # in the middle of the pause
        (0.3, [0], 0.3),  # when the pause ends: nothing is sent at the deadline
        (0.4, [0, 0.3], 0.4),
        (0.9, [0, 0.3, 0.7], 0.9),
        (5.0, [0, 0.3, 0.7], 0.9),  # the attempts are over first
    ],
)
def test_a_deadline_ends_a_wait_or_a_pause_in_the_middle(deadline, sendings, end):
    retry = Retry(
        timeout=0.2, backoff=ExponentialBackoff(base=0.1), max_attempts=3, deadline=deadline
    )
    outcome = one(AtLeastOnce(retry=retry), Link(loss=1.0))
    assert times(outcome, "sent") == sendings
    assert times(outcome, "gave_up") == [end]


def test_an_acknowledgement_at_the_deadline_counts():
    retry = Retry(timeout=5.0, deadline=0.1)
    outcome = one(AtLeastOnce(retry=retry))
    assert outcome.ledger["belief"].tolist() == ["acknowledged"]


def test_a_growing_timeout_is_capped():
    retry = Retry(timeout=0.2, timeout_factor=2, max_timeout=0.5, max_attempts=4)
    outcome = one(AtLeastOnce(retry=retry), Link(loss=1.0))
    assert times(outcome, "sent") == [0, 0.2, 0.6, 1.1]
    assert times(outcome, "gave_up") == [1.6]


@pytest.mark.parametrize("engine", ["discrete-event", "vectorized"])
def test_a_round_trip_as_long_as_the_timeout_needs_no_resending(engine):
    """The tie rule, over 10,000 messages: with float seconds, a quarter would be resent."""
    scenario = Scenario(
        guarantee=AtLeastOnce(retry=Retry(timeout=0.2)),
        link=Link(delay=Constant(0.1)),
        workload=Periodic(interval=0.01),
        messages=10_000,
    )
    outcome = simulate(scenario, engine=engine)
    assert outcome.ledger["attempts"].max() == 1
    assert (outcome.ledger["belief"] == "acknowledged").all()


def test_a_round_trip_a_nanosecond_longer_does():
    outcome = one(AtLeastOnce(retry=Retry(timeout=0.2)), Link(delay=Constant(0.1 + 1e-9)))
    assert outcome.ledger["attempts"].tolist() == [2]


def test_at_most_once_and_best_effort_send_once_and_are_never_told():
    for guarantee in (AtMostOnce(), BestEffort()):
        outcome = one(guarantee)
        assert outcome.ledger["belief"].tolist() == ["sent"]
        assert outcome.ledger["attempts"].tolist() == [1]
        assert [row.attempt for row in outcome.trace if row.event == "sent"] == [1]
        assert outcome.ledger["acks_sent"].tolist() == [0]


@pytest.mark.parametrize(
    ("guarantee", "handovers", "suppressed", "acks"),
    [
        (BestEffort(), 2, 0, 0),
        (AtMostOnce(), 1, 1, 0),
        (AtLeastOnce(), 2, 0, 2),
        (ExactlyOnce(), 1, 1, 2),
    ],
)
def test_a_duplicate_made_by_the_network(guarantee, handovers, suppressed, acks):
    row = one(guarantee, Link(delay=Constant(0.05), duplicate=1.0)).ledger
    assert row["arrivals"].tolist() == [2]
    assert row["handovers"].tolist() == [handovers]
    assert row["suppressed"].tolist() == [suppressed]
    assert row["acks_sent"].tolist() == [acks]


def test_effects_of_an_idempotent_operation_are_at_most_one():
    link = Link(delay=Constant(0.05), duplicate=1.0)
    assert one(BestEffort(), link).ledger["effects"].tolist() == [2]
    assert one(BestEffort(), link, idempotent=True).ledger["effects"].tolist() == [1]


@pytest.mark.parametrize("engine", ["discrete-event", "vectorized"])
def test_what_is_in_flight_at_the_horizon_is_undecided_not_lost(engine):
    """Messages at 0, 0.1, 0.2 and 0.3 s; they arrive 0.15 s later, and the run ends at 0.3 s."""
    scenario = Scenario(
        guarantee=BestEffort(),
        link=Link(delay=Constant(0.15)),
        workload=Periodic(interval=0.1),
        messages=10,
        horizon=0.3,
    )
    outcome = simulate(scenario, engine=engine)
    assert outcome.ledger["created_s"].tolist() == [0, 0.1, 0.2]
    assert outcome.ledger["undecided"].tolist() == [False, False, True]
    assert outcome.summary["loss_rate"] == 0
    assert outcome.summary["undecided_rate"] == pytest.approx(1 / 3)
    assert outcome.links["sender→receiver"].in_flight == 1


def test_a_message_whose_data_are_in_flight_when_its_sender_gave_up_is_undecided():
    guarantee = AtLeastOnce(retry=Retry(timeout=0.1, max_attempts=1))
    outcome = one(guarantee, Link(delay=Constant(1.0)), horizon=0.5)
    assert outcome.ledger["belief"].tolist() == ["gave_up"]
    assert outcome.ledger["undecided"].tolist() == [True]


@dataclass(frozen=True)
class SendTwice:
    """A student's own guarantee: every message twice, 0.1 s apart."""

    def send(self, channel, message):
        channel.transmit(message, attempt=1)
        yield channel.timeout(0.1)
        channel.transmit(message, attempt=2)

    def receive(self, channel, copy):
        channel.hand_over(copy)


def test_a_students_own_guarantee_plugs_in():
    outcome = one(SendTwice())
    assert times(outcome, "handed_over") == [0.05, 0.15]
    assert outcome.ledger["belief"].tolist() == ["sent"]
    assert outcome.verdict.status == "no promise"


@dataclass(frozen=True)
class EveryThird:
    """A student's own loss: every third message, whatever the attempt."""

    def loses(self, transmission, u):
        return transmission.message % 3 == 0


@dataclass(frozen=True)
class Triangular:
    """A student's own delay: triangular on [0, 2 × mean]."""

    mean: float

    def quantile(self, u):
        rising = np.sqrt(u / 2)
        return 2 * self.mean * np.where(u < 0.5, rising, 1 - np.sqrt((1 - u) / 2))


@dataclass(frozen=True)
class Fibonacci:
    """A student's own backoff."""

    def pause_after(self, attempt, previous, u):
        a, b = 0, 1
        for _ in range(attempt):
            a, b = b, a + b
        return a / 10


def test_a_students_own_loss_delay_and_backoff_plug_in():
    scenario = Scenario(
        guarantee=AtLeastOnce(retry=Retry(timeout=0.2, backoff=Fibonacci(), max_attempts=4)),
        link=Link(delay=Triangular(0.02), loss=EveryThird()),
        messages=9,
    )
    outcome = simulate(scenario, trace=True)
    assert outcome.engine == "discrete-event"
    assert (outcome.ledger["handovers"] == 0).tolist() == [True, False, False] * 3
    first = [r.time_s for r in outcome.trace if r.event == "sent" and r.message == 0]
    assert first == [0, 0.3, 0.6, 1.0]
    assert (
        simulate(scenario.replace("link.loss", 0.1).replace("guarantee", BestEffort())).engine
        == "vectorized"
    )


def test_backoff_none_and_constant():
    for backoff, sendings in ((NoBackoff(), [0, 0.2, 0.4]), (ConstantBackoff(0.1), [0, 0.3, 0.6])):
        retry = Retry(timeout=0.2, backoff=backoff, max_attempts=3)
        outcome = one(AtLeastOnce(retry=retry), Link(loss=Bernoulli(rate=1.0)))
        assert times(outcome, "sent") == sendings


@pytest.mark.parametrize("guarantee", [AtLeastOnce, ExactlyOnce])
@pytest.mark.parametrize(
    ("acknowledge", "order"),
    [("before", ["ack_sent", "handed_over"]), ("after", ["handed_over", "ack_sent"])],
)
def test_a_copy_is_acknowledged_before_or_after_it_is_handed_over(guarantee, acknowledge, order):
    outcome = one(guarantee(acknowledge=acknowledge))
    assert [row.event for row in outcome.trace if row.event in order] == order
