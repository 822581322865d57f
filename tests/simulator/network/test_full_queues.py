"""Full queues: what is dropped, who waits for room, and how often a message gets in."""

from collections import Counter

import pytest

from simulator import AtLeastOnce, Constant, Crash, Link, Lose, Network, Retry, Script

LINK = Link(delay=Constant(0.05))
PATIENT = AtLeastOnce(retry=Retry(timeout=100.0))
STUBBORN = AtLeastOnce(retry=Retry(timeout=0.2, max_attempts=None))


def shop(*workers, adversary=None):
    """Two producers, a broker, and workers, all connected to the broker."""
    net = Network(seed=1, adversary=adversary)
    producer, broker = net.node("producer"), net.broker("broker")
    net.connect(producer, broker, LINK)
    nodes = [net.node(name) for name in workers]
    for node in nodes:
        net.connect(broker, node, LINK)
    return net, producer, broker, *nodes


def at(net, *doings):
    """Do things, each at its instant."""
    for instant, do in doings:

        def wait(instant=instant, do=do):
            yield net.timeout(instant)
            do()

        net.process(wait())


def handler(net, seconds, handled):
    def handle(message):
        handled.append(message.data)
        yield net.timeout(seconds)

    return handle


# ------------------------------------------------------------------------------- drop the oldest


@pytest.mark.parametrize("delays", [(5, 5, 5), (5, 0, 5), (0, 5, 0), (0, 0, 0)])
def test_delayed_messages_count_and_the_one_accepted_first_is_dropped(delays):
    net, producer, broker = shop()
    queue = broker.queue("tasks", capacity=2, overflow="drop-oldest")
    for number, delay in enumerate(delays):
        producer.publish(broker, "tasks", number, delay=delay, guarantee=PATIENT)
    net.run(until=1.0)
    assert queue.counts.dropped == 1
    assert queue.counts.waiting + queue.counts.delayed == 2
    net.run()
    assert queue.counts.waiting == 2
    assert queue.counts.conserved
    assert [(row.message, row.event) for row in net.trace if row.event == "dropped"] == [
        (0, "dropped")
    ]


def test_a_message_that_comes_back_drops_nobody_and_is_dropped_in_its_turn():
    """The first is with the worker when two others fill the queue, and comes back at 1.05 s."""
    net, producer, broker, worker = shop("worker")
    queue = broker.queue(
        "tasks", capacity=2, overflow="drop-oldest", visibility_timeout=1.0, max_deliveries=None
    )
    worker.subscribe(broker, "tasks", lambda _: None)
    worker.crash()
    for number in range(3):
        producer.publish(broker, "tasks", number)
    net.run(until=1.5)
    assert (queue.counts.waiting, queue.counts.dropped) == (3, 0)
    producer.publish(broker, "tasks", 3)
    net.run(until=2.0)
    assert (queue.counts.waiting, queue.counts.dropped) == (2, 2)
    dropped = [row.message for row in net.trace if row.event == "dropped" and not row.copy]
    assert [number for number in dropped if number >= 0][-2:] == [0, 1]


def test_a_broker_that_restarts_drops_nobody():
    net, producer, broker, worker = shop("worker")
    queue = broker.queue("tasks", capacity=1, overflow="drop-oldest")
    handled = []
    worker.subscribe(broker, "tasks", handler(net, 0.5, handled), prefetch=3)
    for number in range(3):
        producer.publish(broker, "tasks", number)
    net.inject(Crash(node="broker", at=0.12, lasts=1.0), Crash(node="worker", at=0.12, lasts=2.0))
    net.run()
    assert queue.counts.dropped == 0
    assert queue.counts.acknowledged == 3


# ------------------------------------------------------------------------------------------ block


@pytest.mark.parametrize("work", [0.01, 0.3, 1.0, 3.0])
@pytest.mark.parametrize("capacity", [1, 2])
def test_copies_of_a_message_that_waits_for_room_get_in_once(work, capacity):
    net, producer, broker, worker = shop("worker")
    queue = broker.queue("tasks", capacity=capacity, overflow="block")
    handled = []
    worker.subscribe(broker, "tasks", handler(net, work, handled))
    for number in range(5):
        producer.publish(broker, "tasks", number)
    net.run()
    assert handled == [0, 1, 2, 3, 4]
    assert queue.counts.accepted == queue.counts.acknowledged == 5


def test_each_copy_is_acknowledged_once_its_message_is_in():
    """The queue has room from 1.1 s, when the worker's acknowledgement is there."""
    net, producer, broker, worker = shop("worker")
    broker.queue("tasks", capacity=1, overflow="block")
    worker.subscribe(broker, "tasks", handler(net, 1.0, []))
    for _ in range(3):
        producer.publish(broker, "tasks", guarantee=STUBBORN)
    net.run()
    assert producer.ledger["attempts"].tolist() == [1, 1, 6]
    assert producer.ledger["acks_sent"].tolist() == [1, 1, 6]
    answers = [row.time_s for row in net.trace if row.event == "ack_sent" and row.message == 2]
    assert answers[:5] == [1.15] * 5
    assert answers[5] == 1.15


def test_a_copy_that_comes_after_its_message_had_to_wait_is_only_acknowledged():
    net, producer, broker, worker = shop(
        "worker", adversary=Script([Lose(message=1, what="acknowledgement")])
    )
    queue = broker.queue("tasks", capacity=1, overflow="block")
    handled = []
    producer.publish(broker, "tasks", 0, guarantee=PATIENT)
    producer.publish(
        broker, "tasks", 1, guarantee=AtLeastOnce(retry=Retry(timeout=2.0, max_attempts=9))
    )
    at(net, (1.0, lambda: worker.subscribe(broker, "tasks", handler(net, 0.1, handled))))
    net.run()
    assert handled == [0, 1]
    assert queue.counts.accepted == 2
    assert producer.ledger["belief"].tolist() == ["acknowledged", "acknowledged"]


def test_a_copy_that_finds_a_queue_full_after_another_got_in_is_only_acknowledged():
    """The confirm of the first is lost, and its second copy finds the second in the only place."""
    net, producer, broker, worker = shop(
        "worker", adversary=Script([Lose(message=0, what="acknowledgement")])
    )
    queue = broker.queue("tasks", capacity=1, overflow="block")
    producer.publish(broker, "tasks", 0, guarantee=AtLeastOnce(retry=Retry(timeout=1.0)))
    net.run()
    assert queue.counts.accepted == 1
    assert producer.ledger["acknowledged_s"].tolist() == [1.1]
    handled = []
    worker.subscribe(broker, "tasks", handler(net, 0.1, handled))
    net.run()
    assert handled == [0]


def test_a_copy_of_a_message_that_never_waited_is_accepted_where_there_is_room():
    net, producer, broker = shop(adversary=Script([Lose(message=0, what="acknowledgement")]))
    queue = broker.queue("tasks", capacity=5, overflow="block")
    producer.publish(broker, "tasks", guarantee=AtLeastOnce(retry=Retry(timeout=1.0)))
    net.run()
    assert queue.counts.accepted == 2


def test_a_newcomer_does_not_overtake_who_waits_for_room():
    net, producer, broker, worker = shop("worker")
    broker.queue("tasks", capacity=1, overflow="block")
    handled = []
    worker.subscribe(broker, "tasks", handler(net, 1.0, handled))
    for number in range(4):
        producer.publish(broker, "tasks", number, guarantee=PATIENT)
    # A place is free at 1.15 s, 2.25 s, …: a message arrives at each of these instants, too.
    instants = [1.1, 2.2, 3.3]
    at(
        net,
        *(
            (t, lambda k=k: producer.publish(broker, "tasks", 4 + k, guarantee=PATIENT))
            for k, t in enumerate(instants)
        ),
    )
    net.run()
    assert handled == list(range(7))


@pytest.mark.parametrize("slow", ["a", "b"])
def test_each_group_of_a_topic_that_blocks_gets_each_message_once(slow):
    net, producer, broker, a, b = shop("a", "b")
    topic = broker.topic("news", capacity=1, overflow="block")
    handled = {"a": [], "b": []}
    for node in (a, b):
        seconds = 2.0 if node.name == slow else 0.01
        node.subscribe(broker, "news", handler(net, seconds, handled[node.name]))
    for number in range(5):
        producer.publish(broker, "news", number)
    net.run()
    assert handled == {"a": [0, 1, 2, 3, 4], "b": [0, 1, 2, 3, 4]}
    assert [queue.counts.accepted for queue in topic.queues.values()] == [5, 5]


@pytest.mark.parametrize("durable", [True, False])
def test_who_waited_when_the_broker_crashed_waits_again_with_the_next_copy(durable):
    net, producer, broker, worker = shop("worker")
    queue = broker.queue("tasks", capacity=1, overflow="block", durable=durable)
    for number in range(3):
        producer.publish(broker, "tasks", number, guarantee=STUBBORN)
    net.inject(Crash(node="broker", at=1.0, lasts=1.0))
    handled = []
    at(net, (5.0, lambda: worker.subscribe(broker, "tasks", handler(net, 0.1, handled))))
    net.run()
    assert sorted(handled) == [0, 1, 2][not durable :]
    assert queue.counts.accepted == 3
    assert queue.counts.lost == (not durable)
    assert queue.counts.conserved
    assert producer.ledger["belief"].tolist() == ["acknowledged"] * 3


def test_a_group_that_has_a_message_already_is_skipped_after_a_crash():
    """Group a has all three at once; two wait for room in group b when the broker crashes."""
    net, producer, broker, a, b = shop("a", "b")
    topic = broker.topic("news", capacity=1, overflow="block")
    handled = {"a": [], "b": []}
    a.subscribe(broker, "news", handler(net, 0.01, handled["a"]), prefetch=9)
    b.subscribe(broker, "news", handler(net, 4.0, handled["b"]))
    for number in range(3):
        producer.publish(broker, "news", number, guarantee=STUBBORN)
    net.inject(Crash(node="broker", at=1.0, lasts=1.0))
    net.run()
    assert topic.queues["a"].counts.accepted == 3
    assert topic.queues["b"].counts.accepted == 3
    assert Counter(handled["a"]) == {0: 1, 1: 1, 2: 1}


def test_a_delayed_message_takes_up_room_in_a_queue_that_blocks():
    net, producer, broker, worker = shop("worker")
    broker.queue("tasks", capacity=1, overflow="block")
    handled = []
    worker.subscribe(broker, "tasks", lambda m: handled.append((m.data, net.now)))
    producer.publish(broker, "tasks", "later", delay=2.0, guarantee=PATIENT)
    producer.publish(broker, "tasks", "now", guarantee=PATIENT)
    net.run()
    assert handled == [("later", 2.1), ("now", 2.2)]
