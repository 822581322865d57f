"""How long messages wait in a queue, and how many its workers have."""

import numpy as np
import pytest

from simulator import BestEffort, Constant, Crash, Exponential, Failed, Link, Network, Poisson
from simulator.network import Gauge

LINK = Link(delay=Constant(0.05))


def shop(*, link=LINK, **settings):
    """A producer, a broker with a queue of tasks, and a worker: 0.05 s from one to the next."""
    net = Network(seed=1)
    producer, broker, worker = net.node("producer"), net.broker("broker"), net.node("worker")
    net.connect(producer, broker, link)
    net.connect(broker, worker, link)
    return net, producer, broker, worker, broker.queue("tasks", **settings)


def work_for(net, seconds):
    def handle(_):
        yield net.timeout(seconds)

    return handle


def table(gauge):
    return gauge.to_frame().to_numpy().tolist()


# ----------------------------------------------------------------------------------------- waits


def test_a_message_waits_from_its_acceptance_to_its_first_delivery():
    net, producer, broker, worker, queue = shop()
    worker.subscribe(broker, "tasks", work_for(net, 1.0))
    for _ in range(3):
        producer.publish(broker, "tasks")
    net.run(until=0.5)
    assert queue.waits.tolist() == [0.0]
    net.run()
    assert queue.waits.tolist() == [0.0, 1.1, 2.2]
    assert queue.waits.dtype == np.float64


def test_a_redelivery_adds_no_wait():
    net, producer, broker, worker, queue = shop()

    def handle(message):
        if message.delivery == 1:
            raise Failed("once")

    worker.subscribe(broker, "tasks", handle)
    producer.publish(broker, "tasks")
    net.run()
    assert queue.waits.tolist() == [0.0]


def test_a_delivery_that_is_cut_short_by_a_crash_was_one():
    net, producer, broker, worker, queue = shop()
    worker.subscribe(broker, "tasks", work_for(net, 1.0))
    producer.publish(broker, "tasks")
    net.inject(Crash(node="broker", at=0.5, lasts=1.0))
    net.run()
    assert queue.waits.tolist() == [0.0]


def test_what_a_worker_refuses_goes_on_waiting():
    """The first delivery of message 0 is refused at 0.15 s; the worker rests to 1.15 s."""
    net, producer, broker, worker, queue = shop(visibility_timeout=1.0)
    other = net.node("other")
    net.connect(broker, other, LINK)
    worker.subscribe(broker, "tasks", work_for(net, 0.0))
    other.subscribe(broker, "tasks", work_for(net, 0.2))
    net.inject(Crash(node="worker", at=0.0, lasts=0.5, refuses=True))
    for _ in range(2):
        producer.publish(broker, "tasks")
    net.run(until=0.2)
    assert queue.waits.tolist() == [0.0]  # of message 1
    net.run()
    assert queue.waits.tolist() == [0.0, pytest.approx(0.3)]


def test_the_delay_of_a_publication_is_no_wait():
    net, producer, broker, worker, queue = shop()
    worker.subscribe(broker, "tasks", work_for(net, 1.0))
    producer.publish(broker, "tasks")
    producer.publish(broker, "tasks", delay=0.6)
    net.run()
    assert queue.waits.tolist() == [0.0, pytest.approx(0.5)]


def test_neither_is_a_line_before_a_full_queue():
    net, producer, broker, worker, queue = shop(capacity=1, overflow="block")
    worker.subscribe(broker, "tasks", work_for(net, 1.0))
    for _ in range(3):
        producer.publish(broker, "tasks")
    net.run()
    assert queue.waits.tolist() == pytest.approx([0.0, 1.1, 1.1])


def test_in_a_queue_of_the_textbooks_the_mean_wait_is_that_of_theory():
    """M/M/1, half full: 1 s on average. 20 replications of 2,000 messages, 4 standard errors."""
    means, busy = [], []
    for replication in range(20):
        net = Network(seed=1, replication=replication, trace=False)
        producer, broker, worker = net.node("producer"), net.broker("broker"), net.node("worker")
        for one, other in ((producer, broker), (broker, worker)):
            net.connect(one, other, Link(delay=Constant(0.0)))
        queue = broker.queue("tasks", visibility_timeout=1e6)
        time = Exponential(mean=1.0)

        def handle(message, worker=worker, time=time):
            yield worker.work(message.sample(time))

        worker.subscribe(broker, "tasks", handle)
        producer.send_each(
            Poisson(rate=0.5), broker, "tasks", guarantee=BestEffort(), messages=2_000
        )
        net.run()
        assert len(queue.waits) == 2_000
        means.append(queue.waits.mean())
        busy.append(queue.unacknowledged.mean())
    for values, expected in ((means, 1.0), (busy, 0.5)):
        error = np.std(values, ddof=1) / np.sqrt(len(values))
        assert abs(np.mean(values) - expected) < 4 * error


# -------------------------------------------------------------------------------- unacknowledged


def test_a_message_is_unacknowledged_from_its_delivery_to_its_acknowledgement():
    net, producer, broker, worker, queue = shop()
    gauge = queue.unacknowledged
    assert isinstance(gauge, Gauge)
    assert (gauge.value, gauge.max(), table(gauge)) == (0, 0, [[0, 0]])
    worker.subscribe(broker, "tasks", work_for(net, 1.0), prefetch=2)
    for _ in range(3):
        producer.publish(broker, "tasks")
    net.run(until=0.5)
    assert gauge.value == 2
    net.run()
    # Two at 0.05 s; both are acknowledged at 1.15 s, when the third goes out.
    assert table(gauge) == [[0, 0], [0.05, 2], [1.15, 1], [2.25, 0]]
    assert gauge.mean() == pytest.approx((2 * 1.1 + 1.1) / 2.25)
    assert (gauge.value, gauge.max(), gauge.at([1.0, 2.0]).tolist()) == (0, 2, [2, 1])
    assert repr(gauge) == "<Gauge at 0>"


@pytest.mark.parametrize("durable", [True, False])
def test_a_crash_of_the_broker_takes_it_back(durable):
    net, producer, broker, worker, queue = shop(durable=durable)
    worker.subscribe(broker, "tasks", work_for(net, 5.0))
    producer.publish(broker, "tasks")
    net.inject(Crash(node="broker", at=1.0, lasts=1.0))
    net.run(until=3.0)
    again = [[2.0, 1]] if durable else []
    assert table(queue.unacknowledged) == [[0, 0], [0.05, 1], [1.0, 0], *again]


def test_a_refusal_and_a_timeout_give_it_back():
    net, producer, broker, worker, queue = shop(visibility_timeout=1.0, max_deliveries=1)
    worker.subscribe(broker, "tasks", work_for(net, 5.0))
    net.inject(Crash(node="worker", at=0.0, lasts=0.5, refuses=True))
    producer.publish(broker, "tasks")
    net.run()
    changes = [[0, 0], [0.05, 1], [0.15, 0], [1.15, 1], [2.15, 0]]
    assert np.array(table(queue.unacknowledged)) == pytest.approx(np.array(changes))
