"""A student's own delay, loss and backoff: asked about one message at a time."""

import dataclasses
import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import (
    AtLeastOnce,
    ExponentialBackoff,
    Link,
    Outages,
    Periodic,
    Retry,
    Scenario,
    simulate,
)
from tests.simulator.both_engines import on_the_network, vectorized
from tests.simulator.strategies import backoffs, delays, losses, scenarios


@dataclass(frozen=True)
class Logarithm:
    """A delay by the `math` module: no arrays."""

    mean: float = 0.05

    def quantile(self, u):
        return -self.mean * math.log(1 - u)


@dataclass(frozen=True)
class TwoRoutes:
    """A delay by an `if`: no arrays."""

    slow: float = 0.2

    def quantile(self, u):
        return 0.05 if u < 0.7 else self.slow


@dataclass(frozen=True)
class Always:
    """A delay that does not look at its draw."""

    def quantile(self, u):
        return 0.1


@dataclass(frozen=True)
class TwoRoutesOfArrays:
    """A delay that takes arrays."""

    def quantile(self, u):
        return np.where(u < 0.7, 0.05, 0.2)


@dataclass(frozen=True)
class Peculiar:
    """A loss that looks at all that a transmission says."""

    rate: float = 0.3

    def loses(self, transmission, u):
        t = transmission
        mixed = hash((t.message, t.attempt, t.copy, t.acknowledgement, t.sent_ns, t.size_bytes))
        return u < self.rate * (1 + mixed % 3) / 3 or (t.link.startswith("r") and u > 0.9)


@dataclass(frozen=True)
class LongWayRound(Outages):
    """A loss whose parent takes arrays, which is not what it does itself."""

    def loses(self, transmission, u):
        return not super().loses(transmission, u) and u < 0.5


@dataclass(frozen=True)
class Fibonacci:
    """A backoff that takes no arrays and looks at no draw."""

    def pause_after(self, attempt, previous, u):
        a, b = 0, 1
        for _ in range(attempt):
            a, b = b, a + b
        return a / 20


@dataclass(frozen=True)
class Growing:
    """A backoff by the pause before and an `if`: at times none, at times a fraction."""

    def pause_after(self, attempt, previous, u):
        if u < 0.2:
            return 0
        return Fraction(1, 7) * attempt if u < 0.4 else previous * (1 + u) + 0.01


@dataclass(frozen=True)
class HalfAgain(ExponentialBackoff):
    """A backoff whose parent takes arrays, which is not what it does itself."""

    def pause_after(self, attempt, previous, u):
        return min(0.4, super().pause_after(attempt, previous, u)) * (1.5 if u < 0.5 else 1)


own_delays = st.sampled_from([Logarithm(), TwoRoutes(), Always(), TwoRoutesOfArrays()])
own_losses = st.sampled_from([Peculiar(), Peculiar(0.9), LongWayRound(windows=((0.1, 0.5),))])
own_backoffs = st.sampled_from([Fibonacci(), Growing(), HalfAgain(base=0.1, jitter="full")])
own_links = st.builds(
    Link,
    delay=own_delays | delays,
    loss=own_losses | losses,
    duplicate=st.sampled_from([0.0, 0.3]),
)


@st.composite
def own_scenarios(draw):
    """Return a random scenario with parts of a student's own."""
    scenario = draw(scenarios)
    guarantee = scenario.guarantee
    if isinstance(getattr(guarantee, "retry", None), Retry):
        backoff = draw(own_backoffs | backoffs)
        retry = dataclasses.replace(guarantee.retry, backoff=backoff)
        guarantee = dataclasses.replace(guarantee, retry=retry)
    return dataclasses.replace(
        scenario,
        guarantee=guarantee,
        link=draw(own_links),
        return_link=draw(st.none() | own_links),
    )


@settings(max_examples=200, deadline=None)
@given(scenario=own_scenarios())
def test_the_engines_agree_on_what_is_a_students_own(scenario):
    network, arrays = on_the_network(scenario, replication=2), vectorized(scenario, replication=2)
    assert arrays.ledger == network.ledger
    assert arrays.links == network.links


LOSSES = [Peculiar(), LongWayRound(windows=((0.1, 0.5),))]


@pytest.mark.parametrize("delay", [Logarithm(), TwoRoutes(), Always()])
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("backoff", [Fibonacci(), Growing(), HalfAgain(base=0.1)])
def test_a_traced_run_has_the_ledger_of_the_vectorized_one(delay, loss, backoff):
    scenario = Scenario(
        guarantee=AtLeastOnce(retry=Retry(timeout=0.1, backoff=backoff, max_attempts=6)),
        link=Link(delay=delay, loss=loss, duplicate=0.2),
        workload=Periodic(interval=0.01, size_bytes=700),
        messages=300,
        seed=3,
    )
    chosen, traced = simulate(scenario), simulate(scenario, trace=True)
    assert (chosen.engine, traced.engine) == ("vectorized", "discrete-event")
    assert chosen.ledger == traced.ledger
    assert chosen.links == traced.links
    assert chosen.ledger["attempts"].max() > 2


def test_a_delay_that_takes_no_arrays_is_asked_about_each_draw():
    u = np.array([0.0, 0.25, 0.75])
    assert Link(delay=TwoRoutes()).delays_ns(u).tolist() == [50_000_000, 50_000_000, 200_000_000]
    assert Link(delay=TwoRoutes()).delays_ns(u[:1]).tolist() == [50_000_000]
    assert Link(delay=Always()).delays_ns(u[:0]).tolist() == []
    expected = [round(-0.05 * math.log(1 - draw) * 1e9) for draw in u.tolist()]
    assert Link(delay=Logarithm()).delays_ns(u).tolist() == expected


def test_what_a_delay_raises_by_itself_is_raised():
    @dataclass(frozen=True)
    class Broken:
        def quantile(self, u):
            raise ValueError("no such route")

    with pytest.raises(ValueError, match="no such route"):
        Link(delay=Broken())


def test_a_pause_that_is_no_time_is_refused():
    @dataclass(frozen=True)
    class Negative:
        def pause_after(self, attempt, previous, u):
            return -0.1

    guarantee = AtLeastOnce(retry=Retry(backoff=Negative()))
    with pytest.raises(ValueError, match=r"Retry\.backoff\.pause_after must be .* at least 0"):
        simulate(Scenario(guarantee=guarantee, link=Link(loss=1.0), messages=3))
