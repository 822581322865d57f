"""The chapter's patterns: ask, notify, reply queues, queue for later; over any guarantee."""

import pytest

from simulator import (
    AtLeastOnce,
    AtMostOnce,
    BestEffort,
    CircuitBreaker,
    CircuitOpen,
    Constant,
    Crash,
    Crashed,
    ExactlyOnce,
    Exponential,
    Handshake,
    Link,
    Network,
    Periodic,
    Retry,
    Scripted,
    StoreAndForward,
    TimedOut,
)


def pair(link=None, back=None, seed=1, **options):
    net = Network(seed=seed, **options)
    client, server = net.node("client"), net.node("server")
    link = link or Link(delay=Constant(0.05))
    net.connect(client, server, link, one_way=True)
    net.connect(server, client, back or link, one_way=True)
    return net, client, server


@pytest.mark.parametrize(
    "guarantee",
    [
        None,
        BestEffort(),
        AtMostOnce(),
        AtLeastOnce(),
        ExactlyOnce(),
        Handshake(),
        StoreAndForward(),
    ],
)
def test_ask_works_over_any_guarantee(guarantee):
    net, client, server = pair()
    server.on("double")(lambda m: 2 * m.data)
    process = client.ask(server, "double", 21, guarantee=guarantee)
    net.run()
    assert process.value == 42


@pytest.mark.parametrize("guarantee", [BestEffort(), AtMostOnce()])
def test_a_request_sent_once_that_is_lost_times_out(guarantee):
    net, client, server = pair(Link(loss=1.0))
    server.on("double")(lambda m: 2 * m.data)

    def customer():
        with pytest.raises(TimedOut):
            yield client.ask(server, "double", 21, guarantee=guarantee, timeout=2.0)
        return net.now

    process = net.process(customer())
    net.run()
    assert process.value == 2.0
    assert client.ledger["belief"].tolist() == ["gave_up"]


def every_request_is_answered_or_reported(requests):
    """Loss 0.3 each way, five attempts, exactly once: what each caller got, and the effects."""
    net, client, server = pair(Link(delay=Exponential(mean=0.05), loss=0.3), trace=False)
    server.on("echo")(lambda m: (m.data, m.id))
    guarantee = ExactlyOnce(retry=Retry(timeout=0.3, max_attempts=5))
    answered, failed = [], []

    def customer(number):
        identifier = f"client-{number}"
        try:
            reply = yield client.ask(server, "echo", number, guarantee=guarantee)
        except TimedOut:
            failed.append(number)
        else:
            assert reply == (number, identifier)  # the reply to this request, and no other
            answered.append(number)

    client.drive(Periodic(interval=0.01), customer, messages=requests)
    net.run()
    assert sorted(answered + failed) == list(range(requests))
    assert client.ledger["effects"].max() == 1
    # An attempt is answered with probability 0.49 (a little less, for late replies).
    assert 0.5 * 0.51**5 < len(failed) / requests < 2.5 * 0.51**5
    assert (client.ledger["belief"] == "acknowledged").sum() == len(answered)


def test_every_request_is_answered_or_reported_and_no_reply_is_crossed():
    every_request_is_answered_or_reported(3_000)


@pytest.mark.slow
def test_a_hundred_thousand_requests_are_answered_or_reported():
    every_request_is_answered_or_reported(100_000)


def test_a_lost_reply_is_answered_again_from_the_stored_one():
    back = Link(delay=Constant(0.05), loss=Scripted(lost={(0, 1), (0, 2)}))
    net, client, server = pair(Link(delay=Constant(0.05)), back)
    calls = []

    @server.on("order")
    def handle(message):
        calls.append(message.id)
        return f"receipt {len(calls)}"

    retry = Retry(timeout=0.2, max_attempts=5)
    process = client.ask(server, "order", guarantee=ExactlyOnce(retry=retry))
    net.run()
    assert process.value == "receipt 1"
    assert calls == ["client-0"]
    assert client.ledger["acknowledged_s"].tolist() == [0.5]


def test_notify_returns_at_once_with_the_identifier():
    net, client, server = pair()
    heard = []
    server.on("news")(lambda m: heard.append((m.id, net.now)))
    assert client.notify(server, "news") == "client-0"
    assert net.now == 0
    net.run()
    assert heard == [("client-0", 0.05)]


def test_replies_are_received_later_by_their_correlation_ids():
    net, client, server = pair()
    server.on("square")(lambda m: m.data**2)
    replies = client.reply_queue()
    got = []

    def customer():
        asked = {}
        for number in (2, 3, 4):
            client.send(server, "square", number, guarantee=AtLeastOnce(), reply_to=replies)
            asked[number] = client.last_sent
        yield net.timeout(5.0)
        assert len(replies) == 3
        for number in (4, 2):
            reply = yield replies.receive(asked[number])
            got.append((reply.data, reply.correlation_id))
        got.append((yield replies.receive()).data)
        with pytest.raises(TimedOut):
            yield replies.receive(timeout=1.0)
        got.append(net.now)

    net.process(customer())
    net.run()
    assert got == [(16, "client-2"), (4, "client-0"), 9, 6.0]


def test_an_open_circuit_breaker_fails_at_once_and_sends_nothing():
    net, client, server = pair(Link(loss=1.0))
    server.on("order")(lambda _: None)
    breaker = CircuitBreaker(failures=2, recovery=10.0)
    guarantee = AtLeastOnce(retry=Retry(timeout=0.1, max_attempts=2, breaker=breaker))

    def customer():
        with pytest.raises(TimedOut):
            yield client.ask(server, "order", guarantee=guarantee)
        with pytest.raises(CircuitOpen, match="breaker open"):
            yield client.ask(server, "order", guarantee=guarantee)
        return net.now

    process = net.process(customer())
    net.run()
    assert process.value == 0.2
    assert client.ledger["attempts"].tolist() == [2, 0]


def test_a_caller_whose_node_crashes_is_told_so():
    net, client, server = pair()
    server.on("order")(lambda _: None)

    def outside():
        with pytest.raises(Crashed, match="client crashed"):
            yield client.ask(server, "order")
        with pytest.raises(Crashed, match="client is down"):
            client.notify(server, "order")
        return net.now

    net.inject(Crash(node="client", at=0.07, lasts=1.0))
    process = net.process(outside())
    net.run()
    assert process.value == 0.07


def test_queued_for_later_all_arrive_after_the_outage_and_few_knock_meanwhile():
    """Ten messages at 1.0 s; the server is down from 0.5 s to 5.5 s; two may knock at a time."""
    net, client, server = pair()
    server.on("order")(lambda _: None)
    guarantee = StoreAndForward(retry=Retry(timeout=0.2, max_attempts=1), rest=0.8, parallel=2)
    net.inject(Crash(node="server", at=0.5, lasts=5.0))

    def customer():
        yield net.timeout(1.0)
        for _ in range(10):
            client.send(server, "order", guarantee=guarantee)

    net.process(customer())
    net.run()
    assert (client.ledger["belief"] == "acknowledged").all()
    knocks = {row.message for row in net.trace if row.event == "sent" and row.time_s < 5.5}
    assert knocks == {0, 1}
    # They knock each second, at 1, 2, 3, 4 and 5 s, and come through at 6 s.
    assert client.ledger["attempts"].tolist()[:2] == [6, 6]
    assert client.ledger["attempts"].tolist()[2:] == [1] * 8
    # Then two at a time, a round trip of 0.1 s each.
    assert client.ledger["acknowledged_s"].tolist() == [
        6.1,
        6.1,
        6.2,
        6.2,
        6.3,
        6.3,
        6.4,
        6.4,
        6.5,
        6.5,
    ]
