"""A crash by hand: one cause among others, and what it ends."""

import pytest

from simulator import (
    AtLeastOnce,
    AtMostOnce,
    BestEffort,
    Constant,
    Crash,
    Crashed,
    Duplicate,
    ExactlyOnce,
    Handshake,
    Link,
    Network,
    Script,
)


def instants(net, node="a"):
    return [(r.time_s, r.event) for r in net.trace if r.node == node and r.message == -1]


def test_a_restart_ends_the_crash_by_hand_alone():
    net = Network()
    node = net.node("a")
    net.inject(Crash(node="a", at=1, lasts=3, refuses=True))
    seen = []

    def hand():
        yield net.timeout(2)
        node.restart()
        seen.append((node.is_up, node.refuses_while_down))
        node.crash()
        seen.append((node.is_up, node.refuses_while_down))
        node.crash(refuses=True)
        seen.append((node.is_up, node.refuses_while_down))
        node.restart()
        seen.append((node.is_up, node.refuses_while_down))
        node.crash(refuses=True)
        yield net.timeout(3)
        seen.append((node.is_up, node.refuses_while_down))
        node.restart()
        node.restart()

    net.process(hand())
    net.run()
    assert seen == [(False, True), (False, False), (False, False), (False, True), (False, True)]
    assert instants(net) == [(1.0, "crashed"), (5.0, "restarted")]


def test_to_restart_a_node_that_is_up_does_nothing():
    net = Network()
    net.node("a").restart()
    net.broker("b").restart()
    net.run()
    assert list(net.trace) == []


def test_a_broker_loses_what_is_not_durable_once_an_outage():
    """The message comes in between two crashes that a third spans: it was refused, and is lost."""
    net = Network()
    sender, broker = net.node("sender"), net.broker("broker")
    net.connect(sender, broker, Link(delay=Constant(0.1)))
    queue = broker.queue("jobs", durable=False)
    net.inject(
        *(Crash(node="broker", at=at, lasts=lasts) for at, lasts in ((1, 5), (2, 1), (4, 1)))
    )

    def publish():
        for _ in range(4):
            sender.publish(broker, "jobs", guarantee=BestEffort())
            yield net.timeout(3.2)

    net.process(publish())
    net.run()
    assert instants(net, "broker") == [(1.0, "crashed"), (6.0, "restarted")]
    assert queue.counts.accepted == 3  # at 0.1 s, 6.5 s and 9.7 s
    assert queue.counts.lost == 1
    assert queue.counts.waiting == 2


def test_a_process_that_crashes_its_own_node_ends_where_it_next_waits():
    net = Network()
    node = net.node("a")
    did: list[object] = []

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


@pytest.mark.parametrize("takes", [None, 0.0, 0.05])
@pytest.mark.parametrize(
    ("guarantee", "handovers", "effects"),
    [(ExactlyOnce(), 2, 1), (Handshake(), 2, 1), (AtLeastOnce(), 2, 1), (AtMostOnce(), 1, 0)],
    ids=repr,
)
def test_what_a_handler_cut_short_by_crashing_its_own_node_was_not_seen(
    guarantee, handovers, effects, takes
):
    """The retry runs it again; at most once stays so, though the network's copy comes later."""
    net = Network(seed=1, adversary=Script([Duplicate(message=0, hold=0.5)]))
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, Link(delay=Constant(0.01)))
    lives = []

    def back():
        yield net.timeout(0.1)
        server.restart()

    def crash_at_first():
        lives.append(server.life)
        if len(lives) == 1:
            server.crash()
            net.process(back())

    def at_once(_):
        crash_at_first()

    def in_time(_):
        yield server.work(takes)
        crash_at_first()
        yield server.work(takes)

    server.on("order")(at_once if takes is None else in_time)
    client.send(server, "order", guarantee=guarantee)
    net.run()
    [row] = client.rows
    if isinstance(guarantee, AtLeastOnce):
        handovers, effects = 3, 2  # and the network's copy
    elif isinstance(guarantee, Handshake):
        handovers, effects = 3, 2  # that copy comes after the release, over a link without order
    assert (row.handovers, row.effects) == (handovers, effects)
