"""What has been answered leaves nothing behind, at a broker either."""

import pytest

from simulator import AtLeastOnce, Constant, Crash, Link, Network, Periodic, Retry

ONCE = AtLeastOnce(retry=Retry(timeout=100.0))


def shop(*, workers=1, **settings):
    """Return a network with a producer, a broker with a queue of jobs, and some workers."""
    net = Network(seed=1)
    producer, broker = net.node("producer"), net.broker("broker")
    net.connect(producer, broker, Link(delay=Constant(0.1)))
    crew = [net.node(f"worker {number}") for number in range(workers)]
    for worker in crew:
        net.connect(broker, worker, Link(delay=Constant(0.1)))
    return net, producer, broker, broker.queue("jobs", **settings), crew


def work_for(worker, seconds):
    """Return a handler that takes so long."""

    def handle(_):
        yield worker.work(seconds)

    return handle


def test_a_queue_is_done_when_its_last_message_is():
    net, producer, broker, jobs, (worker,) = shop()
    worker.subscribe(broker, "jobs", work_for(worker, 1.0))
    for number in range(4):
        producer.publish(broker, "jobs", number, guarantee=ONCE)
    net.run()
    # All four are there at 0.1 s. Each takes 0.1 + 1 + 0.1 s, one after the other.
    assert net.now == pytest.approx(0.1 + 4 * 1.2, abs=1e-12)
    assert jobs.depth.mean() == pytest.approx((3 + 2 + 1) * 1.2 / 4.9, rel=1e-12)
    assert worker.busy.mean() == pytest.approx(4 / 4.9, rel=1e-12)


def test_a_queue_without_workers_is_done_when_the_confirm_is_there():
    net, producer, broker, jobs, _ = shop()
    producer.publish(broker, "jobs", guarantee=ONCE)
    net.run()
    assert net.now == 0.2
    assert jobs.depth.mean() == pytest.approx(0.5)


def test_a_run_lasts_as_long_as_a_message_is_delayed():
    net, producer, broker, jobs, _ = shop()
    producer.publish(broker, "jobs", guarantee=ONCE, delay=7.0)
    net.run()
    assert net.now == 7.1
    assert (jobs.counts.delayed, jobs.counts.waiting) == (0, 1)


def test_a_delayed_message_that_is_gone_holds_nothing():
    net, producer, broker, _, _ = shop(capacity=1, overflow="drop-oldest")
    producer.publish(broker, "jobs", guarantee=ONCE, delay=50.0)
    producer.publish(broker, "jobs", guarantee=ONCE)
    net.run()
    assert net.now == 0.2
    net, producer, broker, jobs, _ = shop(durable=False)
    producer.publish(broker, "jobs", guarantee=ONCE, delay=50.0)
    net.inject(Crash(node="broker", at=1.0, lasts=1.0))
    net.run()
    assert net.now == 2.0
    assert jobs.counts.lost == 1


def test_the_rest_of_a_worker_that_refused_holds_nothing_when_no_message_waits():
    net, producer, broker, jobs, (worker, other) = shop(workers=2, visibility_timeout=60.0)
    for each in (worker, other):
        each.subscribe(broker, "jobs", work_for(each, 1.0))
    net.inject(Crash(node="worker 0", at=0.0, lasts=5.0, refuses=True))
    producer.publish(broker, "jobs", guarantee=ONCE)
    net.run()
    assert jobs.counts.acknowledged == 1
    assert net.now == 5.0  # the end of the crash; the rest would last to 60.3 s


def test_the_rest_of_a_worker_that_refused_holds_the_run_while_a_message_waits():
    net, producer, broker, jobs, (worker,) = shop(visibility_timeout=60.0)
    worker.subscribe(broker, "jobs", work_for(worker, 1.0))
    net.inject(Crash(node="worker 0", at=0.0, lasts=5.0, refuses=True))
    producer.publish(broker, "jobs", guarantee=ONCE)
    net.run()
    assert jobs.counts.acknowledged == 1
    assert net.now == pytest.approx(0.1 + 0.2 + 60.0 + 1.2, abs=1e-12)


def test_a_worker_that_rests_works_again_in_a_later_run():
    net, producer, broker, jobs, (worker, other) = shop(workers=2, visibility_timeout=60.0)
    for each in (worker, other):
        each.subscribe(broker, "jobs", work_for(each, 1.0))
    net.inject(Crash(node="worker 0", at=0.0, lasts=5.0, refuses=True))
    producer.publish(broker, "jobs", guarantee=ONCE)
    net.run()
    producer.send_each(Periodic(interval=0.5), broker, "jobs", messages=200, guarantee=ONCE)
    net.run()
    assert jobs.counts.acknowledged == 201
    assert {row.node for row in net.trace if row.time_s > 61 and row.event == "handed_over"} >= {
        "worker 0",
        "worker 1",
    }


def test_a_delivery_that_outlives_its_visibility_timeout_holds_the_run_to_its_end():
    net, producer, broker, jobs, (worker,) = shop(visibility_timeout=0.5, max_deliveries=2)
    worker.subscribe(broker, "jobs", work_for(worker, 3.0))
    producer.publish(broker, "jobs", guarantee=ONCE)
    net.run()
    # Handled from 0.2 to 3.2 s, given up at 0.6 and 1.1 s; the acknowledgement comes at 3.3 s.
    assert net.now == pytest.approx(3.3, abs=1e-12)
    assert jobs.counts.dropped == 1
    assert worker.busy.mean() == pytest.approx(3.0 / 3.3, rel=1e-12)


def test_a_result_through_the_broker_ends_the_run():
    net, producer, broker, _, (worker,) = shop()
    net.connect(worker, producer, Link(delay=Constant(0.1)))
    worker.subscribe(broker, "jobs", lambda message: message.data + 1)
    replies = producer.reply_queue(guarantee=ONCE)
    got = []

    def program():
        producer.publish(broker, "jobs", 1, guarantee=ONCE, reply_to=replies)
        got.append((yield replies.receive(timeout=90.0)).data)

    net.process(program())
    net.run()
    assert got == [2]
    assert net.now == pytest.approx(0.4)  # and its acknowledgement


def test_the_rest_of_a_worker_that_is_left_out_holds_nothing():
    net, producer, broker, jobs, _ = shop(workers=0, visibility_timeout=50.0, max_deliveries=None)
    worker = net.node("worker", workers=1, backlog=0)
    net.connect(broker, worker, Link(delay=Constant(0.1)))
    worker.subscribe(broker, "jobs", work_for(worker, 1000.0), prefetch=2)

    def program():
        producer.publish(broker, "jobs", guarantee=ONCE)
        yield net.timeout(40.0)
        producer.publish(broker, "jobs", guarantee=ONCE)  # refused: the worker rests to 90.3 s
        yield net.timeout(5.0)
        worker.crash()

    net.process(program())
    net.run()
    assert net.now == max(row.time_s for row in net.trace) == 50.1  # the first is given up
    assert jobs.counts.waiting == 2


def test_a_delivery_that_expired_leaves_no_process_at_its_worker():
    net, producer, broker, _, (worker,) = shop(visibility_timeout=1.0, max_deliveries=None)
    worker.subscribe(broker, "jobs", work_for(worker, 1e6), prefetch=3)
    for _ in range(3):
        producer.publish(broker, "jobs", guarantee=ONCE)
    counts = []
    for until in (50.5, 100.5):
        net.run(until=until)
        counts.append(len(worker.processes.running))
    assert counts[0] == counts[1] < 20
