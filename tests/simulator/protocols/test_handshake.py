"""Exactly once by four-way handshake: its timelines, its memory, and the order that it needs."""

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import (
    AtLeastOnce,
    Constant,
    Crash,
    ExactlyOnce,
    Exponential,
    Handshake,
    Link,
    Network,
    NotVectorizable,
    Periodic,
    Retry,
    Scenario,
    Scripted,
    simulate,
)
from tests.simulator.strategies import retries, scenarios

STEADY = Link(delay=Constant(0.05))
RETRY = Retry(timeout=0.2, max_attempts=3)


def story(link=STEADY, return_link=None, retry=RETRY):
    scenario = Scenario(
        guarantee=Handshake(retry=retry), link=link, return_link=return_link, messages=1
    )
    outcome = simulate(scenario, trace=True)
    told = [(row.time_s, row.event, row.attempt) for row in outcome.trace if row.event != "arrived"]
    return outcome.ledger, told


def test_four_transmissions_when_all_is_well():
    ledger, told = story()
    assert told == [
        (0.0, "created", 0),
        (0.0, "sent", 1),
        (0.05, "handed_over", 1),
        (0.05, "handled", 1),
        (0.05, "ack_sent", 1),
        (0.1, "acknowledged", 1),
        (0.1, "release_sent", 2),
        (0.15, "released", 2),
        (0.15, "ack_sent", 2),
        (0.2, "completed", 2),
    ]
    assert ledger["attempts"].tolist() == ledger["acks_sent"].tolist() == [2]
    assert ledger["acknowledged_s"].tolist() == [0.1]


def test_lost_data_are_sent_again():
    ledger, told = story(Link(delay=Constant(0.05), loss=Scripted(lost={(0, 1)})))
    assert [row for row in told if row[1] in {"sent", "timed_out", "release_sent"}] == [
        (0.0, "sent", 1),
        (0.2, "timed_out", 1),
        (0.2, "sent", 2),
        (0.3, "release_sent", 3),
    ]
    assert ledger["handovers"].tolist() == [1]


def test_a_lost_received_makes_the_sender_resend_data_that_are_suppressed():
    ledger, told = story(return_link=Link(delay=Constant(0.05), loss=Scripted(lost={(0, 1)})))
    assert (0.25, "suppressed", 2) in told
    assert ledger["handovers"].tolist() == ledger["suppressed"].tolist() == [1]
    assert told[-1] == (0.4, "completed", 3)


@pytest.mark.parametrize("lost", ["release", "complete"])
def test_a_lost_release_or_complete_makes_the_sender_release_again(lost):
    losing = Link(delay=Constant(0.05), loss=Scripted(lost={(0, 2)}))
    link, back = (losing, STEADY) if lost == "release" else (STEADY, losing)
    ledger, told = story(link, back)
    releases = [row[0] for row in told if row[1] == "release_sent"]
    assert releases == pytest.approx([0.1, 0.3])
    assert told[-1] == (0.4, "completed", 3)
    assert ledger["handovers"].tolist() == [1]
    assert ledger["suppressed"].tolist() == [0]


def test_a_sender_that_stops_releasing_leaves_the_receiver_with_a_memory_for_ever():
    net, sender, receiver, channel = pair(
        Link(delay=Constant(0.05), loss=Scripted(lost={(0, 2), (0, 3), (0, 4)})),
        Handshake(retry=RETRY),
    )
    sender.send(receiver, "work", guarantee=Handshake(retry=RETRY))
    net.run()
    assert sender.ledger["belief"].tolist() == ["acknowledged"]
    assert len(channel.memory()) == 1


def pair(link, guarantee):
    net = Network(seed=3)
    sender, receiver = net.node("sender"), net.node("receiver")
    net.connect(sender, receiver, link)
    receiver.on("work")(lambda message: None)
    return net, sender, receiver, net.channel(sender, receiver, guarantee).receiver


LOSSY: dict[str, Any] = {"delay": Exponential(mean=0.05), "loss": 0.3, "duplicate": 0.2}
PATIENT = Retry(timeout=0.2, max_attempts=None)


def remembered(guarantee, messages=1_000):
    """The most that the receiver remembers at a time, and the messages that were handed over."""
    net, sender, receiver, channel = pair(Link(**LOSSY, ordered=True), guarantee)
    sender.drive(
        Periodic(interval=0.01),
        lambda _: sender.send(receiver, "work", guarantee=guarantee),
        messages=messages,
    )
    net.run()
    return channel.memory().most, len(channel.memory()), set(sender.ledger["handovers"])


def test_over_a_link_that_keeps_order_every_message_is_handed_over_once():
    scenario = Scenario(
        guarantee=Handshake(retry=PATIENT),
        link=Link(**LOSSY, ordered=True),
        messages=2_000,
        workload=Periodic(interval=0.01),
        seed=5,
    )
    outcome = simulate(scenario)
    assert set(outcome.ledger["handovers"]) == {1}
    assert outcome.verdict.status == "held"


@given(
    scenario=scenarios,
    guarantee=st.builds(Handshake, retry=retries, durable=st.booleans()),
)
def test_over_any_links_of_which_the_first_keeps_order_its_promises_hold(scenario, guarantee):
    ordered = dataclasses.replace(scenario.link, ordered=True)
    scenario = scenario.replace("guarantee", guarantee).replace("link", ordered)
    outcome = simulate(scenario, trace=True)
    assert outcome.verdict.status != "violated"
    assert all(counts.conserved for counts in outcome.links.values())
    ledger = outcome.ledger
    assert outcome.links["sender→receiver"].sent == ledger["attempts"].sum()
    assert outcome.links["receiver→sender"].sent == ledger["acks_sent"].sum()
    released = sum(row.event == "released" for row in outcome.trace)
    ends = ledger["handovers"].sum() + ledger["suppressed"].sum() + released
    assert ends == ledger["arrivals"].sum()


def test_over_a_link_without_order_a_late_copy_is_handed_over_again_and_the_verdict_says_so():
    scenario = Scenario(
        guarantee=Handshake(retry=PATIENT),
        link=Link(**LOSSY),
        messages=2_000,
        workload=Periodic(interval=0.01),
        seed=5,
    )
    outcome = simulate(scenario)
    twice = (outcome.ledger["handovers"] > 1).sum()
    assert twice > 50
    assert outcome.verdict.status == "violated"
    assert "forgets message" in outcome.verdict.explain()


def test_the_memory_is_bounded_by_what_is_under_way_where_deduplication_remembers_all():
    most, left, handovers = remembered(Handshake(retry=PATIENT))
    assert handovers == {1}
    assert left == 0
    assert most < 200  # about 0.5 s of messages, one every 10 ms
    assert remembered(ExactlyOnce(retry=PATIENT)) == (1_000, 1_000, {1})


def test_it_costs_twice_the_transmissions_of_deduplication():
    costs = {}
    for guarantee in (Handshake(retry=RETRY), ExactlyOnce(retry=RETRY)):
        scenario = Scenario(guarantee=guarantee, link=STEADY, messages=100)
        costs[type(guarantee)] = simulate(scenario).summary["cost"]
    assert costs == {Handshake: 4.0, ExactlyOnce: 2.0}


@pytest.mark.parametrize(("durable", "handovers"), [(True, 1), (False, 2)])
def test_a_volatile_memory_is_lost_in_a_crash(durable, handovers):
    """The crash comes after handling, while received is on its way, and received is lost."""
    net = Network(seed=1)
    sender, receiver = net.node("sender"), net.node("receiver")
    net.connect(sender, receiver, STEADY, one_way=True)
    back = Link(delay=Constant(0.05), loss=Scripted(lost={(0, 1)}))
    net.connect(receiver, sender, back, one_way=True)
    receiver.on("work")(lambda message: None)
    sender.send(receiver, "work", guarantee=Handshake(retry=RETRY, durable=durable))
    net.inject(Crash(node="receiver", at=0.1, lasts=0.05))
    net.run()
    assert sender.ledger["handovers"].tolist() == [handovers]
    assert sender.ledger["belief"].tolist() == ["acknowledged"]


def test_a_receiver_that_refuses_a_release_while_down_is_asked_again_at_once():
    net, sender, receiver, channel = pair(STEADY, Handshake(retry=RETRY))
    sender.send(receiver, "work", guarantee=Handshake(retry=RETRY))
    net.inject(Crash(node="receiver", at=0.12, lasts=0.1, refuses=True))
    net.run()
    events = [(row.time_s, row.event) for row in net.trace]
    assert (0.15, "refused") in events
    assert (0.2, "release_sent") in events
    assert len(channel.memory()) == 0


def test_the_vectorized_engine_refuses_it_by_name_and_auto_takes_simpy():
    scenario = Scenario(guarantee=Handshake(), messages=10)
    with pytest.raises(NotVectorizable, match="Handshake"):
        simulate(scenario, engine="vectorized")
    assert simulate(scenario, engine="auto").ledger["handovers"].tolist() == [1] * 10


def test_it_survives_being_written_as_toml():
    scenario = Scenario(guarantee=Handshake(retry=RETRY, durable=False))
    assert Scenario.from_toml(scenario.to_toml()) == scenario


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"retry": AtLeastOnce()}, "Handshake.retry"), ({"durable": 1}, "Handshake.durable")],
)
def test_bad_parameters_are_refused_by_name(fields, said):
    with pytest.raises(ValueError, match=said):
        Handshake(**fields)
