"""Losses lose what they say."""

import numpy as np
import pytest

from simulator import (
    AtLeastOnce,
    Constant,
    GilbertElliott,
    Link,
    Outages,
    Periodic,
    Retry,
    Scenario,
    Scripted,
    simulate,
)


def test_scripted_loss_loses_exactly_these():
    link = Link(delay=Constant(0.01), loss=Scripted(lost={(0, 1), (2, 1), (2, 2)}))
    scenario = Scenario(link=link, return_link=Link(delay=Constant(0.01)), messages=4)
    assert simulate(scenario).ledger["attempts"].tolist() == [2, 1, 3, 1]


def test_an_outage_covers_its_start_and_not_its_end():
    scenario = Scenario(
        guarantee=AtLeastOnce(retry=Retry(max_attempts=1)),
        link=Link(loss=Outages(windows=[(0.1, 0.3)])),
        return_link=Link(),
        workload=Periodic(interval=0.1),
        messages=5,
    )
    assert simulate(scenario).ledger["handovers"].tolist() == [1, 0, 0, 1, 1]


@pytest.mark.parametrize("rate", [0.01, 0.1, 0.5, 0.9])
@pytest.mark.parametrize("stretch", [1.0, 2.0, 30.0])
def test_gilbert_elliott_is_made_from_a_rate_and_a_burst(rate, stretch):
    burst = stretch / (1 - rate)
    model = GilbertElliott.from_rate(rate=rate, burst=burst)
    assert model.rate == pytest.approx(rate)
    assert model.burst == pytest.approx(burst)
    if stretch == 1.0:
        assert model.p + model.r == pytest.approx(1)  # independent


def test_the_state_of_a_link_starts_afresh_in_each_run():
    model = GilbertElliott.from_rate(rate=0.3, burst=20)
    scenario = Scenario(link=Link(loss=model), messages=200)
    first, second = simulate(scenario), simulate(scenario)
    assert first.ledger == second.ledger
    assert first.ledger != simulate(scenario, replication=1).ledger
    assert not np.array_equal(first.ledger["attempts"], np.ones(200))
