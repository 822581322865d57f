"""Random schedules of crashes: a node is down on the union of them, in whatever order they come.

Instants are compared as (time, phase, turn): at one instant crashes begin in phase -2 and end in
phase -1, and then all else happens, by turns. Crashes by hand are among the rest.
"""

import dataclasses
import math
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import BestEffort, Constant, Crash, Link, Network, RandomCrashes, Script
from simulator.adversary import CalmNetwork, RecordedNetwork

SECOND = 10**9
GRID = range(5)
PROBES_NS = sorted(
    instant * SECOND + shift for instant in range(9) for shift in (-1, 0, SECOND // 2)
)[1:]


@dataclass(frozen=True)
class Planned:
    """A crash that a fault brings, and when it is injected: None before the run, or by a script."""

    crash: Crash
    injected: int | None
    scripted: bool


@dataclass(frozen=True)
class ByHand:
    """A crash by hand, or a restart."""

    node: str
    at: int
    crashes: bool
    refuses: bool


class Postman:
    """An adversary that lets message m of a node arrive at the m-th probe; it may have a script."""

    def __init__(self, script=None):
        self.script = script

    def start(self, net):
        if self.script is not None:
            self.script.start(net)
        return self

    def decide(self, transmission, delays_ns):
        return (PROBES_NS[transmission.message // 2],)


nodes = st.sampled_from(["server", "broker"])


@st.composite
def planned(draw, scripted):
    at = draw(st.sampled_from(GRID))
    lasts = draw(st.sampled_from([1, 1, 2, 4]))
    crash = Crash(node=draw(nodes), at=at, lasts=lasts, refuses=draw(st.booleans()))
    how = draw(st.sampled_from(["before", "meanwhile", *(["script"] if scripted else [])]))
    injected = draw(st.integers(0, at - 1)) if how == "meanwhile" and at else None
    return Planned(crash, injected, how == "script")


by_hand = st.builds(
    ByHand, node=nodes, at=st.sampled_from(GRID), crashes=st.booleans(), refuses=st.booleans()
)
random_crashes = st.builds(
    RandomCrashes,
    node=nodes,
    mean_time_to_failure=st.sampled_from([0.5, 2.0]),
    mean_time_to_repair=st.sampled_from([0.5, 2.0]),
    until=st.just(4.0),
    refuses=st.booleans(),
)


def schedules(*, scripted):
    return st.fixed_dictionaries(
        {
            "faults": st.lists(planned(scripted), max_size=6, unique_by=lambda fault: fault.crash),
            "hands": st.lists(by_hand, max_size=4),
            "at_random": st.lists(random_crashes, max_size=2),
            "seed": st.integers(0, 1_000),
        }
    )


def play(net, faults, hands, at_random):
    """Let all that happen; return what a probe saw and what became of copies, by node and time."""
    sender, server, broker = net.node("sender"), net.node("server"), net.broker("broker")
    for node in (server, broker):
        net.connect(sender, node, Link(delay=Constant(0)))
    server.on("job")(lambda _: None)
    broker.queue("job")
    net.inject(*(f.crash for f in faults if f.injected is None and not f.scripted), *at_random)
    for fault in faults:
        if fault.injected is not None:
            net.process(inject(net, fault))
    for hand in hands:
        net.process(touch(net, hand))
    seen = {}
    net.process(probe(net, [server, broker], seen))
    for _ in PROBES_NS:
        for node in (server, broker):
            sender.send(node, "job", guarantee=BestEffort())
    net.run()
    return seen, fates(net)


def inject(net, fault):
    yield net.timeout(fault.injected)
    net.inject(dataclasses.replace(fault.crash, at=fault.crash.at - fault.injected))


def touch(net, hand):
    yield net.timeout(hand.at)
    node = net.find(hand.node)
    if hand.crashes:
        node.crash(refuses=hand.refuses)
    else:
        node.restart()


def probe(net, nodes, seen):
    for instant in PROBES_NS:
        yield net.timeout((instant - net.env.now) / SECOND)
        for node in nodes:
            seen[node.name, instant] = state(node.is_up, node.refuses_while_down)


def fates(net):
    states = {"arrived": "up", "refused": "refuses", "dropped": "silent"}
    return {
        (("server", "broker")[row.message % 2], PROBES_NS[row.message // 2]): states[row.event]
        for row in net.trace  # refused comes after arrived
        if row.event in states
    }


def state(is_up, refuses):
    return "up" if is_up else "refuses" if refuses else "silent"


def outages(node, crashes, hands):
    """Return each outage of a node: from when to when, and whether it refuses."""
    found = []
    for crash in crashes:
        if crash.node == node:
            start = round(crash.at * SECOND)
            end = start + round(crash.lasts * SECOND)
            found.append(((start, -2, 0), (end, -1, 0), crash.refuses))
    # Same instants by hand come in the order of the schedule.
    touches = sorted(
        ((hand.at * SECOND, 1, turn), hand) for turn, hand in enumerate(hands) if hand.node == node
    )
    for place, (start, hand) in enumerate(touches):
        if hand.crashes:
            restarts = (when for when, other in touches[place:] if not other.crashes)
            found.append((start, next(restarts, (math.inf, 0, 0)), hand.refuses))
    return sorted(found)


def union(found):
    """Return the ends of the union, as (nanoseconds, event)."""
    ends = []
    end = None
    for start, until, _ in found:
        if end is None or start > end:
            ends += [] if end is None else [(end[0], "restarted")]
            ends.append((start[0], "crashed"))
            end = until
        end = max(end, until)
    return ends if end is None or end[0] == math.inf else [*ends, (end[0], "restarted")]


def assert_down_on_the_union(schedule):
    faults, at_random = schedule["faults"], schedule["at_random"]
    script = Script(list(dict.fromkeys(fault.crash for fault in faults if fault.scripted)))
    net = Network(seed=schedule["seed"], adversary=Postman(script))
    before = [list(fault.crashes(net)) for fault in at_random[:1]]
    seen, became = play(net, faults, schedule["hands"], at_random)
    crashes = [fault.crash for fault in faults]
    for fault in set(at_random):
        crashes += fault.crashes(net)
    for node in ("server", "broker"):
        found = outages(node, crashes, schedule["hands"])
        for instant in PROBES_NS:
            now = (instant, 1, math.inf)
            refusals = [refuses for start, end, refuses in found if start <= now < end]
            expected = state(not refusals, all(refusals))
            assert seen[node, instant] == expected, (node, instant)
            assert became[node, instant] == expected, (node, instant)
        rows = [(r.time_ns, r.event) for r in net.trace if r.node == node and r.message == -1]
        assert rows == union(found)
    assert before == [list(fault.crashes(net)) for fault in at_random[:1]]


def distinct(schedule):
    """Whether no two random faults of a schedule are equal: `crashes` tells of the last alone."""
    return len(set(schedule["at_random"])) == len(schedule["at_random"])


@settings(max_examples=150)
@given(schedule=schedules(scripted=True).filter(distinct))
def test_a_node_is_down_on_the_union_of_its_crashes(schedule):
    assert_down_on_the_union(schedule)


@pytest.mark.slow
@settings(max_examples=1_000)
@given(schedule=schedules(scripted=True).filter(distinct))
def test_a_node_is_down_on_the_union_of_its_crashes_a_thousand_times(schedule):
    assert_down_on_the_union(schedule)


@settings(max_examples=100)
@given(schedule=schedules(scripted=False))
def test_the_script_of_a_run_has_the_same_outages(schedule):
    parts = {name: schedule[name] for name in ("faults", "hands", "at_random")}
    once = RecordedNetwork(seed=schedule["seed"], adversary=Postman())
    expected = play(once, **parts)
    script = Script.from_toml(once.script.to_toml())
    again = CalmNetwork(seed=schedule["seed"], adversary=script)
    assert play(again, **parts) == expected
    assert again.trace.rows == once.trace.rows
