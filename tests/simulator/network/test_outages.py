"""Faults add up: those that overlap or touch are one, and each that ends undoes itself alone."""

import math

import pytest

from simulator import (
    At,
    BestEffort,
    Constant,
    Crash,
    Cut,
    Link,
    LinkOutage,
    Network,
    Partition,
    Periodic,
    Script,
    SlowNode,
    minimize,
)
from simulator.adversary import CalmNetwork, RecordedNetwork

A_TO_B = {"sender": "a", "receiver": "b"}


def instants(net, node="a"):
    return [(r.time_s, r.event) for r in net.trace if r.node == node and r.message == -1]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        ([(1, 10), (2, 1)], [(1, 11)]),
        ([(1, 1), (2, 1)], [(1, 3)]),
        ([(1, 2), (2, 2)], [(1, 4)]),
        ([(1, 1), (1, 1)], [(1, 2)]),
        ([(0, 1), (2, 1)], [(0, 1), (2, 3)]),
    ],
)
def test_crashes_that_overlap_or_touch_are_one_outage(windows, expected, turned):
    crashes = [Crash(node="a", at=at, lasts=lasts) for at, lasts in windows]
    net = Network()
    net.node("a")
    net.inject(*(reversed(crashes) if turned else crashes))
    net.run()
    rows = [end for start, stop in expected for end in ((start, "crashed"), (stop, "restarted"))]
    assert instants(net) == rows


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    "cuts",
    [
        [Cut(**A_TO_B, at=1, lasts=1), Cut(**A_TO_B, at=2, lasts=1)],
        [LinkOutage(between=("b", "a"), at=1, lasts=1), Cut(**A_TO_B, at=2, lasts=1)],
        [Partition(groups=[["a"], ["b"]], at=1, lasts=2), Cut(**A_TO_B, at=1, lasts=1)],
    ],
)
def test_cuts_that_overlap_or_touch_are_one(cuts, turned):
    net = Network()
    net.connect(net.node("a"), net.node("b"), Link())
    net.inject(*(reversed(cuts) if turned else cuts))
    net.run()
    rows = [(row.time_s, row.event) for row in net.trace if row.link == "a→b"]
    assert rows == [(1.0, "partitioned"), (3.0, "healed")]


def test_what_was_planned_long_before_meets_a_node_that_is_down_at_the_start_of_a_crash():
    """All copies are sent at 0 s; the crash is injected at 0.5 s. It is [1 s, 2 s)."""
    net = Network()
    a, b = net.node("a"), net.node("b")
    net.connect(a, b, Link(delay=Constant(1.0)))
    c = net.node("c")
    net.connect(c, b, Link(delay=Constant(2.0)))
    b.on("word")(lambda _: None)
    for sender in (a, c):
        sender.send(b, "word", guarantee=BestEffort())

    def late():
        yield net.timeout(0.5)
        net.inject(Crash(node="b", at=0.5, lasts=1.0))

    net.process(late())
    net.run()
    assert a.ledger["arrivals"].tolist() == [0]
    assert c.ledger["arrivals"].tolist() == [1]


def test_a_fault_at_zero_comes_before_the_first_process():
    net = Network()
    node = net.node("a")
    seen = []

    def look():
        seen.append(node.is_up)
        yield net.timeout(0)

    net.process(look())
    net.inject(Crash(node="a", at=0, lasts=1))
    net.run()
    assert seen == [False]


@pytest.mark.parametrize("fault", [Crash(node="a", at=2, lasts=1), "end"])
def test_what_is_due_at_the_end_of_a_run_does_not_happen_in_it(fault):
    net = Network()
    node = net.node("a")
    net.inject(Crash(node="a", at=1, lasts=1) if fault == "end" else fault)
    net.run(until=2)
    assert node.is_up == (fault != "end")
    net.run(until=2.5)
    assert node.is_up == (fault == "end")


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("factors", [(3.0, 1.1, 0.7), (5.0, 5.0, 5.0), (0.1, 0.1, 0.3)])
def test_a_node_is_as_slow_as_the_product_and_heals_to_one(factors, turned):
    slow = [SlowNode(node="a", factor=f, at=k, lasts=2) for k, f in enumerate(factors, start=1)]
    net = Network()
    node = net.node("a")
    net.inject(*(reversed(slow) if turned else slow))
    seen = []
    for end in (1, 1.5, 2.5, 3.5, 4.5, 5.5):
        net.run(until=end)
        seen.append(node.slowness)
    first, second, third = factors
    pairs = [math.prod(sorted(pair)) for pair in ((first, second), (second, third))]
    assert seen == [1.0, first, *pairs, third, 1.0]


def test_the_product_does_not_depend_on_the_order():
    factors = (0.1, 3.3, 7.7, 1.9)
    seen = set()
    for turn in range(4):
        net = Network()
        node = net.node("a")
        for f in factors[turn:] + factors[:turn]:
            net.inject(SlowNode(node="a", factor=f, at=1, lasts=1))
        net.run(until=1.5)
        seen.add(node.slowness)
    assert len(seen) == 1


def test_equal_faults_are_recorded_once():
    """To crash twice is to crash once; to be slow by 3 twice is to be slow by 9."""
    crash, slow = Crash(node="a", at=1, lasts=1), SlowNode(node="a", factor=3, at=2, lasts=5)

    def program(net):
        node = net.node("a")
        net.inject(crash, slow, crash, slow)
        ends = []

        def work():
            yield net.timeout(2)
            yield node.work(0.1)
            ends.append(net.now)

        net.process(work())
        net.run()
        return ends

    recorded = RecordedNetwork()
    assert program(recorded) == [2.9]
    nine = SlowNode(node="a", factor=9, at=2, lasts=5)
    assert recorded.script == Script([crash, nine])
    assert program(CalmNetwork(adversary=recorded.script)) == [2.9]


def test_a_fault_is_recorded_by_the_clock_to_the_nanosecond():
    """Half a nanosecond rounds to the even: 3 ns + 2 ns, not 4.5 ns, which is 4."""
    net = RecordedNetwork()
    net.node("a")

    def late():
        yield net.timeout(3e-9)
        net.inject(Crash(node="a", at=1.5e-9, lasts=1))

    net.process(late())
    net.run()
    assert instants(net)[0] == (5e-9, "crashed")
    again = CalmNetwork(adversary=net.script)
    again.node("a")
    again.run()
    assert again.trace.rows == net.trace.rows


def test_a_run_that_breaks_by_crashes_that_overlap_is_minimized():
    """The word sent at 5 s gets lost, as the shorter crash does not end the longer."""

    def program(net, times):
        a, b = net.node("a"), net.node("b")
        net.connect(a, b, Link(delay=Constant(0.1)))
        b.on("word")(lambda _: None)
        net.inject(Crash(node="b", at=1, lasts=10), Crash(node="b", at=2, lasts=1))
        a.send_each(At(times=times), b, "word", messages=len(times))
        net.run()
        ledger = a.ledger
        late = (ledger["created_s"] > 4) & (ledger["arrivals"] == 0)
        return "A late word got lost." if late.any() else None

    least = minimize(program, workload=Periodic(interval=2.5), messages=3, seed=1)
    assert [type(action) for action in least.script.actions] == [Crash]
    assert least.script.actions[0].lasts > 2
