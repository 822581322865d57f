"""A crash by hand: one cause among others, and what it ends."""

import pytest

from simulator import AtLeastOnce, BestEffort, Crashed, Link, Network


def test_a_process_that_crashes_its_own_node_ends_where_it_next_waits():
    net = Network()
    node = net.node("a")
    did = []

    def stop_itself():
        yield net.timeout(1)
        node.crash()
        did.append("went on")
        yield net.timeout(1)
        did.append("came back")

    def wait(process):
        with pytest.raises(Crashed):
            yield process
        did.append(net.now)

    net.process(wait(node.process(stop_itself())))
    net.run()
    assert did == ["went on", 1.0]


def test_a_process_of_a_node_that_crashes_before_it_begins_does_not_begin():
    net = Network()
    node = net.node("a")
    did = []

    def steps():
        did.append("began")
        yield net.timeout(1)

    def wait(process):
        with pytest.raises(Crashed):
            yield process
        did.append("crashed")

    process = node.process(steps())
    node.crash()
    net.process(wait(process))
    net.run()
    assert did == ["crashed"]


def test_a_down_node_does_nothing():
    net = Network()
    a, b = net.node("a"), net.node("b")
    net.connect(a, b, Link())
    b.on("word")(lambda _: None)
    a.crash()
    for do in (
        lambda: a.process(iter_nothing(net)),
        lambda: a.send(b, "word", guarantee=BestEffort()),
        lambda: a.ask(b, "word", guarantee=AtLeastOnce()),
    ):
        with pytest.raises(Crashed, match="a is down"):
            do()


def iter_nothing(net):
    yield net.timeout(1)
