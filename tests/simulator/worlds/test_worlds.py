"""Every world: counts and polynomials, against an enumeration by hand and closed forms."""

import dataclasses
import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest

from simulator import (
    At,
    AtLeastOnce,
    AtMostOnce,
    BestEffort,
    Constant,
    ExactlyOnce,
    Handshake,
    Link,
    Retry,
    Scenario,
    simulate,
    theory,
    worlds,
)
from simulator.worlds import Worlds
from tests.simulator.worlds.enumeration import (
    handovers,
    handshakes,
    polynomial,
    resent,
    transmissions,
    windowed,
)

LINK = Link(delay=Constant(0.01))
EVENTS = ("lost", "duplicated", "in_doubt", "gave_up", "violated")


def scenario(guarantee, messages=1, **parts):
    return Scenario(guarantee=guarantee, messages=messages, **{"link": LINK, **parts})


def at_least_once(n):
    return AtLeastOnce(retry=Retry(max_attempts=n))


@pytest.mark.parametrize("n", range(1, 7))
def test_at_least_once_by_hand(n):
    by_hand, found = resent(n), worlds(scenario(at_least_once(n)))
    assert found.count == len(by_hand) == 2 ** (n + 1) - 1
    assert found.status == "held"
    assert found.counterexample is None
    events = {
        "lost": lambda w: handovers(w) == 0,
        "duplicated": lambda w: handovers(w) > 1,
        "gave_up": lambda w: w[-1] != "S",
        "in_doubt": lambda w: w[-1] != "S" and handovers(w) > 0,
        "violated": lambda w: False,
        "any": lambda w: True,
    }
    for event, happens in events.items():
        by_us = polynomial(transmissions(w) for w in by_hand if happens(w))
        assert found.polynomial(event) == by_us, event
    assert found.polynomial("any") == (1,)
    assert found.polynomial("lost") == (0,) * n + (1,)


def test_three_attempts_as_the_chapter_has_them():
    found = worlds(scenario(at_least_once(3)))
    assert found.count == 15
    assert found.polynomial("duplicated") == (0, 1, 0, -3, 2)  # p − 3p³ + 2p⁴
    assert found.probability("lost", loss=Fraction(1, 5)) == Fraction(1, 125)
    assert repr(found) == "<15 worlds: held>"


@pytest.mark.parametrize("n", range(1, 7))
def test_exactly_once_by_hand(n):
    found = worlds(scenario(ExactlyOnce(retry=Retry(max_attempts=n))))
    assert found.count == 2 ** (n + 1) - 1
    assert (found.status, found.polynomial("duplicated")) == ("held", (0,))
    assert found.polynomial("in_doubt") == worlds(scenario(at_least_once(n))).polynomial("in_doubt")


@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_memory_of_one_with_two_messages(n):
    bounded = ExactlyOnce(window=1, retry=Retry(max_attempts=n))
    found = worlds(scenario(bounded, messages=2))
    by_hand = list(windowed(n, gap=0.01, timeout=0.2))
    assert found.count == len(by_hand)
    sizes = [(np.sum([transmissions(w) for w in both], axis=0), twice) for both, twice in by_hand]
    assert found.polynomial("violated") == polynomial(tuple(size) for size, twice in sizes if twice)
    if n > 1:
        assert found.explain() == (
            "The network loses the acknowledgement of message 0.\nA message is handed over twice."
        )
        replayed = simulate(scenario(bounded, messages=2, adversary=found.counterexample))
        assert replayed.verdict.status == "violated"
        assert replayed.missed == ()


@pytest.mark.parametrize("n", [1, 2, 4])
def test_the_handshake_by_hand(n):
    retry = Retry(max_attempts=n)
    found = worlds(scenario(Handshake(retry=retry), link=Link(delay=Constant(0.01), ordered=True)))
    by_hand = list(handshakes(n))
    assert found.count == len(by_hand)
    assert found.status == "held"
    parts = [(np.add(transmissions(d), transmissions(r)), d) for d, r in by_hand]
    assert found.polynomial("gave_up") == polynomial(
        tuple(size) for size, data in parts if data[-1] != "S"
    )
    assert found.polynomial("any") == (1,)
    attempts = sum(
        float(0.3 ** size[0] * 0.7 ** size[1]) * (len(d) + len(r))
        for (d, r), (size, _) in zip(by_hand, parts, strict=True)
    )
    assert found.expectation("attempts", loss=0.3) == pytest.approx(attempts, rel=1e-12)


@dataclass(frozen=True)
class Messengers:
    """Sends so many messengers with each message; the first who gets through delivers it."""

    count: int

    def send(self, channel, message):
        for messenger in range(1, self.count + 1):
            channel.transmit(message, attempt=messenger)

    def receive(self, channel, copy):
        AtMostOnce().receive(channel, copy)


def generals(stages, messengers, judge):
    """Return a chain of messages as a program; `judge` is told how many came."""

    def listen(general, other, heard):
        @general.on("attack")
        def hear(message):
            heard.append(message.data)
            if message.data < stages:
                general.send(other, "attack", message.data + 1, guarantee=Messengers(messengers))

    def campaign(net, _):
        one, two = net.node("1"), net.node("2")
        net.connect(one, two, LINK)
        heard = []
        listen(one, two, heard)
        listen(two, one, heard)
        one.send(two, "attack", 1, guarantee=Messengers(messengers))
        net.run()
        return judge(len(heard))

    return campaign


@pytest.mark.parametrize("messengers", [1, 2])
@pytest.mark.parametrize("stages", [1, 2, 3, 4])
def test_both_forms_of_the_two_generals(stages, messengers):
    """Both attack, or one alone: exactly, as polynomials in the chance of being caught."""
    one = worlds(generals(stages, messengers, lambda n: n == stages - 1), workload=At(times=(0,)))
    both = worlds(generals(stages, messengers, lambda n: n == stages), workload=At(times=(0,)))
    third = Fraction(1, 3)
    passes = 1 - third**messengers
    assert one.probability("violated", loss=third) == third**messengers * passes ** (stages - 1)
    assert both.probability("violated", loss=third) == passes**stages
    for loss in (0.1, 0.6):
        expected = theory.generals_exactly_one(stages, messengers, loss)
        assert one.probability("violated", loss=loss) == pytest.approx(expected, rel=1e-12)
    assert one.polynomial("any") == (1,)
    assert one.status == "violated"


@pytest.mark.parametrize("guarantee", [BestEffort(), AtMostOnce()], ids=repr)
def test_what_is_sent_once_has_two_worlds(guarantee):
    found = worlds(scenario(guarantee))
    assert found.count == 2
    assert found.polynomial("lost") == (0, 1)
    assert found.status == ("held" if guarantee.promises else "no promise")


# ------------------------------------------------------- the third leg: theory, and the simulator


@pytest.mark.parametrize("n", [1, 3, 5])
@pytest.mark.parametrize(("p", "q"), [(0.2, 0.2), (0.5, 0.1), (0.0, 0.7)])
def test_closed_forms_equal_the_sum_over_all_worlds(n, p, q):
    found = worlds(scenario(at_least_once(n)))
    expected = theory.at_least_once(loss=p, ack_loss=q, attempts=n)
    for event, name in (
        ("lost", "loss_rate"),
        ("duplicated", "duplicated_rate"),
        ("in_doubt", "in_doubt_rate"),
    ):
        exact = found.probability(event, loss=p, return_loss=q)
        assert exact == pytest.approx(getattr(expected, name), rel=1e-12, abs=1e-15)
    for metric, name in (
        ("attempts", "attempts_mean"),
        ("duplicates", "duplicate_rate"),
        ("cost", "cost"),
    ):
        exact = found.expectation(metric, loss=p, return_loss=q)
        assert exact == pytest.approx(getattr(expected, name), rel=1e-12, abs=1e-15)


def test_timeouts_shorter_than_a_round_trip_have_their_worlds_too():
    """The second attempt is always sent, and its answer may come after the first's."""
    link = Link(delay=Constant(0.15))
    retry = Retry(timeout=0.2, max_attempts=3)
    found = worlds(scenario(AtLeastOnce(retry=retry), link=link))
    expected = theory.timed_at_least_once(
        loss=0.3,
        ack_loss=0.3,
        sent_s=[0.0, 0.2, 0.4],
        end_s=0.6,
        round_trip_cdf=theory.constant_cdf(0.3),
    )
    assert found.polynomial("any") == (1,)
    for event, name in (("duplicated", "duplicated_rate"), ("in_doubt", "in_doubt_rate")):
        exact = found.probability(event, loss=0.3)
        assert exact == pytest.approx(getattr(expected, name), rel=1e-12)


@pytest.mark.parametrize(
    ("guarantee", "messages", "event", "link"),
    [
        (ExactlyOnce(window=1), 2, "violated", LINK),
        (Handshake(retry=Retry(max_attempts=2)), 1, "gave_up", LINK),
        (AtLeastOnce(retry=Retry(max_attempts=2, timeout=0.015)), 2, "duplicated", LINK),
    ],
    ids=repr,
)
def test_the_simulator_agrees_within_its_standard_errors(guarantee, messages, event, link):
    """Where no closed form is known; each replication is one draw of all its messages."""
    lossy = dataclasses.replace(link, loss=0.25)
    subject = scenario(guarantee, messages=messages, link=lossy)
    exact = float(worlds(subject, limit=1_000).probability(event))
    happened = []
    for replication in range(600):
        ledger = simulate(subject, replication=replication, engine="discrete-event").ledger
        if event == "gave_up":
            happened.append(bool((ledger["belief"] == "gave_up").any()))
        else:
            happened.append(bool((ledger["handovers"] > 1).any()))
    error = math.sqrt(exact * (1 - exact) / len(happened))
    assert abs(np.mean(happened) - exact) < 4 * error


# ------------------------------------------------------------------------------------- combining


def test_messages_that_do_not_meet_are_searched_alone_and_combined():
    one, many = worlds(scenario(at_least_once(3))), worlds(scenario(at_least_once(3), messages=4))
    assert many.count == one.count**4
    p = Fraction(1, 5)
    chance = one.probability("duplicated", loss=p)
    assert many.probability("duplicated", loss=p) == 1 - (1 - chance) ** 4
    assert many.expectation("cost", loss=p) == 4 * one.expectation("cost", loss=p)
    value = sum(c * p**k for k, c in enumerate(many.polynomial("duplicated")))
    assert value == many.probability("duplicated", loss=p)


def test_the_combined_worlds_are_those_of_a_joint_search():
    """With a horizon that cuts nothing they are searched together."""
    alone = worlds(scenario(at_least_once(2), messages=2))
    joint = worlds(scenario(at_least_once(2), messages=2, horizon=1_000.0))
    assert (alone.copies, joint.copies) == (2, 1)
    assert joint.count == alone.count == 49
    for event in EVENTS:
        assert joint.polynomial(event) == alone.polynomial(event), event
    for metric in ("attempts", "duplicates", "cost"):
        p = Fraction(1, 3)
        assert joint.expectation(metric, loss=p) == alone.expectation(metric, loss=p)


def test_a_million_messages_cost_no_more_than_one():
    found = worlds(scenario(at_least_once(3), messages=1_000_000))
    assert found.count == 15**1_000_000
    assert repr(found) == "<15^1,000,000 worlds: held>"
    assert found.probability("lost", loss=0.001) == pytest.approx(1 - (1 - 1e-9) ** 1_000_000)


# ------------------------------------------------------------------------------------ the rates


def test_rates_are_those_of_the_links_unless_given():
    links = {
        "link": Link(delay=Constant(0.01), loss=0.2),
        "return_link": Link(delay=Constant(0.01), loss=0.1),
    }
    found = worlds(scenario(at_least_once(3), **links))
    expected = theory.at_least_once(loss=0.2, ack_loss=0.1, attempts=3)
    assert found.probability("duplicated") == pytest.approx(expected.duplicated_rate, rel=1e-12)
    both = found.probability("duplicated", loss=Fraction(1, 5), return_loss=Fraction(1, 10))
    assert isinstance(both, Fraction)
    assert float(both) == pytest.approx(expected.duplicated_rate)
    assert isinstance(found.probability("lost", loss=0.2), float)
    assert isinstance(found.probability("lost", loss=0), Fraction)


def test_every_transmission_may_be_lost_at_loss_0_too():
    assert worlds(scenario(at_least_once(3))).count == 15
    assert worlds(scenario(at_least_once(3))).probability("lost") == 0


@pytest.mark.parametrize(
    ("bounds", "named"),
    [
        ({"losses": 1}, "losses=1"),
        ({"losses": 0}, "losses=0"),
        ({"duplicates": 1}, "duplicates=1"),
        ({"crashes": 1}, "crashes=1"),
        ({"hold": 0.5}, r"hold=0\.5"),
    ],
)
def test_what_the_network_chooses_has_no_probability(bounds, named):
    found = worlds(scenario(at_least_once(2)), **bounds)
    assert found.count == 1 if bounds == {"losses": 0} else found.count > 1
    assert found.status == "held"
    for ask in (
        lambda: found.probability("lost", loss=0.1),
        lambda: found.polynomial("lost"),
        lambda: found.expectation("cost", loss=0.1),
    ):
        with pytest.raises(ValueError, match=named):
            ask()


def test_other_losses_and_duplicates_have_no_rate():
    link = Link(delay=Constant(0.01), duplicate=0.1)
    found = worlds(scenario(at_least_once(2), link=link))
    with pytest.raises(ValueError, match=r"Scenario\.(return_)?link\.duplicate must be 0"):
        found.probability("lost")
    assert found.probability("lost", loss=0.5) == 0.25


@pytest.mark.parametrize(
    ("rate", "field"), [(1.5, "loss"), (-1, "loss"), ("x", "loss"), (True, "loss")]
)
def test_rates_that_are_no_probabilities_are_refused(rate, field):
    found = worlds(scenario(at_least_once(2)))
    with pytest.raises(ValueError, match=rf"Worlds\.{field} must be"):
        found.probability("lost", **{field: rate})
    with pytest.raises(ValueError, match=r"Worlds\.probability\.event must be"):
        found.probability("nonsense")
    with pytest.raises(ValueError, match=r"Worlds\.expectation\.metric must be"):
        found.expectation("nonsense")


# ----------------------------------------------------------------------------------- the search


def test_the_limit_says_how_many_were_seen():
    with pytest.raises(ValueError, match=r"worlds\.limit must be more: 10 worlds were seen"):
        worlds(scenario(at_least_once(5)), limit=10)
    assert worlds(scenario(at_least_once(2)), limit=7).count == 7


def test_progress_is_told_of_each_world():
    seen = []
    found = worlds(scenario(at_least_once(3)), progress=seen.append)
    assert seen == list(range(1, 16))
    assert isinstance(found, Worlds)
