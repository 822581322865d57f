"""The counters of a player count what the ledger counts."""

from collections import Counter

import pytest

from simulator import (
    AtLeastOnce,
    AtMostOnce,
    BestEffort,
    Constant,
    Crash,
    ExactlyOnce,
    Exponential,
    Handshake,
    Link,
    Network,
    Periodic,
    Retry,
    Scenario,
    simulate,
)
from simulator.drawing.counters import COUNTERS, counters_of, counts_of
from tests.simulator.drawing.counting import expected

RETRY = Retry(timeout=0.1, max_attempts=2)
GUARANTEES = [
    BestEffort(),
    AtMostOnce(),
    AtLeastOnce(retry=RETRY),
    AtLeastOnce(),
    ExactlyOnce(retry=RETRY),
    Handshake(),
]
POOR = Link(delay=Exponential(mean=0.05), loss=0.3, duplicate=0.1)


def counted(trace):
    """Return the counters at the end of a trace."""
    counts = Counter(name for _, name in counts_of(list(trace), trace.undecided))
    return {name: counts[name] for name in counters_of(list(trace))}


@pytest.mark.parametrize("guarantee", GUARANTEES, ids=repr)
@pytest.mark.parametrize("horizon", [None, 0.5])
def test_they_end_where_the_ledger_does(guarantee, horizon):
    scenario = Scenario(guarantee=guarantee, link=POOR, messages=60, horizon=horizon, seed=5)
    outcome = simulate(scenario, trace=True)
    assert counted(outcome.trace) == expected(outcome.ledger)


def test_at_the_horizon_some_are_lost_and_some_undecided():
    """So that the test above tells them apart."""
    scenario = Scenario(guarantee=AtLeastOnce(retry=RETRY), link=POOR, messages=60, horizon=0.5)
    ledger = simulate(scenario.replace("seed", 5), trace=True).ledger
    never = ledger["handovers"] == 0
    assert (never & ledger["undecided"]).any()
    assert (never & ~ledger["undecided"]).any()


@pytest.mark.parametrize("guarantee", GUARANTEES, ids=repr)
def test_so_they_do_when_both_nodes_crash_and_one_refuses(guarantee):
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server", workers=1, backlog=1)
    net.connect(client, server, POOR)

    @server.on("order")
    def handle(message):
        yield server.work(0.03)

    client.send_each(Periodic(interval=0.02), server, "order", messages=50, guarantee=guarantee)
    net.inject(Crash(node="server", at=0.2, lasts=0.1), Crash(node="client", at=0.5, lasts=0.1))
    net.run(until=1.0)
    assert counted(net.trace) == expected(client.ledger)


def test_a_message_is_lost_with_the_last_event_about_it():
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, Link(delay=Constant(0.01), loss=1.0))
    server.on("order")(lambda message: None)
    client.send(server, "order", guarantee=AtLeastOnce(retry=RETRY))
    net.run()
    ((place, _),) = [count for count in counts_of(list(net.trace), ()) if count[1] == "lost"]
    assert net.trace.rows[place].event == "gave_up"


def test_a_broker_s_task_is_one_message_however_often_it_is_delivered():
    net = Network(seed=1)
    shop, broker, kitchen = net.node("shop"), net.broker("broker"), net.node("kitchen")
    for node in (shop, kitchen):
        net.connect(node, broker, Link(delay=Constant(0.01)))
    broker.queue("orders", visibility_timeout=0.2)

    def cook(message):
        yield kitchen.work(0.05)

    kitchen.subscribe(broker, "orders", cook)
    net.inject(Crash(node="kitchen", at=0.03, lasts=0.05))
    for order in range(2):
        shop.publish(broker, "orders", order)
    net.run()
    assert counted(net.trace) == {"sent": 2, "handed_over": 2, "duplicates": 1}
    assert sum(row.event == "handed_over" and row.delivery > 0 for row in net.trace) == 3


def test_an_event_for_two_subscribers_is_no_duplicate():
    net = Network(seed=1)
    shop, broker = net.node("shop"), net.broker("broker")
    net.connect(shop, broker, Link(delay=Constant(0.01)))
    broker.topic("news")
    for name in ("one", "other"):
        reader = net.node(name)
        net.connect(reader, broker, Link(delay=Constant(0.01)))
        reader.subscribe(broker, "news", lambda message: None)
    shop.publish(broker, "news", "open")
    net.run()
    assert counted(net.trace) == {"sent": 1, "handed_over": 1, "duplicates": 0}


def test_a_part_of_a_trace_and_a_copy_of_it_know_what_is_undecided():
    scenario = Scenario(link=Link(delay=Constant(1.0)), messages=2, horizon=0.1)
    trace = simulate(scenario, trace=True).trace
    assert trace.undecided == {"sender-0", "sender-1"}
    assert counted(trace.of(0)) == {**dict.fromkeys(COUNTERS, 0), "sent": 1}
