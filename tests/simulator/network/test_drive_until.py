"""A workload that ends at an instant, rather than after so many messages."""

import math
from dataclasses import dataclass

import numpy as np
import pytest

from simulator import At, Bursts, Network, Periodic, Poisson


def driven(workload, *, start=0.0, others=0, **ends):
    """Return when a workload's action is called: the numbers of the calls, and the instants."""
    net = Network(seed=7)
    node = net.node("a")
    for _ in range(others):
        node.drive(Periodic(interval=1.0), lambda _: None, messages=1)
    if start:
        net.run(until=start)
    calls = []
    done = node.drive(workload, lambda number: calls.append((number, net.now)), **ends)
    net.run()
    assert done.processed
    assert [number for number, _ in calls] == list(range(len(calls)))
    return [instant for _, instant in calls]


def test_it_ends_before_the_instant():
    assert driven(Periodic(interval=0.5), until=2.0) == [0.0, 0.5, 1.0, 1.5]
    assert driven(Periodic(interval=0.5), until=2.000000001) == [0.0, 0.5, 1.0, 1.5, 2.0]
    assert driven(Bursts(size=2, every=1.0), until=2.0) == [0.0, 0.0, 1.0, 1.0]
    assert driven(At(times=[0.1, 0.2, 0.9]), until=0.9) == [0.1, 0.2]
    assert driven(At(times=[0.1]), until=1e9) == [0.1]
    assert driven(At(times=[5.0]), until=1.0) == []


def test_the_instant_is_one_of_the_network_s_clock():
    assert driven(Periodic(interval=0.5), start=3.0, until=4.0) == [3.0, 3.5]


@pytest.mark.parametrize("until", [1.0, 300.0, 3_000.0])
@pytest.mark.parametrize("others", [0, 2])
def test_its_instants_are_those_of_as_many_messages(until, others):
    times = driven(Poisson(rate=10), until=until, others=others)
    more = driven(Poisson(rate=10), messages=len(times) + 1, others=others)
    assert times == more[:-1]
    assert more[-1] >= until


@dataclass(frozen=True)
class Own:
    """A student's own workload, which knows nothing but `times_ns`: the gaps grow."""

    size_bytes = 1000

    def times_ns(self, messages, u):
        return (np.arange(messages) ** 2 // 1000 * 1000 + np.floor(u * 1000)).astype(np.int64)


def test_an_own_workload_needs_no_other_method():
    times = driven(Own(), until=0.1)
    assert times == [time for time in driven(Own(), messages=20_000) if time < 0.1]
    assert 9_990 < len(times) < 10_010  # beyond the first block


def test_both_ends_are_limits():
    assert driven(Periodic(interval=0.5), messages=2, until=9.0) == [0.0, 0.5]
    assert driven(Periodic(interval=0.5), messages=9, until=0.6) == [0.0, 0.5]


@dataclass(frozen=True)
class OwnBursts:
    """Half a million messages at once, each second."""

    size_bytes = 1000

    def times_ns(self, messages, u):
        return np.arange(messages) // 500_000 * 10**9


def test_a_large_burst_is_no_standstill():
    for workload in (OwnBursts(), Bursts(size=3_000_000, every=1.0)):
        node = Network(seed=1).node("a")
        node.drive(workload, lambda _: None, until=1.0)
        assert node.drivers == 1


@dataclass(frozen=True)
class Still:
    """A workload that stops at an instant; or one that spreads what there is over a second."""

    spread: bool
    size_bytes = 1000

    def times_ns(self, messages, u):
        return np.linspace(0, 10**9 if self.spread else 0, messages).astype(np.int64)


def refusal(workload=Periodic(interval=1.0), *, start=0.0, **ends):  # noqa: B008 - a value
    net = Network(seed=1)
    if start:
        net.run(until=start)
    with pytest.raises(ValueError, match=r"^Node\.drive") as caught:
        net.node("a").drive(workload, lambda _: None, **ends)
    return str(caught.value)


def test_one_of_the_two_is_needed():
    allowed = "Node.drive.messages must be a whole number at least 1, or None beside until"
    assert refusal() == f"{allowed}, got None"


@pytest.mark.parametrize("bad", [0, -1, math.inf, math.nan, "soon", True])
def test_an_end_that_is_no_instant_to_come_is_refused(bad):
    for messages in (None, 3):
        allowed = "Node.drive.until must be a finite number above 0"
        assert refusal(messages=messages, until=bad).startswith(allowed)


def test_an_end_that_is_past_is_refused():
    assert refusal(start=5.0, until=5.0) == (
        "Node.drive.until must be a finite number above 5, got 5.0"
    )
    assert "at least 1e-09 above 0: time is in whole nanoseconds" in refusal(until=1e-10)


def test_a_workload_that_never_comes_to_the_end_is_refused():
    assert refusal(Still(spread=False), until=2.0).startswith("Node.drive.workload must be one")
    assert refusal(Still(spread=True), until=2.0).startswith(
        "Node.drive.messages must be given for this workload, whose instants depend on how many"
    )


def test_more_messages_than_memory_holds_are_refused():
    for workload in (Periodic(interval=1e-9), Poisson(rate=1e9)):
        assert refusal(workload, until=1e9).startswith("Node.drive.until must be few enough for")


def test_a_workload_is_still_checked():
    assert refusal("often", until=1.0).startswith("Node.drive.workload must be a workload")
    assert refusal(messages=0, until=1.0).startswith("Node.drive.messages must be a whole number")
