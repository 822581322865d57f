"""The fate of a transmission: `Link.fate`, which whatever carries transmissions asks."""

import math

import pytest

from simulator import Constant, Exponential, GilbertElliott, Link, Network
from simulator.conditions import Transmission
from simulator.conditions.draws import Draws
from simulator.protocols import BestEffort
from simulator.randomness import Randomness

N = 20_000


def sent(message, attempt=1, copy=0, *, acknowledgement=False, link="a→b"):
    return Transmission(link, message, attempt, copy, acknowledgement, 0)


def fates(link, transmissions, seed=1):
    draws = Draws(Randomness(seed))
    return [link.fate(draws, transmission) for transmission in transmissions]


def test_a_link_without_conditions_lets_one_copy_arrive_after_its_delay():
    link = Link(delay=Constant(0.25))
    assert fates(link, [sent(0), sent(1, acknowledgement=True)]) == [(250_000_000,)] * 2


def test_losses_duplicates_and_delays_are_those_of_the_link():
    """Each within 4 standard errors of its rate, or its mean."""
    link = Link(delay=Exponential(mean=0.05), loss=0.3, duplicate=0.2)
    found = fates(link, map(sent, range(N)))
    lost = sum(not delays for delays in found) / N
    assert abs(lost - 0.3) < 4 * math.sqrt(0.3 * 0.7 / N)
    arrived = [delays for delays in found if delays]
    twice = sum(len(delays) == 2 for delays in arrived) / len(arrived)
    assert abs(twice - 0.2) < 4 * math.sqrt(0.2 * 0.8 / len(arrived))
    delays = [delay / 1e9 for pair in arrived for delay in pair]
    assert abs(sum(delays) / len(delays) - 0.05) < 4 * 0.05 / math.sqrt(len(delays))


def test_a_fate_depends_on_the_address_alone():
    """Not on the order of the questions, nor on what else was asked."""
    link = Link(delay=Exponential(mean=0.05), loss=0.3, duplicate=0.2)
    transmissions = [
        sent(message, attempt, copy, acknowledgement=acknowledgement, link=name)
        for message in (0, 7, 3000)
        for attempt in (1, 2)
        for copy in (0, 1)
        for acknowledgement in (False, True)
        for name in ("a→b", "b→a")
    ]
    forwards = fates(link, transmissions)
    backwards = fates(link, transmissions[::-1])[::-1]
    assert forwards == backwards
    assert len(set(forwards)) > len(forwards) / 2
    assert fates(link, transmissions, seed=2) != forwards


@pytest.mark.parametrize(
    "link",
    [
        Link(delay=Exponential(mean=0.05), loss=0.3),
        Link(delay=Exponential(mean=0.05), loss=0.3, duplicate=0.2),
        Link(delay=Constant(0.1), loss=0.3, duplicate=0.2),
        Link(delay=Constant(0.1), loss=GilbertElliott.from_rate(rate=0.3, burst=5)),
    ],
    ids=["a block at a time", "one by one", "constant", "with memory"],
)
def test_a_network_lets_each_message_meet_the_fate_that_its_link_says(link):
    net = Network(seed=5)
    a, b = net.node("a"), net.node("b")
    net.connect(a, b, link)
    b.on("m")(lambda _: None)
    for _ in range(2_000):
        a.send(b, "m", guarantee=BestEffort())
    net.run()
    found = fates(link, map(sent, range(2_000)), seed=5)
    assert a.ledger["arrivals"].tolist() == [len(delays) for delays in found]
    first = [min(delays) if delays else -1 for delays in found]
    assert a.ledger["delivered_ns"].tolist() == first
