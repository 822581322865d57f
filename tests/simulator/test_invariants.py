"""Invariants: what holds in every scenario, whatever the luck."""

import numpy as np
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
from tests.simulator.strategies import links, scenarios, scripted_scenarios


@settings(max_examples=200, deadline=None)
@given(scenario=scenarios)
def test_copies_are_conserved_and_agree_with_the_ledger(scenario):
    outcome = simulate(scenario, engine="discrete-event")
    there, back = outcome.links["sender→receiver"], outcome.links["receiver→sender"]
    assert there.conserved
    assert back.conserved
    # The ledger counts the same copies from the other end.
    assert there.sent == outcome.ledger["attempts"].sum()
    assert there.arrived == outcome.ledger["arrivals"].sum()
    assert back.sent == outcome.ledger["acks_sent"].sum()
    assert (
        outcome.ledger["arrivals"] == outcome.ledger["handovers"] + outcome.ledger["suppressed"]
    ).all()


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


@settings(max_examples=200, deadline=None)
@given(scenario=scenarios)
def test_every_guarantee_keeps_its_promise(scenario):
    outcome = simulate(scenario, engine="vectorized")
    assert outcome.verdict.status != "violated"
    never_twice = isinstance(scenario.guarantee, AtMostOnce | ExactlyOnce)
    if never_twice:
        assert (outcome.ledger["handovers"] <= 1).all()
    if isinstance(scenario.guarantee, AtLeastOnce | ExactlyOnce):
        silent = ~outcome.ledger["undecided"] & (outcome.ledger["handovers"] == 0)
        assert (outcome.ledger["belief"][silent] == "gave_up").all()


@settings(max_examples=100, deadline=None)
@given(scenario=scenarios)
def test_instants_follow_each_other(scenario):
    ledger = simulate(scenario).ledger
    created, delivered = ledger["created_s"], ledger["delivered_s"]
    known, gave_up = ledger["acknowledged_s"], ledger["gave_up_s"]
    assert not (delivered < created).any()
    assert not (known < delivered).any()
    assert not (gave_up <= created).any()
    assert (np.diff(created) >= 0).all()
    assert (np.isnan(known) == (ledger["belief"] != "acknowledged")).all()
    assert (np.isnan(gave_up) == (ledger["belief"] != "gave_up")).all()


def test_a_duplicating_network_never_makes_a_second_handover_but_for_best_effort():
    link = Link(delay=Exponential(mean=0.05), duplicate=0.3)
    base = Scenario(link=link, workload=Poisson(rate=100), messages=200_000, seed=4)
    handovers = {
        guarantee: simulate(base.replace("guarantee", guarantee)).ledger["handovers"]
        for guarantee in (AtMostOnce(), ExactlyOnce(), BestEffort())
    }
    assert handovers[AtMostOnce()].max() == 1
    assert handovers[ExactlyOnce()].max() == 1
    # Binomial: 200,000 messages, each duplicated with probability 0.3.
    twice = (handovers[BestEffort()] == 2).mean()
    assert abs(twice - 0.3) < 4 * np.sqrt(0.3 * 0.7 / 200_000)


def test_a_patient_sender_loses_nothing():
    for guarantee in (AtLeastOnce, ExactlyOnce):
        endless = Scenario(link=Link(delay=Exponential(mean=0.05), loss=0.6)).replace(
            "guarantee", guarantee()
        )
        outcome = simulate(endless.replace("guarantee.retry.max_attempts", None))
        assert outcome.summary["loss_rate"] == 0
        assert outcome.summary["undecided_rate"] == 0
