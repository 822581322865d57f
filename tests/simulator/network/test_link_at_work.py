"""Links that keep order, have a bandwidth, and a buffer that drops at the tail."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import (
    AdaptiveTimeout,
    At,
    AtLeastOnce,
    BestEffort,
    CircuitBreaker,
    Constant,
    ExactlyOnce,
    Exponential,
    Link,
    NotVectorizable,
    Periodic,
    Poisson,
    Retry,
    RetryBudget,
    Scenario,
    simulate,
)


def delivered(link, workload, messages=100, **others):
    scenario = Scenario(
        guarantee=BestEffort(), link=link, workload=workload, messages=messages, **others
    )
    return simulate(scenario)


@settings(max_examples=30)
@given(seed=st.integers(0, 1000), rate=st.floats(5, 200))
def test_an_ordered_link_never_lets_a_copy_overtake(seed, rate):
    delay = Exponential(mean=0.1)
    ordered = delivered(Link(delay=delay, ordered=True), Poisson(rate=rate), seed=seed)
    free = delivered(Link(delay=delay), Poisson(rate=rate), seed=seed)
    arrivals = ordered.ledger["delivered_s"]
    assert (np.diff(arrivals) >= 0).all()
    # Each waits for the slowest before it, on the same draws.
    assert arrivals.tolist() == np.maximum.accumulate(free.ledger["delivered_s"]).tolist()


def test_bandwidth_puts_one_transmission_after_the_other_on_the_wire():
    """1,000 bytes at 1,000 bytes a second: they leave at 1, 2, 3 s, and take 0.5 s more."""
    link = Link(delay=Constant(0.5), bandwidth=1000)
    outcome = delivered(link, At(times=(0.0, 0.0, 0.0, 10.0)))
    assert outcome.ledger["delivered_s"].tolist() == [1.5, 2.5, 3.5, 11.5]


def test_a_full_buffer_drops_at_the_tail():
    """One is on its way out, two may wait (2,000 bytes); the fourth and fifth are dropped."""
    link = Link(bandwidth=1000, buffer=2000)
    outcome = delivered(link, At(times=(0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.5)))
    arrived = outcome.ledger["delivered_s"]
    # At 1 s the second goes out: one place is free again. At 1.5 s there is none.
    assert arrived[[0, 1, 2, 5]].tolist() == [1, 2, 3, 4]
    assert np.isnan(arrived[[3, 4, 6]]).all()
    counts = outcome.links["sender→receiver"]
    assert (counts.sent, counts.arrived, counts.dropped) == (7, 4, 3)
    assert counts.conserved


def test_a_buffer_of_nothing_drops_all_that_would_wait():
    outcome = delivered(Link(bandwidth=1000, buffer=0), Periodic(interval=0.5), messages=4)
    assert outcome.ledger["handovers"].tolist() == [1, 0, 1, 0]


def test_acknowledgements_take_their_40_bytes_of_bandwidth():
    link = Link(bandwidth=1000)
    scenario = Scenario(guarantee=AtLeastOnce(retry=Retry(timeout=5.0)), link=link, messages=1)
    assert simulate(scenario).ledger["acknowledged_s"].tolist() == [1.04]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"link": Link(ordered=True)}, "link.ordered"),
        ({"link": Link(bandwidth=1e6)}, "link.bandwidth"),
        ({"guarantee": ExactlyOnce(max_age=1.0)}, "guarantee.max_age"),
        ({"guarantee": AtLeastOnce(retry=Retry(timeout=AdaptiveTimeout()))}, "retry.timeout"),
        ({"guarantee": AtLeastOnce(retry=Retry(budget=RetryBudget()))}, "retry.budget"),
        ({"guarantee": AtLeastOnce(retry=Retry(breaker=CircuitBreaker()))}, "retry.breaker"),
    ],
)
def test_the_vectorized_engine_refuses_by_name_what_makes_messages_meet(change, said):
    scenario = Scenario(messages=10, **change)
    with pytest.raises(NotVectorizable, match=said):
        simulate(scenario, engine="vectorized")
    assert simulate(scenario).engine == "discrete-event"
    assert Scenario.from_toml(scenario.to_toml()) == scenario


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"ordered": 1}, r"Link\.ordered must be True or False"),
        ({"bandwidth": 0}, r"Link\.bandwidth must be a finite number of bytes a second above 0"),
        ({"bandwidth": 1.0, "buffer": -1}, r"Link\.buffer must be a whole number of bytes"),
        ({"buffer": 1000}, r"Link\.buffer must be None where bandwidth is None"),
    ],
)
def test_bad_links_are_refused(fields, said):
    with pytest.raises(ValueError, match=said):
        Link(**fields)
