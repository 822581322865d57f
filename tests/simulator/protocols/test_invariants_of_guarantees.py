"""What every run of each guarantee has in common, read from its trace.

Six guarantees as their descriptions have them, in random scenarios: what the sender does until it
is answered, and what the receiver does with each copy that arrives.
"""

import dataclasses
from collections import Counter, defaultdict
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import (
    AtLeastOnce,
    AtMostOnce,
    BestEffort,
    ConstantBackoff,
    ExactlyOnce,
    Handshake,
    Retry,
    StoreAndForward,
    simulate,
)
from simulator.policies import Promise
from tests.simulator.strategies import coarse, scenarios

HORIZON = 150.0
"""In seconds: all messages are created, and all attempts over, long before it."""
SILENCE = 1.5
"""Longer than a timeout, a pause and a rest below, one after the other, in seconds."""

retries = st.builds(
    Retry,
    timeout=st.sampled_from([0.05, 0.1, 0.2]),
    timeout_factor=st.sampled_from([1.0, 2.0]),
    max_timeout=st.just(0.5),
    backoff=st.builds(ConstantBackoff, coarse),
    max_attempts=st.integers(1, 4),
    deadline=st.none() | st.sampled_from([0.2, 0.35]),
)
moments = st.sampled_from(["before", "after"])
GUARANTEES = {
    "best effort": st.just(BestEffort()),
    "at most once": st.just(AtMostOnce()),
    "at least once": st.builds(AtLeastOnce, retry=retries, acknowledge=moments),
    "exactly once": st.builds(ExactlyOnce, retry=retries, acknowledge=moments),
    "handshake": st.builds(Handshake, retry=retries),
    "store and forward": st.builds(
        StoreAndForward,
        retry=retries,
        rest=st.sampled_from([0.1, 0.5]),
        parallel=st.integers(1, 3),
    ),
}
IGNORANT = ("best effort", "at most once")
KNOWING = ("at least once", "exactly once", "handshake")
PATIENT = ("store and forward",)


def each(*kinds):
    """Parametrise by guarantee: of each, so many random runs."""

    def decorate(test):
        drawn = settings(max_examples=40)(given(data=st.data())(test))
        return pytest.mark.parametrize("kind", kinds)(drawn)

    return decorate


@st.composite
def runs(draw, /, kind, **changes):
    """The guarantee, the outcome, and the rows of each message in order."""
    scenario, guarantee = draw(scenarios), draw(GUARANTEES[kind])
    ordered = isinstance(guarantee, Handshake)
    link = dataclasses.replace(scenario.link, ordered=ordered, **changes)
    scenario = dataclasses.replace(
        scenario,
        guarantee=guarantee,
        link=link,
        messages=min(scenario.messages, 10),
        horizon=HORIZON,
    )
    outcome = simulate(scenario, trace=True)
    rows = defaultdict(list)
    for row in outcome.trace:
        rows[row.message].append(row)
    return guarantee, outcome, rows


def times_of(rows, *events):
    return [row.time_s for row in rows if row.event in events]


@each(*GUARANTEES)
def test_the_first_copy_to_arrive_is_handed_over_and_so_are_others_unless_promised_otherwise(
    kind, data
):
    guarantee, outcome, rows = data.draw(runs(kind))
    for number, handovers in enumerate(outcome.ledger["handovers"]):
        arrived = [row for row in rows[number] if row.event == "arrived" and row.node == "receiver"]
        if Promise.NEVER_TWICE in guarantee.promises:
            assert handovers == bool(arrived)
        else:
            assert handovers == len(arrived)


@each(*GUARANTEES)
def test_each_copy_that_arrives_is_handled_once_and_answered_once_if_at_all_in_this_order(
    kind, data
):
    guarantee, _, rows = data.draw(runs(kind))
    handlings = {"handed_over", "suppressed", "released"}
    before = getattr(guarantee, "acknowledge", "after") == "before"
    for row_of_message in rows.values():
        steps = defaultdict(list)
        for row in row_of_message:
            if row.node == "receiver":
                steps[row.attempt, row.copy].append(row.event)
        for events in steps.values():
            handling = [event for event in events if event in handlings]
            assert len(handling) == 1
            if handling == ["handed_over"]:
                handling.append("handled")  # at once: it takes no time
            answer = ["ack_sent"] if guarantee.acknowledges else []
            expected = [*answer, *handling] if before else [*handling, *answer]
            assert events == ["arrived", *expected]


@each(*GUARANTEES)
def test_each_copy_of_a_release_lets_the_receiver_forget_and_no_other_does(kind, data):
    _, outcome, rows = data.draw(runs(kind))
    ledger = outcome.ledger
    for number, row_of_message in rows.items():
        released = len(times_of(row_of_message, "released"))
        data = ledger["handovers"][number] + ledger["suppressed"][number]
        assert data + released == ledger["arrivals"][number]
        assert (released > 0) <= (len(times_of(row_of_message, "release_sent")) > 0)


@each(*IGNORANT)
def test_a_sender_that_is_not_answered_sends_once(kind, data):
    _, outcome, rows = data.draw(runs(kind))
    assert outcome.ledger["attempts"].tolist() == [1] * len(outcome.ledger)
    assert outcome.ledger["acks_sent"].sum() == 0
    for row_of_message in rows.values():
        assert times_of(row_of_message, "created") == times_of(row_of_message, "sent")


@each(*KNOWING)
def test_each_message_is_acknowledged_or_given_up_after_all_attempts_or_at_its_deadline(kind, data):
    guarantee, outcome, rows = data.draw(runs(kind))
    deadline, most = guarantee.retry.deadline, guarantee.retry.max_attempts
    for number, belief in enumerate(outcome.ledger["belief"]):
        assert belief in {"acknowledged", "gave_up"}
        sent = times_of(rows[number], "sent")
        gave_up = times_of(rows[number], "gave_up")
        assert 1 <= len(sent) <= most
        assert bool(gave_up) == (belief == "gave_up")
        if gave_up and len(sent) < most:
            assert deadline is not None
            assert gave_up[0] >= rows[number][0].time_s + deadline - 1e-9
        # Answers that come in time are believed.
        answered = [r.time_s for r in rows[number] if r.event == "arrived" and r.node == "sender"]
        if belief == "gave_up":
            assert all(instant >= gave_up[0] for instant in answered)
        else:
            assert answered[0] == times_of(rows[number], "acknowledged")[0]


@each(*KNOWING, *PATIENT)
def test_nothing_is_sent_of_a_message_that_was_acknowledged_or_given_up_but_its_release(kind, data):
    _, _, rows = data.draw(runs(kind))
    for row_of_message in rows.values():
        events = [row.event for row in row_of_message]
        for last, nevermore in (
            ("acknowledged", "sent"),
            ("gave_up", "sent"),
            ("gave_up", "release_sent"),
            ("completed", "release_sent"),
        ):
            if last in events:
                assert nevermore not in events[events.index(last) :]
        assert events.count("gave_up") + events.count("acknowledged") <= 1


@each(*KNOWING)
def test_after_an_attempt_comes_the_next_no_sooner_than_its_timeout_and_one_copy_each(kind, data):
    guarantee, _, rows = data.draw(runs(kind))
    for row_of_message in rows.values():
        sent = [row for row in row_of_message if row.event in {"sent", "release_sent"}]
        assert [row.attempt for row in sent] == list(range(1, len(sent) + 1))
        for earlier, later in pairwise(sent):
            if earlier.event == later.event:
                assert later.time_s - earlier.time_s >= guarantee.retry.timeout - 1e-9


@each("handshake")
def test_a_handshake_releases_once_it_is_acknowledged_until_complete_or_out_of_attempts(kind, data):
    guarantee, outcome, rows = data.draw(runs(kind))
    deadline, most = guarantee.retry.deadline, guarantee.retry.max_attempts
    for number, belief in enumerate(outcome.ledger["belief"]):
        released = times_of(rows[number], "release_sent")
        if belief == "acknowledged" and deadline is None:
            assert released[0] == times_of(rows[number], "acknowledged")[0]
            assert len(released) == most or times_of(rows[number], "completed")
        if belief == "gave_up":
            assert not released


@each(*PATIENT)
def test_store_and_forward_never_gives_up_and_keeps_its_turns(kind, data):
    guarantee, outcome, rows = data.draw(runs(kind))
    beliefs = Counter(outcome.ledger["belief"].tolist())
    assert set(beliefs) <= {"waiting", "acknowledged"}
    if beliefs["waiting"]:
        latest = max(time for row in rows.values() for time in times_of(row, "sent"))
        assert latest > HORIZON - SILENCE
    under_way = set()
    for row in outcome.trace:
        if row.event == "sent":
            under_way.add(row.message)
            assert len(under_way) <= guarantee.parallel
        elif row.event == "acknowledged":
            under_way.discard(row.message)
    first = [times_of(rows[number], "sent")[:1] or [HORIZON] for number in sorted(rows)]
    assert first == sorted(first)


@each(*PATIENT)
def test_over_a_link_that_loses_everything_all_that_is_stored_waits(kind, data):
    _, outcome, _ = data.draw(runs(kind, loss=1.0))
    assert set(outcome.ledger["belief"]) == {"waiting"}
    assert outcome.verdict.status == "undecided"
