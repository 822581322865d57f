"""Invariants: what holds in every scenario, whatever is drawn."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings

from simulator import (
    AtLeastOnce,
    AtMostOnce,
    BestEffort,
    ExactlyOnce,
    Exponential,
    Link,
    Network,
    Poisson,
    Scenario,
    simulate,
)
from simulator.network import CopyCounts
from tests.simulator.both_engines import BOTH, vectorized
from tests.simulator.strategies import links, scenarios, scripted_scenarios

every_way = pytest.mark.parametrize("way", BOTH, ids=lambda way: way.__name__)
"""The guarantees are stated twice; what they promise holds in each."""


@every_way
@settings(max_examples=100, deadline=None)
@given(scenario=scenarios)
def test_copies_are_conserved_and_agree_with_the_ledger(way, scenario):
    outcome = way(scenario)
    there, back = outcome.links["sender→receiver"], outcome.links["receiver→sender"]
    assert there.conserved
    assert back.conserved
    assert min(dataclasses.astuple(there) + dataclasses.astuple(back)) >= 0
    # The ledger counts the same copies from the other end.
    ledger = outcome.ledger
    assert there.sent == ledger["attempts"].sum()
    assert there.arrived == ledger["arrivals"].sum()
    assert back.sent == ledger["acks_sent"].sum()
    assert (ledger["belief"] == "acknowledged").sum() <= back.arrived
    assert (ledger["arrivals"] == ledger["handovers"] + ledger["suppressed"]).all()
    # And the conditions say what a link may do at all.
    for link, counts in ((scenario.link, there), (scenario.link_back, back)):
        assert counts.dropped == 0
        survived = counts.sent - counts.lost
        if link.loss == 0:
            assert counts.lost == 0
        if link.loss == 1:
            assert survived == 0
        if link.duplicate in {0, 1}:
            assert counts.duplicated == link.duplicate * survived
        assert counts.duplicated <= survived


@settings(max_examples=100, deadline=None)
@given(scenario=scenarios)
def test_the_counts_of_each_link_are_those_of_the_trace(scenario):
    outcome = simulate(scenario, trace=True)
    for name, verb in (("sender→receiver", "sent"), ("receiver→sender", "ack_sent")):
        counts = outcome.links[name]
        # An answer is noted as sent where it leaves, by the link of what it answers.
        sent = sum(row.event == verb for row in outcome.trace)
        lost, duplicated, arrived = (
            sum(row.event == event and row.link == name for row in outcome.trace)
            for event in ("lost", "duplicated", "arrived")
        )
        in_flight = sent + duplicated - lost - arrived
        assert counts == CopyCounts(sent, duplicated, arrived, lost, 0, in_flight)


@settings(max_examples=100, deadline=None)
@given(scenario=scripted_scenarios)
def test_copies_are_conserved_whatever_an_adversary_does(scenario):
    outcome = simulate(scenario)
    there, back = outcome.links["sender→receiver"], outcome.links["receiver→sender"]
    assert there.conserved
    assert back.conserved
    assert there.sent == outcome.ledger["attempts"].sum()
    assert there.arrived == outcome.ledger["arrivals"].sum()
    assert set(outcome.missed) <= set(scenario.adversary.actions)


@settings(max_examples=50, deadline=None)
@given(link=links)
def test_copies_are_conserved_at_every_instant(link):
    net = Network(seed=1, trace=False)
    a, b = net.node("a"), net.node("b")
    net.connect(a, b, link)
    b.on("order")(lambda message: None)
    for guarantee in (BestEffort(), AtMostOnce(), AtLeastOnce(), ExactlyOnce()):
        a.send(b, "order", guarantee=guarantee)
    while net.env.peek() < 100 * 10**9:
        net.env.step()
        assert all(counts.conserved for counts in net.links.values())


@every_way
@settings(max_examples=100, deadline=None)
@given(scenario=scenarios)
def test_every_guarantee_keeps_its_promise(way, scenario):
    outcome = way(scenario)
    assert outcome.verdict.status != "violated"
    never_twice = isinstance(scenario.guarantee, AtMostOnce | ExactlyOnce)
    if never_twice:
        assert (outcome.ledger["handovers"] <= 1).all()
    else:
        assert (outcome.ledger["handovers"] == outcome.ledger["arrivals"]).all()
    if isinstance(scenario.guarantee, AtLeastOnce | ExactlyOnce):
        silent = ~outcome.ledger["undecided"] & (outcome.ledger["handovers"] == 0)
        assert (outcome.ledger["belief"][silent] == "gave_up").all()
        if scenario.guarantee.retry.max_attempts is not None:
            assert (outcome.ledger["attempts"] <= scenario.guarantee.retry.max_attempts).all()
    else:
        assert (outcome.ledger["attempts"] == 1).all()


@every_way
@settings(max_examples=100, deadline=None)
@given(scenario=scenarios)
def test_instants_follow_each_other(way, scenario):
    ledger = way(scenario).ledger
    created, delivered = ledger["created_s"], ledger["delivered_s"]
    known, gave_up = ledger["acknowledged_s"], ledger["gave_up_s"]
    assert np.isfinite(created).all()
    assert (np.diff(created) >= 0).all()
    # An instant is there if and only if what it is of has happened.
    was_delivered, was_acknowledged = ledger["handovers"] > 0, ledger["belief"] == "acknowledged"
    assert (np.isfinite(delivered) == was_delivered).all()
    assert (np.isfinite(known) == was_acknowledged).all()
    assert (np.isfinite(gave_up) == (ledger["belief"] == "gave_up")).all()
    assert (delivered >= created)[was_delivered].all()
    assert (known >= delivered)[was_acknowledged].all()
    assert (gave_up > created)[ledger["belief"] == "gave_up"].all()


@every_way
def test_a_duplicating_network_never_makes_a_second_handover_but_for_best_effort(way):
    messages = 200_000 if way is vectorized else 2_000
    link = Link(delay=Exponential(mean=0.05), duplicate=0.3)
    base = Scenario(link=link, workload=Poisson(rate=100), messages=messages, seed=4)
    handovers = {
        guarantee: way(base.replace("guarantee", guarantee)).ledger["handovers"]
        for guarantee in (AtMostOnce(), ExactlyOnce(), BestEffort())
    }
    assert handovers[AtMostOnce()].max() == 1
    assert handovers[ExactlyOnce()].max() == 1
    # Binomial: each message is duplicated with probability 0.3.
    twice = (handovers[BestEffort()] == 2).mean()
    assert abs(twice - 0.3) < 4 * np.sqrt(0.3 * 0.7 / messages)


@every_way
def test_a_patient_sender_loses_nothing(way):
    messages = 10_000 if way is vectorized else 300
    for guarantee in (AtLeastOnce, ExactlyOnce):
        endless = Scenario(
            guarantee=guarantee(),
            link=Link(delay=Exponential(mean=0.05), loss=0.6),
            messages=messages,
        )
        outcome = way(endless.replace("guarantee.retry.max_attempts", None))
        assert outcome.summary["loss_rate"] == 0
        assert outcome.summary["undecided_rate"] == 0
