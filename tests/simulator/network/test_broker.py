"""Queues and brokers: redelivery, dead letters, overflow, competing workers, crashes."""

import dataclasses

import pytest

from simulator import (
    AtLeastOnce,
    BestEffort,
    Constant,
    Crash,
    Failed,
    Link,
    Network,
    Refused,
    Retry,
    Scripted,
)

LINK = Link(delay=Constant(0.05))


def shop(*workers, link=LINK):
    """A producer, a broker, and workers, all connected to the broker."""
    net = Network(seed=1)
    producer, broker = net.node("producer"), net.broker("broker")
    net.connect(producer, broker, LINK)
    nodes = [net.node(name) for name in workers]
    for node in nodes:
        net.connect(broker, node, link)
    return net, producer, broker, *nodes


def never(net):
    def handle(_):
        yield net.env.event()

    return handle


def events(net, name):
    return [row.time_s for row in net.trace if row.event == name]


def test_an_unacknowledged_message_comes_again_after_each_visibility_timeout():
    net, producer, broker, worker = shop("worker")
    queue = broker.queue("tasks", visibility_timeout=1.0, max_deliveries=None)
    worker.subscribe(broker, "tasks", never(net))
    producer.publish(broker, "tasks")
    net.run(until=0.05 + 100 * 1.0 + 0.5)
    assert queue.counts.redeliveries == 100
    assert queue.counts.delivered == 1
    assert events(net, "redelivered") == pytest.approx([0.05 + k for k in range(1, 101)])


def test_after_five_deliveries_it_goes_to_the_dead_letter_queue():
    net, producer, broker, worker = shop("worker")
    dead = broker.queue("dead")
    queue = broker.queue("tasks", visibility_timeout=1.0, max_deliveries=5, dead_letter=dead)
    worker.subscribe(broker, "tasks", never(net))
    producer.publish(broker, "tasks", "data")
    net.run()
    assert queue.counts.redeliveries == 4
    assert queue.counts.dead_lettered == 1
    assert dead.counts.waiting == 1
    assert events(net, "dead_lettered") == [5.05]


def test_without_a_dead_letter_queue_it_is_dropped_counted_and_traced():
    net, producer, broker, worker = shop("worker")
    queue = broker.queue("tasks", visibility_timeout=1.0, max_deliveries=2)
    worker.subscribe(broker, "tasks", never(net))
    producer.publish(broker, "tasks")
    net.run()
    assert queue.counts.dropped == 1
    assert events(net, "dropped") == [2.05]


def test_a_handler_that_raises_gives_the_message_back_at_once():
    net, producer, broker, worker = shop("worker")
    queue = broker.queue("tasks")
    seen = []

    def handle(message):
        seen.append((net.now, message.delivery))
        if message.delivery < 3:
            raise Failed("not yet")

    worker.subscribe(broker, "tasks", handle)
    producer.publish(broker, "tasks")
    net.run()
    assert seen == [(0.1, 1), (0.2, 2), (0.3, 3)]
    assert queue.errors == {"Failed('not yet')": 2}
    assert queue.counts.acknowledged == 1


def test_an_acknowledgement_after_the_visibility_timeout_changes_nothing():
    """Handling takes 1 s, the timeout 0.5 s: none is acknowledged.

    The second delivery, there at 0.6 s, finds the first in its place, and expires at 1.05 s; the
    third finds the place free, at 1.1 s.
    """
    net, producer, broker, worker = shop("worker")
    queue = broker.queue("tasks", visibility_timeout=0.5, max_deliveries=3)
    done = []

    def handle(message):
        yield net.timeout(1.0)
        done.append(message.delivery)

    worker.subscribe(broker, "tasks", handle)
    producer.publish(broker, "tasks")
    net.run()
    assert done == [1, 3]
    assert queue.counts.acknowledged == 0
    assert queue.counts.dropped == 1


def test_an_acknowledgement_at_the_very_end_of_the_visibility_timeout_counts():
    net, producer, broker, worker = shop("worker")
    queue = broker.queue("tasks", visibility_timeout=0.1)
    worker.subscribe(broker, "tasks", lambda _: None)
    producer.publish(broker, "tasks")
    net.run()
    assert queue.counts.acknowledged == 1
    assert queue.counts.redeliveries == 0


def test_competing_workers_share_in_turn():
    net, producer, broker, a, b = shop("a", "b")
    broker.queue("tasks")
    handled = {"a": [], "b": []}
    for node in (a, b):
        node.subscribe(broker, "tasks", lambda m, n=node.name: handled[n].append(m.data))
    for number in range(4):
        producer.publish(broker, "tasks", number)
    net.run()
    assert sorted(handled.values()) == [[0, 2], [1, 3]]


def test_a_topic_gives_every_group_every_message():
    net, producer, broker, a, b, c = shop("a", "b", "c")
    broker.topic("events")
    handled = {"a": 0, "b": 0, "c": 0}

    def count(name):
        def handle(_):
            handled[name] += 1

        return handle

    a.subscribe(broker, "events", count("a"))
    b.subscribe(broker, "events", count("b"), group="team")
    c.subscribe(broker, "events", count("c"), group="team")
    for _ in range(10):
        producer.publish(broker, "events")
    net.run()
    assert handled["a"] == 10
    assert handled["b"] + handled["c"] == 10
    assert min(handled["b"], handled["c"]) >= 4


def test_a_group_whose_queue_is_full_misses_the_message_and_the_trace_says_so():
    net, producer, broker, quick, slow = shop("quick", "slow")
    broker.topic("events", capacity=1)
    quick.subscribe(broker, "events", lambda _: None, prefetch=10)
    slow.subscribe(broker, "events", never(net))
    for _ in range(4):
        producer.publish(broker, "events")
    net.run(until=5)
    assert broker.queues["events/quick"].counts.acknowledged == 4
    assert broker.queues["events/slow"].counts.rejected == 2  # one with the worker, one waits
    assert events(net, "refused") == [0.05, 0.05]


def test_prefetch_bounds_what_a_worker_has_at_a_time():
    net, producer, broker, worker = shop("worker")
    broker.queue("tasks")
    running = []
    most = 0

    def handle(message):
        nonlocal most
        running.append(message.id)
        most = max(most, len(running))
        yield net.timeout(1.0)
        running.remove(message.id)

    worker.subscribe(broker, "tasks", handle, prefetch=3)
    for _ in range(10):
        producer.publish(broker, "tasks")
    net.run()
    assert most == 3


def test_a_full_queue_that_rejects_refuses_the_publisher():
    net, producer, broker = shop()
    queue = broker.queue("tasks", capacity=2)
    once = AtLeastOnce(retry=Retry(max_attempts=1))
    for _ in range(3):
        producer.publish(broker, "tasks", guarantee=once)
    net.run()
    assert producer.ledger["belief"].tolist() == ["acknowledged", "acknowledged", "gave_up"]
    assert queue.counts.rejected == 1
    assert queue.counts.accepted == 2


def test_a_full_queue_that_drops_the_oldest_keeps_the_newest():
    net, producer, broker, worker = shop("worker")
    queue = broker.queue("tasks", capacity=2, overflow="drop-oldest")
    for number in range(4):
        producer.publish(broker, "tasks", number)
    net.run()
    got = []
    worker.subscribe(broker, "tasks", lambda m: got.append(m.data))
    net.run()
    assert got == [2, 3]
    assert queue.counts.dropped == 2


def test_a_full_queue_that_blocks_lets_its_publisher_wait_for_the_confirm():
    """One may wait, one is with the worker for 1 s: the third is confirmed when a place is free."""
    net, producer, broker, worker = shop("worker")
    broker.queue("tasks", capacity=1, overflow="block")

    def handle(_):
        yield net.timeout(1.0)

    worker.subscribe(broker, "tasks", handle)
    patient = AtLeastOnce(retry=Retry(timeout=10.0))
    for _ in range(3):
        producer.publish(broker, "tasks", guarantee=patient)
    net.run()
    # The worker has the first from 0.1 s to 1.1 s; its acknowledgement is at the broker at 1.15 s.
    assert producer.ledger["acknowledged_s"].tolist() == [0.1, 0.1, 1.2]


def test_a_delayed_message_waits_at_the_broker():
    net, producer, broker, worker = shop("worker")
    broker.queue("tasks")
    at = []
    worker.subscribe(broker, "tasks", lambda m: at.append((m.data, net.now)))
    producer.publish(broker, "tasks", "later", delay=2.0)
    producer.publish(broker, "tasks", "now")
    net.run()
    assert at == [("now", 0.1), ("later", 2.1)]


def test_a_queue_with_priorities_hands_out_the_highest_first():
    net, producer, broker, worker = shop("worker")
    broker.queue("tasks", priority=True)
    for priority in (0, 2, 1, 2):
        producer.publish(broker, "tasks", priority, priority=priority)
    net.run()
    got = []
    worker.subscribe(broker, "tasks", lambda m: got.append(m.data))
    net.run()
    assert got == [2, 2, 1, 0]


def test_a_publisher_confirm_tells_that_the_broker_has_the_message():
    net, producer, broker = shop()
    broker.queue("tasks")
    told = []

    def publish():
        identifier = producer.publish(broker, "tasks")
        assert identifier == "producer-0"
        told.append((yield producer.confirmation(identifier)))
        told.append(net.now)
        told.append((yield producer.confirmation(identifier)))

    net.process(publish())
    net.run()
    assert told == ["acknowledged", 0.1, "acknowledged"]


@pytest.mark.parametrize(("durable", "kept"), [(True, 3), (False, 0)])
def test_a_broker_that_crashes_keeps_what_is_durable(durable, kept):
    net, producer, broker, worker = shop("worker")
    queue = broker.queue("tasks", durable=durable, visibility_timeout=1.0)
    for _ in range(3):
        producer.publish(broker, "tasks")
    net.inject(Crash(node="broker", at=1.0, lasts=1.0))
    handled = []
    net.run()
    worker.subscribe(broker, "tasks", lambda m: handled.append(m.id))
    net.run()
    assert len(handled) == kept
    assert queue.counts.lost == 3 - kept
    assert queue.counts.conserved


def test_what_was_delivered_when_a_broker_crashed_is_delivered_again():
    net, producer, broker, worker = shop("worker")
    queue = broker.queue("tasks", visibility_timeout=30.0)
    seen = []

    def handle(message):
        seen.append((net.now, message.delivery))
        yield net.timeout(1.0)

    worker.subscribe(broker, "tasks", handle)
    producer.publish(broker, "tasks")
    net.inject(Crash(node="broker", at=0.5, lasts=1.0))
    net.run()
    # The first acknowledgement, at 1.15 s, finds the broker down.
    assert seen == [(0.1, 1), (1.55, 2)]
    assert queue.counts.acknowledged == 1


def test_a_worker_that_refuses_while_down_uses_up_no_delivery():
    net, producer, broker, worker = shop("worker")
    queue = broker.queue("tasks", visibility_timeout=1.0, max_deliveries=2)
    deliveries = []
    worker.subscribe(broker, "tasks", lambda m: deliveries.append(m.delivery))
    net.inject(Crash(node="worker", at=0.0, lasts=10.0, refuses=True))
    producer.publish(broker, "tasks")
    net.run()
    assert deliveries == [1]
    assert queue.counts.acknowledged == 1


def test_a_lost_acknowledgement_makes_a_second_handling():
    net = Network(seed=1)
    producer, broker, worker = net.node("producer"), net.broker("broker"), net.node("worker")
    net.connect(producer, broker, LINK)
    net.connect(broker, worker, LINK, one_way=True)
    lossy = dataclasses.replace(LINK, loss=Scripted(lost={(0, 1)}))
    net.connect(worker, broker, lossy, one_way=True)
    queue = broker.queue("tasks", visibility_timeout=1.0)
    handled = []
    worker.subscribe(broker, "tasks", lambda m: handled.append(net.now))
    producer.publish(broker, "tasks")
    net.run()
    assert handled == [0.1, 1.1]
    assert queue.counts.acknowledged == 1


def test_a_reply_comes_back_through_a_reply_queue_with_its_correlation_id():
    net, producer, broker, worker = shop("worker")
    net.connect(worker, producer, LINK)
    broker.queue("tasks")
    worker.subscribe(broker, "tasks", lambda m: m.data * 2)
    replies = producer.reply_queue()
    got = []

    def publish():
        identifier = producer.publish(broker, "tasks", 21, reply_to=replies)
        reply = yield replies.receive(identifier, timeout=5.0)
        got.append((reply.data, reply.correlation_id == identifier, net.now))

    net.process(publish())
    net.run()
    assert got == [(42, True, 0.15)]


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda b, *_: b.queue("q", capacity=0), "Broker.queue.capacity"),
        (lambda b, *_: b.queue("q", overflow="spill"), "Broker.queue.overflow"),
        (lambda b, *_: b.queue("q", visibility_timeout=0), "Broker.queue.visibility_timeout"),
        (lambda b, *_: b.queue("q", max_deliveries=0), "Broker.queue.max_deliveries"),
        (lambda b, *_: b.queue("q", dead_letter="dead"), "Broker.queue.dead_letter"),
        (
            lambda b, *_: b.queue("q", dead_letter=b.queue("dead", capacity=1)),
            "every message: no capacity",
        ),
        (lambda b, *_: b.queue("q", durable=1), "Broker.queue.durable"),
        (lambda b, *_: b.queue("tasks"), "a new name"),
        (lambda b, _, w: w.subscribe(b, "nope", print), "a queue or a topic of broker (tasks)"),
        (lambda b, _, w: w.subscribe(b, "tasks", print, prefetch=0), "Node.subscribe.prefetch"),
        (lambda b, _, w: w.subscribe(b, "tasks", print, group="g"), "Node.subscribe.group"),
        (lambda _, p, w: w.subscribe(p, "tasks", print), "Node.subscribe.broker"),
        (lambda b, p, _: p.publish(b, "nope"), 'handles ("tasks")'),
        (lambda b, p, _: p.publish(b, "tasks", delay=-1), "Node.publish.delay"),
        (lambda _, p, __: p.confirmation("worker-0"), "Node.confirmation.message_id"),
    ],
)
def test_what_cannot_be_done_is_refused(act, said):
    _, producer, broker, worker = shop("worker")
    broker.queue("tasks")
    with pytest.raises(ValueError, match="must be") as caught:
        act(broker, producer, worker)
    assert said in str(caught.value)


def test_best_effort_publishing_loses_in_silence():
    net, producer, broker = shop()
    queue = broker.queue("tasks", capacity=1)
    for _ in range(2):
        producer.publish(broker, "tasks", guarantee=BestEffort())
    net.run()
    assert producer.ledger["belief"].tolist() == ["sent", "sent"]
    assert (queue.counts.accepted, queue.counts.rejected) == (1, 1)


def test_a_publisher_that_asks_is_told_of_a_full_queue():
    net, producer, broker = shop()
    broker.queue("tasks", capacity=1)

    def publish():
        yield producer.ask(broker, "tasks")
        with pytest.raises(Refused, match="broker refused producer-1"):
            yield producer.ask(broker, "tasks")
        return "told"

    process = net.process(publish())
    net.run()
    assert process.value == "told"
