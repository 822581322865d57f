"""Journeys: each copy that a link carried, once, from where it left to where it came."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from simulator import AtLeastOnce, Constant, Exponential, Link, Network, Scenario, simulate
from simulator.drawing.journeys import Journey
from simulator.drawing.parts import parts_of


def journeys(rows, **settings):
    return [part for part in parts_of(rows, **settings) if isinstance(part, Journey)]


@given(seed=st.integers(0, 1000), loss=st.floats(0, 0.4), duplicate=st.floats(0, 0.5))
def test_peers_that_number_their_messages_alike_are_told_apart(seed, loss, duplicate):
    net = Network(seed=seed)
    nodes = net.node("A"), net.node("B")
    net.connect(*nodes, Link(delay=Exponential(mean=0.1), loss=loss, duplicate=duplicate))
    for node in nodes:
        node.on("order")(lambda message: message.data)
    for _ in range(3):
        nodes[0].send(nodes[1], "order", guarantee=AtLeastOnce())
        nodes[1].send(nodes[0], "order", guarantee=AtLeastOnce())
    net.run()
    came = Counter((one.is_answer, one.end) for one in journeys(net.trace) if one.fate == "arrived")
    events = Counter((row.event, row.node) for row in net.trace)
    for end, other in (("A", "B"), ("B", "A")):
        assert came[False, end] == events["handed_over", end]
        assert came[True, end] >= events["acknowledged", end]
        arrived = net.links[f"{other}→{end}"].arrived
        assert came[False, end] + came[True, end] == arrived


@given(seed=st.integers(0, 1000), horizon=st.floats(0.05, 0.5))
def test_what_still_travels_at_the_end_is_told_if_asked(seed, horizon):
    link = Link(delay=Exponential(mean=0.2), loss=0.2, duplicate=0.3)
    outcome = simulate(Scenario(link=link, messages=50, horizon=horizon, seed=seed), trace=True)
    unfinished = [
        one for one in journeys(outcome.trace, unfinished=True) if one.fate == "travelling"
    ]
    assert len(unfinished) == sum(link.in_flight for link in outcome.links.values())
    assert all(one.ended_ns == outcome.trace.rows[-1].time_ns for one in unfinished)
    assert not any(one.fate == "travelling" for one in journeys(outcome.trace))


def test_a_journey_lasts_as_long_as_the_delay():
    outcome = simulate(Scenario(link=Link(delay=Constant(0.05)), messages=1), trace=True)
    assert [(one.kind, one.sent_ns, one.ended_ns) for one in journeys(outcome.trace)] == [
        ("message", 0, 50_000_000),
        ("acknowledgement", 50_000_000, 100_000_000),
    ]
