"""The pause before a queue delivers a message again."""

import math
from dataclasses import dataclass

import pytest

from simulator import (
    Constant,
    ConstantBackoff,
    Crash,
    DecorrelatedJitter,
    ExponentialBackoff,
    Failed,
    Link,
    Network,
    NoBackoff,
)
from simulator.randomness import Lane, Purpose, Randomness

LINK = Link(delay=Constant(0.05))


def shop(seed=1, **settings):
    """A producer, a broker with a queue of tasks, and a worker: 0.05 s from one to the next."""
    net = Network(seed=seed)
    producer, broker, worker = net.node("producer"), net.broker("broker"), net.node("worker")
    net.connect(producer, broker, LINK)
    net.connect(broker, worker, LINK)
    return net, producer, broker, worker, broker.queue("tasks", **settings)


def fails(*deliveries):
    """Return a handler that fails at these deliveries of each message, from 1."""

    def handle(message):
        if message.delivery in deliveries:
            raise Failed("not yet")

    return handle


def instants(net, event, node=None):
    return [row.time_s for row in net.trace if row.event == event and node in {None, row.node}]


# ------------------------------------------------------------------------------ how long it is


def test_the_pause_begins_when_the_delivery_has_failed():
    net, producer, broker, worker, queue = shop(redelivery_delay=2.0)
    worker.subscribe(broker, "tasks", fails(1, 2))
    producer.publish(broker, "tasks")
    net.run()
    # Delivered at 0.05 s and given back at 0.15 s; again at 2.15 s, and at 4.25 s.
    assert instants(net, "redelivered") == [2.15, 4.25]
    assert queue.counts.acknowledged == 1


def test_a_delivery_that_goes_unanswered_is_followed_by_the_pause_too():
    net, producer, broker, worker, _ = shop(redelivery_delay=2.0, visibility_timeout=1.0)
    worker.subscribe(broker, "tasks", fails())
    net.inject(Crash(node="worker", at=0.0, lasts=1.5))
    producer.publish(broker, "tasks")
    net.run()
    assert instants(net, "redelivered") == [3.05]


def test_a_backoff_says_how_long_the_pause_after_each_delivery_is():
    net, producer, broker, worker, _ = shop(redelivery_delay=ExponentialBackoff(base=0.5))
    worker.subscribe(broker, "tasks", fails(1, 2, 3))
    producer.publish(broker, "tasks")
    net.run()
    assert instants(net, "redelivered") == [0.65, 1.75, 3.85]  # each 0.1 s and a pause later


@pytest.mark.parametrize("none", [0.0, 0, NoBackoff(), ConstantBackoff(1e-10)])
def test_without_a_pause_nothing_changes(none):
    rows = []
    for settings in ({}, {"redelivery_delay": none}):
        net, producer, broker, worker, _ = shop(**settings)
        worker.subscribe(broker, "tasks", fails(1, 2))
        for _ in range(3):
            producer.publish(broker, "tasks")
        net.run()
        rows.append(list(net.trace))
    assert rows[0] == rows[1]
    again = [row.message for row in net.trace if row.event == "redelivered"]
    assert again == [0, 0, 1, 1, 2, 2]  # a message that comes back is before those that wait


@dataclass(frozen=True)
class Own:
    """A student's own backoff, which keeps what it is asked."""

    asked: list

    def pause_after(self, attempt, previous, u):
        self.asked.append((attempt, previous, u))
        return attempt + u


def test_an_own_backoff_knows_the_delivery_the_pause_before_and_a_draw_of_its_own():
    backoff = Own([])
    net, producer, broker, worker, _ = shop(seed=7, redelivery_delay=backoff)
    worker.subscribe(broker, "tasks", fails(1, 2, 3))
    for _ in range(2):
        producer.publish(broker, "tasks")
    net.run()
    lanes = [Lane("producer→broker→tasks", Purpose.BACKOFF, k) for k in (1, 2, 3)]
    drawn = {lane.attempt: Randomness(7).draws(lane, 0, 2).tolist() for lane in lanes}
    pauses = {(k, m): k + drawn[k][m] for k in drawn for m in (0, 1)}
    expected = {(k, pauses.get((k - 1, m), 0.0), drawn[k][m]) for k in drawn for m in (0, 1)}
    assert set(backoff.asked) == expected
    assert len(backoff.asked) == 6


def test_a_message_has_its_pauses_whatever_else_the_queue_does():
    def pauses(others):
        backoff = Own([])
        net, producer, broker, worker, _ = shop(redelivery_delay=backoff)
        worker.subscribe(broker, "tasks", fails(1, 2), prefetch=9)
        other = net.node("other")
        net.connect(other, broker, LINK)
        for _ in range(others):
            other.publish(broker, "tasks")
        producer.publish(broker, "tasks")
        net.run()
        return backoff.asked

    assert set(pauses(0)) <= set(pauses(3))


def test_two_groups_of_a_topic_pause_independently():
    net = Network(seed=1)
    producer, broker = net.node("producer"), net.broker("broker")
    net.connect(producer, broker, LINK)
    broker.topic("news", redelivery_delay=DecorrelatedJitter(base=1.0, cap=9.0))
    for name in ("a", "b"):
        worker = net.node(name)
        net.connect(broker, worker, LINK)
        worker.subscribe(broker, "news", fails(1))
    producer.publish(broker, "news")
    net.run()
    first, second = instants(net, "redelivered")
    assert first != second


# ------------------------------------------------------------------- what holds in the meantime


def test_a_message_that_pauses_is_delayed_lets_others_go_first_and_keeps_its_place():
    net, producer, broker, worker, queue = shop(redelivery_delay=1.0)
    begun = []

    def handle(message):
        begun.append((message.number, message.delivery))
        if message.number == 0 and message.delivery == 1:
            raise Failed("not yet")
        yield net.timeout(1.0)

    worker.subscribe(broker, "tasks", handle)
    for _ in range(4):
        producer.publish(broker, "tasks")
    net.run(until=0.5)
    assert (queue.counts.delayed, queue.counts.delivered, queue.counts.waiting) == (1, 1, 2)
    assert queue.depth.value == 2
    net.run()
    # Message 0 waits again from 1.15 s; the worker is free at 1.25 s.
    assert begun == [(0, 1), (1, 1), (0, 2), (2, 1), (3, 1)]
    assert queue.counts.conserved


def test_a_message_that_pauses_takes_room_and_is_always_taken():
    net, producer, broker, worker, queue = shop(redelivery_delay=5.0, capacity=1)
    worker.subscribe(broker, "tasks", fails(1))
    for at in (0.0, 0.01, 1.0):  # the second waits while the first comes back; then it is full
        net.process(publish_at(net, producer, broker, at))
    net.run(until=0.25)
    assert (queue.counts.delayed, queue.counts.delivered) == (1, 1)
    net.run(until=2.0)
    assert (queue.counts.delayed, queue.counts.rejected) == (2, 3)  # three attempts
    net.run()
    assert queue.counts.acknowledged == 2


def publish_at(net, producer, broker, seconds):
    yield net.timeout(seconds)
    producer.publish(broker, "tasks")


def test_a_message_that_has_used_up_its_deliveries_does_not_pause():
    net, producer, broker, worker, queue = shop(redelivery_delay=5.0, max_deliveries=2)
    worker.subscribe(broker, "tasks", fails(1, 2))
    producer.publish(broker, "tasks")
    net.run()
    assert queue.counts.dropped == 1
    assert instants(net, "dropped") == [pytest.approx(5.25)]


def test_a_message_that_its_worker_refused_does_not_pause_the_worker_does():
    net, producer, broker, worker, _ = shop(redelivery_delay=5.0, visibility_timeout=1.0)
    worker.subscribe(broker, "tasks", fails())
    net.inject(Crash(node="worker", at=0.0, lasts=0.5, refuses=True))
    producer.publish(broker, "tasks")
    net.run()
    assert instants(net, "dequeued") == [0.05, 1.15]


def test_the_oldest_may_be_dropped_in_its_pause_which_then_holds_nothing():
    settings = {"capacity": 1, "overflow": "drop-oldest"}
    net, producer, broker, worker, queue = shop(redelivery_delay=50.0, **settings)
    worker.subscribe(broker, "tasks", fails(1))
    for at in (0.0, 1.0, 2.0):
        net.process(publish_at(net, producer, broker, at))
    net.run(until=3.0)
    assert (queue.counts.dropped, queue.counts.delayed) == (2, 1)
    net.run()
    assert net.now == pytest.approx(2.15 + 50.0 + 0.1)
    assert instants(net, "dropped") == [1.05, 2.05]


# ----------------------------------------------------------------------------- while it crashes


def test_the_pause_of_a_durable_message_goes_on_while_the_broker_is_down():
    for lasts, again in ((1.0, 2.15), (3.0, 4.0)):
        net, producer, broker, worker, queue = shop(redelivery_delay=2.0)
        worker.subscribe(broker, "tasks", fails(1))
        net.inject(Crash(node="broker", at=1.0, lasts=lasts))
        producer.publish(broker, "tasks")
        net.run()
        assert instants(net, "redelivered") == [again]
        assert queue.counts.acknowledged == 1


def test_a_delivery_that_the_broker_s_crash_cuts_short_is_followed_by_the_pause():
    net, producer, broker, worker, _ = shop(redelivery_delay=2.0)
    worker.subscribe(broker, "tasks", fails())
    net.inject(Crash(node="broker", at=0.08, lasts=0.5))
    producer.publish(broker, "tasks")
    net.run()
    assert instants(net, "redelivered") == [2.08]


def test_a_message_that_pauses_in_a_volatile_queue_is_lost_with_the_broker():
    net, producer, broker, worker, queue = shop(redelivery_delay=50.0, durable=False)
    worker.subscribe(broker, "tasks", fails(1))
    net.inject(Crash(node="broker", at=1.0, lasts=1.0))
    producer.publish(broker, "tasks")
    net.run()
    assert (queue.counts.lost, queue.counts.delayed) == (1, 0)
    assert net.now == 2.0


# -------------------------------------------------------------------------------- bad arguments


@pytest.mark.parametrize("bad", [-1, math.inf, math.nan, "soon", None, True, NoBackoff])
def test_what_is_neither_seconds_nor_a_backoff_is_refused(bad):
    allowed = "a finite number at least 0, or a backoff, such as ExponentialBackoff"
    with pytest.raises(ValueError, match=rf"^Broker.queue.redelivery_delay must be {allowed}"):
        Network().broker("broker").queue("tasks", redelivery_delay=bad)


@pytest.mark.parametrize("bad", [-1, math.inf, math.nan, None])
def test_an_own_backoff_that_returns_no_pause_is_refused(bad):
    class Odd:
        def pause_after(self, attempt, previous, u):
            return bad

    net, producer, broker, worker, _ = shop(redelivery_delay=Odd())
    worker.subscribe(broker, "tasks", fails(1))
    producer.publish(broker, "tasks")
    named = "the result of Broker.queue.redelivery_delay.pause_after must be a finite number"
    with pytest.raises(ValueError, match=named):
        net.run()
