"""Customers of a node that serves: the quick way and the network's own have one story."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import (
    At,
    AtLeastOnce,
    AtMostOnce,
    BestEffort,
    Constant,
    Crash,
    Exponential,
    Link,
    Network,
    Partition,
    Periodic,
    Poisson,
    SlowNode,
    Uniform,
)

times = st.sampled_from(
    [Constant(0.0), Constant(0.1), Exponential(mean=0.1), Uniform(low=0.05, high=0.2)]
)
workloads = st.sampled_from([Poisson(rate=8), Periodic(interval=0.1), At(times=(0.0, 0.0, 1.0))])
at = st.floats(0.1, 5.0)
faults = st.one_of(
    st.builds(
        lambda node, at, refuses: Crash(node=node, at=at, lasts=0.7, refuses=refuses),
        st.sampled_from(["door", "counter"]),
        at,
        st.booleans(),
    ),
    st.builds(
        lambda at: Partition(groups=(("door",), ("counter",)), at=at, lasts=0.5),
        at,
    ),
    st.builds(lambda at: SlowNode(node="counter", at=at, lasts=1.0, factor=3.0), at),
)


def serve(*, trace, time, workload, workers, backlog, faults=(), by_hand=False):
    net = Network(seed=5, trace=trace)
    door, counter = net.node("door"), net.node("counter", workers=workers, backlog=backlog)
    net.connect(door, counter, Link())
    if by_hand:

        @counter.on("customer")
        def handle(message):
            yield counter.work(message.sample(time))

        door.drive(
            workload,
            lambda _: door.send(counter, "customer", guarantee=BestEffort()),
            messages=60,
        )
    else:
        counter.serve("customer", time)
        door.send_each(workload, counter, "customer", messages=60)
    net.inject(*faults)
    net.run()
    return net, door, counter


@given(
    time=times,
    workload=workloads,
    workers=st.sampled_from([None, 1, 2, 4]),
    backlog=st.sampled_from([None, 0, 2]),
    faults=st.lists(faults, max_size=2),
)
def test_quick_or_not_customers_fare_alike(time, workload, workers, backlog, faults):
    backlog = None if workers is None else backlog
    settings = {"time": time, "workload": workload, "workers": workers, "backlog": backlog}
    ways = [
        serve(trace=False, faults=faults, **settings),
        serve(trace=True, faults=faults, **settings),
        serve(trace=False, faults=faults, by_hand=True, **settings),
    ]
    (net, door, counter), *others = ways
    for other_net, other_door, other_counter in others:
        assert door.ledger == other_door.ledger
        assert net.links["door→counter"] == other_net.links["door→counter"]
        assert net.links["door→counter"].conserved
        instants = np.linspace(0.01234, 12.34, 500)
        for name in ("busy", "waiting", "refused"):
            seen = getattr(counter, name).at(instants)
            assert (seen == getattr(other_counter, name).at(instants)).all(), name


@pytest.mark.parametrize("trace", [False, True])
def test_what_was_sent_last_is_told(trace):
    net = Network(seed=1, trace=trace)
    door, counter = net.node("door"), net.node("counter", workers=1)
    net.connect(door, counter, Link())
    counter.serve("customer", Constant(1.0))
    seen = []

    def wait():
        yield door.send_each(Periodic(interval=1.0), counter, "customer", messages=3)
        seen.append(net.now)

    net.process(wait())
    net.run()
    assert seen == [2.0]
    assert door.last_sent == "door-2"
    assert len(door.ledger) == 3


@pytest.mark.parametrize(
    ("guarantee", "link"),
    [
        (None, Link(delay=Constant(0.2), loss=0.3, duplicate=0.1)),
        (AtMostOnce(), Link()),
        (AtLeastOnce(), Link(loss=0.2)),
    ],
)
def test_elsewhere_each_is_a_message_like_any_other(guarantee, link):
    net = Network(seed=1, trace=False)
    door, counter = net.node("door"), net.node("counter", workers=1)
    net.connect(door, counter, link)
    counter.serve("customer", Constant(0.01))
    door.send_each(Periodic(interval=0.1), counter, "customer", messages=200, guarantee=guarantee)
    net.run()
    assert net.links["door→counter"].conserved
    assert len(door.ledger) == 200
    if link.loss and guarantee is None:
        assert 0 < (door.ledger["handovers"] == 0).sum() < 200


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda door, counter: counter.serve("x", 0.1), r"Node\.serve\.time"),
        (
            lambda door, counter: door.send_each(3, counter, "customer", messages=1),
            r"Node\.send_each\.workload",
        ),
        (
            lambda door, counter: door.send_each(Poisson(rate=1), counter, "customer", messages=0),
            r"Node\.send_each\.messages",
        ),
        (
            lambda door, counter: door.send_each(Poisson(rate=1), "counter", "c", messages=1),
            "a node of this network",
        ),
    ],
)
def test_what_cannot_be_is_refused(make, said):
    net = Network()
    door, counter = net.node("door"), net.node("counter", workers=1)
    net.connect(door, counter, Link())
    with pytest.raises(ValueError, match=said):
        make(door, counter)
