"""Nodes with a bounded number of workers and a bounded backlog; gauges; service times; keys."""

import numpy as np
import pytest

from simulator import (
    At,
    AtLeastOnce,
    BestEffort,
    Constant,
    ConstantBackoff,
    Exponential,
    IdempotencyKeys,
    Link,
    Message,
    Network,
    Poisson,
    Refused,
    Retry,
)
from simulator.network.gauge import Gauge
from simulator.network.schedule import Schedule

LINK = Link(delay=Constant(0.5))


def counter(workers=None, backlog=None, service=1.0, link=LINK):
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server", workers=workers, backlog=backlog)
    net.connect(client, server, link)

    @server.on("job")
    def handle(_):
        yield server.work(service)
        return "done"

    return net, client, server


def test_workers_are_busy_the_backlog_waits_and_the_rest_is_refused():
    """Five arrive at 0.5 s: two are handled until 1.5 s, then two more, and one is refused."""
    net, client, server = counter(workers=2, backlog=2)
    for _ in range(5):
        client.send(server, "job", guarantee=BestEffort())
    net.run()
    assert client.ledger["delivered_s"].tolist()[:4] == [0.5, 0.5, 1.5, 1.5]
    assert np.isnan(client.ledger["delivered_s"][4])
    assert server.refused.value == 1
    assert server.busy.at([0.0, 0.5, 1.4, 1.5, 2.4, 2.5]).tolist() == [0, 2, 2, 2, 2, 0]
    assert server.waiting.at([0.4, 0.5, 1.4, 1.5]).tolist() == [0, 2, 2, 0]
    assert server.busy.mean(0.5, 2.5) == 2
    assert server.waiting.mean(0.5, 2.5) == 1


def test_a_refusal_ends_the_wait_at_once_and_the_sender_pauses_and_tries_again():
    """Refused at 0.5 s, known at 1 s, sent again at 1.25 s; the worker is free from 1.5 s."""
    net, client, server = counter(workers=1, backlog=0)
    retry = Retry(timeout=10.0, backoff=ConstantBackoff(0.25), max_attempts=3)
    client.send(server, "job", guarantee=AtLeastOnce(retry=Retry(timeout=10.0)))
    client.send(server, "job", guarantee=AtLeastOnce(retry=retry))
    net.run()
    sent = [row.time_s for row in net.trace if row.event == "sent" and row.message == 1]
    assert sent == [0, 1.25]
    assert client.ledger["acknowledged_s"].tolist() == [2.0, 3.25]
    assert "timed_out" not in {row.event for row in net.trace}


def test_a_caller_whose_last_attempt_is_refused_is_told():
    net, client, server = counter(workers=1, backlog=0)

    def customer():
        client.send(server, "job", guarantee=AtLeastOnce(retry=Retry(timeout=10.0)))
        with pytest.raises(Refused, match="server refused client-1"):
            yield client.ask(
                server, "job", guarantee=AtLeastOnce(retry=Retry(max_attempts=1, timeout=10.0))
            )
        return net.now

    process = net.process(customer())
    net.run()
    assert process.value == 1.0


def test_a_refused_request_asked_once_is_told_too():
    net, client, server = counter(workers=1, backlog=0)

    def customer():
        client.notify(server, "job")
        with pytest.raises(Refused):
            yield client.ask(server, "job", guarantee=BestEffort(), timeout=5.0)
        return net.now

    process = net.process(customer())
    net.run()
    assert process.value == 1.0


def test_a_service_time_is_the_same_whoever_handles_the_message():
    def times(names, replication=0):
        net = Network(seed=7, replication=replication)
        client = net.node("client")
        found = []
        broker = net.broker("broker")
        net.connect(client, broker, LINK)
        broker.queue("q")
        for name in names:
            worker = net.node(name)
            net.connect(broker, worker, LINK)
            worker.subscribe(
                broker, "q", lambda m: found.append((m.id, m.sample(Exponential(mean=1))))
            )
        for _ in range(20):
            client.publish(broker, "q")
        net.run()
        return sorted(found)

    assert times(["a"]) == times(["b", "c"])
    assert times(["a"]) != times(["a"], replication=1)


def test_service_times_have_the_mean_asked_for():
    net, client, server = counter()
    taken = []
    server.on("sample")(lambda m: taken.append(m.sample(Exponential(mean=0.2))))
    for _ in range(10_000):
        client.send(server, "sample", guarantee=BestEffort())
    net.run()
    assert abs(np.mean(taken) - 0.2) < 4 * 0.2 / 100


def test_a_message_made_by_hand_has_no_service_time():
    with pytest.raises(ValueError, match=r"Message\.sample"):
        Message("a", "b", 0, "t", None, 0).sample(Constant(1.0))


def test_a_workload_drives_a_node():
    net, client, server = counter()
    client.drive(At(times=(0.0, 1.0, 4.0)), lambda n: client.notify(server, "job", n), messages=5)
    net.run()
    assert client.ledger["created_s"].tolist() == [0, 1, 4]


def test_two_drivers_of_one_node_have_luck_of_their_own():
    net, client, _ = counter()
    times = {0: [], 1: []}
    for which in times:
        client.drive(Poisson(rate=10), lambda _, w=which: times[w].append(net.now), messages=20)
    net.run()
    assert len(times[0]) == len(times[1]) == 20
    assert times[0] != times[1]


@pytest.mark.parametrize(
    ("keys", "deposits", "balance"),
    [
        (None, [0, 0, 1], 3),
        (IdempotencyKeys(key=lambda m: m.data), [0, 0, 1], 2),
        (IdempotencyKeys(key=lambda m: m.data, window=1), [0, 1, 0], 3),
        (IdempotencyKeys(key=lambda m: m.data, max_age=1.5), [0, 0, 0], 2),
    ],
)
def test_idempotency_keys_let_a_request_have_its_effect_once(keys, deposits, balance):
    """One deposit a second, from 0.5 s; a memory of 1.5 s knows the second, not the third."""
    net, client, server = counter()
    account, replies = [], []

    @server.on("deposit", keys=keys)
    def deposit(message):
        account.append(message.data)
        return len(account)

    def customer():
        patient = AtLeastOnce(retry=Retry(timeout=5.0))
        for key in deposits:
            reply = yield client.ask(server, "deposit", key, guarantee=patient)
            replies.append(reply)

    net.process(customer())
    net.run()
    assert len(account) == balance
    assert sum(client.ledger["effects"]) == balance
    assert client.ledger["handovers"].tolist() == [1, 1, 1]
    if keys is not None and keys.window is None and keys.max_age is None:
        assert replies == [1, 1, 2]


def test_volatile_keys_are_lost_in_a_crash():
    for durable, balance in ((True, 1), (False, 2)):
        net, client, server = counter()
        account = []
        keys = IdempotencyKeys(key=lambda m: m.data, durable=durable)
        server.on("deposit", keys=keys)(lambda m, account=account: account.append(m.data))
        client.notify(server, "deposit", "key")
        net.run()
        server.crash()
        server.restart()
        client.notify(server, "deposit", "key")
        net.run()
        assert len(account) == balance


def test_a_gauge_remembers_all_that_it_was():
    env = Schedule()
    gauge = Gauge(env)
    gauge.add(2)  # at 0 s
    env.run(until=3 * 10**9)
    gauge.add(-1)
    env.run(until=4 * 10**9)
    assert gauge.mean() == (2 * 3 + 1) / 4
    assert gauge.mean(2.0, 4.0) == 1.5
    assert gauge.at([0, 2.9, 3, 10]).tolist() == [2, 2, 1, 1]
    assert gauge.max() == 2
    assert gauge.to_frame().to_numpy().tolist() == [[0, 2], [3, 1]]
    with pytest.raises(ValueError, match="above since"):
        gauge.mean(4.0)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda net: net.node("a", workers=0), r"Network\.node\.workers"),
        (lambda net: net.node("a", workers=1, backlog=-1), r"Network\.node\.backlog"),
        (lambda net: net.node("a", backlog=1), "nothing ever waits|None where workers is"),
        (lambda net: net.node("a").work(-1), r"Node\.work\.seconds"),
        (lambda net: net.node("a").on("t", keys=3), r"Node\.on\.keys"),
        (lambda net: net.node("a").drive(3, print, messages=1), r"Node\.drive\.workload"),
        (lambda _: IdempotencyKeys(window=0), r"IdempotencyKeys\.window"),
        (lambda _: IdempotencyKeys(max_age=0), r"IdempotencyKeys\.max_age"),
        (lambda _: IdempotencyKeys(durable=1), r"IdempotencyKeys\.durable"),
        (lambda _: IdempotencyKeys(key=3), r"IdempotencyKeys\.key"),
    ],
)
def test_bad_input_is_refused(make, said):
    with pytest.raises(ValueError, match=said):
        make(Network())
