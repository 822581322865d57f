"""A network of one's own: nodes, handlers, requests and replies, in SimPy's own style."""

from typing import Literal

import pytest
import simpy

from simulator import (
    AtLeastOnce,
    AtMostOnce,
    BestEffort,
    Constant,
    ExactlyOnce,
    Exponential,
    Link,
    Network,
    Retry,
    Scripted,
    TimedOut,
)


def pair(link=None, back=None, **options):
    net = Network(seed=1, **options)
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, link or Link(delay=Constant(0.05)), one_way=True)
    net.connect(server, client, back or Link(delay=Constant(0.05)), one_way=True)
    return net, client, server


def test_the_example_of_the_readme_asks_and_gets_a_reply():
    net, client, server = pair()

    @server.on("order")
    def handle(message):
        yield net.timeout(0.02)
        return {"status": "processed", "id": message.id}

    def customer():
        reply = yield client.ask(server, "order", {"content": "Hello"}, guarantee=AtLeastOnce())
        return reply, net.now

    process = net.process(customer())
    net.run(until=60)
    assert process.value == ({"status": "processed", "id": "client-0"}, 0.12)


def test_a_request_that_is_never_answered_times_out():
    net, client, server = pair(Link(loss=1.0))
    server.on("order")(lambda _: "done")

    def customer():
        with pytest.raises(TimedOut, match="no reply to client-0 from server"):
            yield client.ask(server, "order", guarantee=AtLeastOnce(retry=Retry(timeout=0.1)))
        return net.now

    process = net.process(customer())
    net.run()
    assert process.value == 0.3


def test_a_copy_that_comes_while_the_first_is_handled_waits_for_the_same_reply():
    net, client, server = pair()
    calls = []

    @server.on("order")
    def handle(message):
        calls.append(message.id)
        yield net.timeout(0.5)
        return len(calls)

    retry = Retry(timeout=0.2, max_attempts=4)
    process = client.ask(server, "order", guarantee=ExactlyOnce(retry=retry))
    net.run()
    assert process.value == 1
    assert client.ledger["suppressed"].tolist() == [2]
    sent = [row.time_s for row in net.trace if row.event == "ack_sent"]
    assert sent == [0.55, 0.55, 0.55]


def test_a_forgetful_receiver_acknowledges_what_it_has_forgotten():
    """A window of one: the second message pushes out the first while it is being handled."""
    net, client, server = pair()

    @server.on("order")
    def handle(_):
        yield net.timeout(0.1)

    guarantee = ExactlyOnce(window=1, retry=Retry(timeout=1.0))
    client.send(server, "order", guarantee=guarantee)
    client.send(server, "order", guarantee=guarantee)
    net.run()
    assert client.ledger["belief"].tolist() == ["acknowledged", "acknowledged"]
    assert client.ledger["handovers"].tolist() == [1, 1]


def test_acknowledging_before_handling_tells_the_sender_sooner():
    moments: dict[Literal["before", "after"], float] = {"before": 0.1, "after": 0.4}
    for moment, known in moments.items():
        net, client, server = pair()

        @server.on("order")
        def handle(_, net=net):
            yield net.timeout(0.3)

        retry = Retry(timeout=1.0)
        client.send(server, "order", guarantee=AtLeastOnce(retry=retry, acknowledge=moment))
        net.run()
        assert client.ledger["acknowledged_s"].tolist() == [known]


def test_copies_overtake_each_other():
    net, client, server = pair(Link(delay=Exponential(mean=0.1)))
    order = []
    server.on("note")(lambda message: order.append(message.number))

    def talk():
        for _ in range(50):
            client.send(server, "note", guarantee=BestEffort())
            yield net.timeout(0.01)

    net.process(talk())
    net.run()
    assert sorted(order) == list(range(50))
    assert order != sorted(order)


def test_the_trace_is_a_table_and_a_story():
    net, client, server = pair(Link(delay=Constant(0.05), loss=Scripted(lost={(0, 1)})))
    server.on("note")(lambda _: None)
    client.send(server, "note", guarantee=AtLeastOnce())
    net.run()
    frame = net.trace.to_frame()
    columns = ["time_s", "event", "node", "link", "message", "attempt", "copy"]
    assert list(frame) == [*columns, "kind", "story", "delivery"]
    assert frame["event"].tolist() == [
        *("created", "sent", "lost", "timed_out", "sent", "arrived", "handed_over"),
        *("handled", "ack_sent", "arrived", "acknowledged"),
    ]
    assert "0.2 s  message 0 attempt 1: timed out at client" in str(net.trace)


def test_a_network_without_a_trace_keeps_none():
    net, client, server = pair(trace=False)
    server.on("note")(lambda _: None)
    client.send(server, "note", guarantee=AtMostOnce())
    net.run()
    assert len(net.trace) == 0


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda _, a, b: a.send(b, "nope", guarantee=BestEffort()), 'handles ("order")'),
        (lambda _, a, b: a.send(b, "order", guarantee=BestEffort), "a delivery guarantee"),
        (
            lambda _, a, b: a.ask(b, "order", guarantee=AtLeastOnce(acknowledge="before")),
            "acknowledges after handling",
        ),
        (lambda _, a, b: a.send("b", "order", guarantee=BestEffort()), "a node of this network"),
        (lambda net, a, _: net.connect(a, a, Link()), "another node"),
        (lambda net, a, b: net.connect(a, b, Link()), "without a link yet"),
        (lambda net, *_: net.node("client"), "a new name"),
        (lambda net, *_: net.timeout(-1), "at least 0"),
        (lambda net, *_: net.run(until=-1), "above 0"),
        (lambda net, *_: net.process(print), "a generator"),
    ],
)
def test_what_cannot_be_done_is_refused(act, said):
    net, client, server = pair()
    server.on("order")(lambda _: None)
    with pytest.raises(ValueError, match=r"must be") as caught:
        act(net, client, server)
    assert said in str(caught.value)


@pytest.mark.parametrize("verb", ["send", "ask"])
def test_what_sends_is_a_process_before_it_has_begun_too(verb):
    """It can be shown, asked what it waits for, and interrupted: then it never begins."""
    net = Network()
    a, b = net.node("a"), net.node("b")
    net.connect(a, b, Link(delay=Constant(0.1)))
    b.on("m")(lambda _: None)
    process = getattr(a, verb)(b, "m", guarantee=AtLeastOnce())
    assert "a-0" in repr(process)
    assert (process.target, process.is_alive) == (None, True)
    process.interrupt("changed my mind")
    heard = []

    def wait():
        try:
            yield process
        except simpy.Interrupt as interrupt:
            heard.append(interrupt.cause)

    net.process(wait())
    net.run()
    assert heard == ["changed my mind"]
    assert (a.ledger["attempts"].tolist(), process.is_alive) == ([0], False)


def test_a_process_that_sends_can_be_interrupted_while_it_waits():
    net = Network()
    a, b = net.node("a"), net.node("b")
    net.connect(a, b, Link(delay=Constant(0.1)))
    b.on("m")(lambda _: None)
    process = a.send(b, "m", guarantee=AtLeastOnce())

    def program():
        yield net.timeout(0.05)
        assert process.target is not None
        process.interrupt()
        with pytest.raises(simpy.Interrupt):
            yield process

    net.process(program())
    net.run()
    assert a.ledger["belief"].tolist() == ["acknowledged"]  # which comes nevertheless


def test_a_handling_can_be_shown():
    net = Network(seed=1)
    a, b = net.node("a"), net.node("b")
    net.connect(a, b, Link(delay=Constant(0.1)))
    shown = []

    @b.on("m")
    def handle(_):
        shown.append(repr(net.env.active_process))
        yield net.timeout(0.1)
        shown.append(repr(net.env.active_process))

    a.send(b, "m", guarantee=AtLeastOnce())
    net.run()
    assert all("handle" in text for text in shown)
