"""A message through a broker: its closed form, against all worlds and the simplest ones."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from simulator.theory import at_least_once, through_a_broker
from simulator.theory.brokered import arrivals

RATES = (0.0, 0.1, 0.45, 1.0)


def worlds(*, loss, ack_loss, attempts):
    """Go through all that a link can do: probability, arrivals, whether answered, sendings."""
    for fates in product(("lost", "unanswered", "answered"), repeat=attempts):
        made = fates[: fates.index("answered") + 1] if "answered" in fates else fates
        if fates[len(made) :] != ("lost",) * (attempts - len(made)):
            continue  # the same world again: what follows an answer is not sent
        arrived = (1 - loss) * np.array([ack_loss, 1 - ack_loss])
        chance = dict(zip(("lost", "unanswered", "answered"), (loss, *arrived), strict=True))
        probability = np.prod([chance[fate] for fate in made])
        yield probability, len(made) - made.count("lost"), made[-1] == "answered", len(made)


@pytest.mark.parametrize(("loss", "ack_loss"), list(product(RATES, RATES)))
def test_without_duplication_it_is_what_all_worlds_add_up_to(loss, ack_loss):
    links = {"loss": loss, "ack_loss": ack_loss}
    lost = duplicates = twice = in_doubt = attempts = cost = 0.0
    deliveries = list(worlds(**links, attempts=2))
    for chance, accepted, answered, sent in worlds(**links, attempts=3):
        attempts += chance * sent
        cost += chance * (sent + accepted)
        for each in product(deliveries, repeat=accepted):
            probability = chance * np.prod([world[0] for world in each])
            handovers = sum(world[1] for world in each)
            cost += probability * sum(world[1] + world[3] for world in each)
            lost += probability * (handovers == 0)
            duplicates += probability * max(handovers - 1, 0)
            twice += probability * (handovers > 1)
            in_doubt += probability * (handovers > 0 and not answered)
    expected = through_a_broker(**links, attempts=3, deliveries=2)
    found = (lost, duplicates, twice, in_doubt, attempts, cost)
    form = (
        *(expected.loss_rate, expected.duplicate_rate, expected.duplicated_rate),
        *(expected.in_doubt_rate, expected.attempts_mean, expected.cost),
    )
    assert form == pytest.approx(found, abs=1e-12)


@pytest.mark.parametrize("duplicate", [0.0, 0.05, 1.0])
@pytest.mark.parametrize(("loss", "ack_loss"), list(product(RATES, RATES)))
def test_the_law_of_arrivals_agrees_with_the_closed_form_of_one_link(loss, ack_loss, duplicate):
    links = {"loss": loss, "ack_loss": ack_loss, "duplicate": duplicate, "attempts": 3}
    answered, unanswered = arrivals(**links)
    law, one = answered + unanswered, at_least_once(**links)
    assert law.sum() == pytest.approx(1)
    assert law[0] == pytest.approx(one.loss_rate)
    assert law @ np.arange(len(law)) == pytest.approx(one.handovers_mean)
    assert law[2:].sum() == pytest.approx(one.duplicated_rate, abs=1e-12)
    assert unanswered[1:].sum() == pytest.approx(one.in_doubt_rate, abs=1e-12)


def test_over_perfect_links_a_message_crosses_two_and_is_acknowledged_on_both():
    expected = through_a_broker(loss=0, ack_loss=0, attempts=3, deliveries=3)
    assert (expected.loss_rate, expected.duplicate_rate, expected.cost) == (0, 0, 4)


def test_each_copy_that_was_accepted_is_delivered():
    expected = through_a_broker(loss=0, ack_loss=0, attempts=1, deliveries=1, duplicate=1)
    assert expected.duplicate_rate == 3  # two are accepted, each arrives twice


@pytest.mark.parametrize("field", ["loss", "ack_loss", "duplicate"])
def test_what_is_no_probability_is_refused(field):
    with pytest.raises(ValueError, match=f"{field} must be"):
        through_a_broker(
            **{"loss": 0.1, "ack_loss": 0.1, "duplicate": 0.1, field: 1.5}, attempts=1, deliveries=1
        )


@pytest.mark.parametrize("field", ["attempts", "deliveries"])
@pytest.mark.parametrize("count", [None, 0, -1, 2.0, True])
def test_what_is_no_number_of_attempts_is_refused_by_its_name(field, count):
    given = {"attempts": 1, "deliveries": 1, field: count}
    with pytest.raises(ValueError, match=f"^{field} must be a whole number at least 1, got "):
        through_a_broker(loss=0.1, ack_loss=0.1, **given)
