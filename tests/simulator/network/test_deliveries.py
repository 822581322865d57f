"""Deliveries: how many there are of a message, to whom, and how many handlings run at once."""

import pytest

from simulator import (
    At,
    AtLeastOnce,
    Constant,
    Crash,
    Failed,
    Link,
    Network,
    Periodic,
    Refused,
    Retry,
)
from simulator.network.broker.entry import DelayEnd
from simulator.network.broker.subscription import Rest
from simulator.network.node.workers import Expiry

LINK = Link(delay=Constant(0.05))


def shop(*workers, link=LINK, count=None, backlog=None):
    """A producer, a broker, and workers, all connected to the broker."""
    net = Network(seed=1)
    producer, broker = net.node("producer"), net.broker("broker")
    net.connect(producer, broker, LINK)
    nodes = [net.node(name, workers=count, backlog=backlog) for name in workers]
    for node in nodes:
        net.connect(broker, node, link)
    return net, producer, broker, *nodes


def work_for(net, seconds):
    yield net.timeout(seconds)


def instants(net, event, node=None):
    return [row.time_s for row in net.trace if row.event == event and node in {None, row.node}]


# -------------------------------------------------------------------- the limit on deliveries


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_crashes_of_the_broker_count_against_the_limit_on_deliveries(limit):
    net, producer, broker, worker = shop("worker")
    dead = broker.queue("dead")
    queue = broker.queue("tasks", max_deliveries=limit, dead_letter=dead, visibility_timeout=60.0)
    begun = []

    def handle(message):
        begun.append(message.delivery)
        yield net.timeout(5.0)

    worker.subscribe(broker, "tasks", handle, prefetch=9)
    producer.publish(broker, "tasks")
    net.inject(*(Crash(node="broker", at=1.0 + k, lasts=0.5) for k in range(4)))
    net.run()
    assert begun == list(range(1, limit + 1))
    assert (queue.counts.dead_lettered, dead.counts.waiting) == (1, 1)
    assert queue.counts.redeliveries == limit - 1
    assert instants(net, "dead_lettered") == [limit + 0.5]  # when the broker is up again


def test_without_a_dead_letter_queue_it_is_dropped_when_the_broker_restarts():
    net, producer, broker, worker = shop("worker")
    queue = broker.queue("tasks", max_deliveries=1)
    worker.subscribe(broker, "tasks", lambda _: work_for(net, 5.0))
    producer.publish(broker, "tasks")
    net.inject(Crash(node="broker", at=1.0, lasts=1.0))
    net.run(until=1.5)
    assert queue.counts.waiting == 1
    net.run()
    assert (queue.counts.dropped, queue.counts.waiting) == (1, 0)
    assert instants(net, "dropped", "broker")[-1] == 2.0


def test_refusals_are_no_deliveries():
    """The second delivery is refused at 0.2 s, and again after each rest of 1 s."""
    net, producer, broker, worker = shop("worker")
    queue = broker.queue("tasks", visibility_timeout=1.0, max_deliveries=2)
    deliveries = []

    def handle(message):
        deliveries.append(message.delivery)
        if message.delivery == 1:
            raise Failed("once")

    worker.subscribe(broker, "tasks", handle)
    net.inject(Crash(node="worker", at=0.12, lasts=3.5, refuses=True))
    producer.publish(broker, "tasks")
    net.run()
    assert instants(net, "refused") == pytest.approx([0.2, 1.3, 2.4, 3.5])
    assert deliveries == [1, 2]
    assert queue.counts.redeliveries == 1
    assert queue.counts.acknowledged == 1


# ------------------------------------------------------------------------- a worker that is down


@pytest.mark.parametrize("prefetch", [1, 2])
def test_a_worker_that_is_down_wastes_one_delivery_for_each_of_its_places(prefetch):
    net, producer, broker, down, healthy = shop("down", "healthy")
    queue = broker.queue("tasks", visibility_timeout=1.0, max_deliveries=2)
    handled = []
    for node in (down, healthy):
        node.subscribe(broker, "tasks", lambda m: handled.append(m.number), prefetch=prefetch)
    net.inject(Crash(node="down", at=0.0, lasts=100.0))
    each = Periodic(interval=0.3)
    producer.drive(each, lambda _: producer.publish(broker, "tasks"), messages=30)
    net.run()
    assert sorted(handled) == list(range(30))
    assert queue.counts.redeliveries == prefetch
    assert queue.counts.acknowledged == 30


def test_a_worker_gets_messages_again_as_soon_as_it_restarts():
    net, producer, broker, worker = shop("worker")
    queue = broker.queue("tasks", visibility_timeout=1.0, max_deliveries=2)
    at = []
    worker.subscribe(broker, "tasks", lambda _: at.append(net.now))
    net.inject(Crash(node="worker", at=0.0, lasts=10.0))
    producer.publish(broker, "tasks")
    net.run()
    assert at == [10.05]
    assert queue.counts.redeliveries == 1


def test_a_crash_of_the_broker_does_not_make_it_forget_who_is_down():
    net, producer, broker, worker = shop("worker")
    queue = broker.queue("tasks", visibility_timeout=1.0, max_deliveries=2)
    at = []
    worker.subscribe(broker, "tasks", lambda _: at.append(net.now))
    net.inject(
        Crash(node="worker", at=0.0, lasts=10.0),
        Crash(node="broker", at=2.0, lasts=1.0),
        Crash(node="broker", at=4.0, lasts=1.0),
    )
    producer.publish(broker, "tasks")
    net.run()
    assert at == [10.05]
    assert queue.counts.acknowledged == 1


def test_a_slow_worker_that_is_up_is_not_left_out():
    net, producer, broker, worker = shop("worker")
    broker.queue("tasks", visibility_timeout=1.0, max_deliveries=None)
    worker.subscribe(broker, "tasks", lambda _: work_for(net, 3.0))
    producer.publish(broker, "tasks")
    net.run(until=4.5)
    assert instants(net, "redelivered") == pytest.approx([1.05, 2.05, 3.05, 4.05])


# -------------------------------------------------------------------- how many run at once


@pytest.mark.parametrize("prefetch", [1, 2, 3])
def test_no_more_handlings_run_at_once_than_prefetch_says(prefetch):
    net, producer, broker, worker = shop("worker")
    broker.queue("tasks", visibility_timeout=0.4, max_deliveries=4)
    begun, ended = [], []

    def handle(message):
        begun.append(net.now)
        yield worker.work(1.0)
        ended.append(net.now)

    worker.subscribe(broker, "tasks", handle, prefetch=prefetch)
    for _ in range(5):
        producer.publish(broker, "tasks")
    net.run()
    assert worker.busy.max() == prefetch
    assert worker.busy.value == worker.waiting.value == 0
    assert len(begun) == len(instants(net, "handed_over", "worker"))


def test_a_delivery_waits_for_a_place_and_expires_with_its_visibility_timeout():
    """Work of 1 s from 0.1 s; the second delivery is there from 0.65 s, and expires at 1.05 s."""
    net, producer, broker, worker = shop("worker")
    broker.queue("tasks", visibility_timeout=0.5, max_deliveries=2)
    begun = []

    def handle(message):
        begun.append(message.delivery)
        yield net.timeout(1.0)

    worker.subscribe(broker, "tasks", handle)
    producer.publish(broker, "tasks")
    net.run()
    assert begun == [1]
    assert worker.waiting.to_frame().to_numpy().tolist() == [[0, 0], [0.6, 1], [1.05, 0]]
    assert instants(net, "handed_over", "worker") == [0.1]
    assert broker.ledger["handovers"].tolist() == [1, 0]
    assert instants(net, "ack_sent", "worker") == [1.1]


def test_a_place_that_is_free_at_the_end_of_the_visibility_timeout_still_counts():
    """The work ends at 1.05 s, at which the second delivery, sent at 0.55 s, would expire."""
    net, producer, broker, worker = shop("worker")
    broker.queue("tasks", visibility_timeout=0.5, max_deliveries=2)
    begun = []

    def handle(message):
        begun.append(net.now)
        yield worker.work(0.95)

    worker.subscribe(broker, "tasks", handle)
    producer.publish(broker, "tasks")
    net.run()
    assert begun == [0.1, 1.05]


def test_a_delivery_that_waits_for_a_busy_worker_expires_too():
    net, producer, broker, worker = shop("worker", count=1)
    net.connect(producer, worker, LINK)
    queue = broker.queue("tasks", visibility_timeout=0.5, max_deliveries=1)
    begun = []
    worker.subscribe(broker, "tasks", begun.append)
    worker.on("job")(lambda _: work_for(net, 2.0))
    producer.send(worker, "job", guarantee=AtLeastOnce(retry=Retry(timeout=9.0)))
    producer.publish(broker, "tasks")
    net.run()
    assert begun == []
    assert queue.counts.dropped == 1
    assert worker.waiting.at([0.1, 0.5, 0.55]).tolist() == [1, 1, 0]


def test_a_delivery_that_comes_late_begins_where_there_is_a_place_and_else_not_at_all():
    for seconds, begins in ((0.1, 2), (4.0, 1)):
        net, producer, broker, worker = shop("worker", link=Link(delay=Constant(2.0)))
        queue = broker.queue("tasks", visibility_timeout=1.0, max_deliveries=2)
        begun = []

        def work(message, begun=begun, net=net, seconds=seconds):
            begun.append(message.delivery)
            return work_for(net, seconds)

        worker.subscribe(broker, "tasks", work)
        producer.publish(broker, "tasks")
        net.run()
        assert len(begun) == begins
        assert queue.counts.dropped == 1
        assert instants(net, "arrived", "worker") == pytest.approx([2.05, 3.05])


def test_a_delivery_without_a_place_holds_up_nobody_else():
    net, producer, broker, worker = shop("worker", count=2)
    net.connect(producer, worker, LINK)
    broker.queue("slow", visibility_timeout=0.3, max_deliveries=3)
    done = []
    worker.subscribe(broker, "slow", lambda _: work_for(net, 1.0))
    worker.on("job")(lambda _: done.append(net.now))
    producer.publish(broker, "slow")
    net.run(until=0.5)
    assert (worker.busy.value, worker.waiting.value) == (1, 1)
    producer.send(worker, "job", guarantee=AtLeastOnce())
    net.run()
    assert done == [0.55]


def test_a_delivery_for_which_there_is_no_room_to_wait_is_refused():
    net, producer, broker, worker = shop("worker", count=2, backlog=0)
    queue = broker.queue("tasks", visibility_timeout=0.5, max_deliveries=2)
    begun = []

    def handle(message):
        begun.append(message.delivery)
        yield net.timeout(1.0)

    worker.subscribe(broker, "tasks", handle)
    producer.publish(broker, "tasks")
    net.run()
    assert worker.waiting.max() == 0
    assert worker.refused.value == 1
    assert begun == [1, 2]
    assert queue.counts.redeliveries == 1


def test_a_crash_of_the_worker_drops_what_waits_there_and_frees_its_places():
    net, producer, broker, worker = shop("worker")
    queue = broker.queue("tasks", visibility_timeout=1.0, max_deliveries=9)
    begun = []

    def handle(message):
        begun.append(net.now)
        yield worker.work(3.0 if message.delivery < 4 else 0.1)

    worker.subscribe(broker, "tasks", handle)
    producer.publish(broker, "tasks")
    net.inject(Crash(node="worker", at=1.5, lasts=0.2))
    net.run()
    # Delivered at 0.05, 1.05 (dropped by the crash), 2.05 (begins), 3.05 (expires), 4.05 s, …
    assert begun[:2] == [0.1, 2.1]
    assert worker.waiting.value == worker.busy.value == 0
    assert queue.counts.acknowledged == 1


@pytest.mark.parametrize("visibility_timeout", [4e9, 1e30])
def test_a_visibility_timeout_may_be_longer_than_any_run(visibility_timeout):
    net, producer, broker, worker = shop("worker", count=1)
    queue = broker.queue("tasks", visibility_timeout=visibility_timeout)
    worker.subscribe(broker, "tasks", lambda _: work_for(net, 1.0), prefetch=3)
    for _ in range(3):
        producer.publish(broker, "tasks")
    net.run()
    assert queue.counts.acknowledged == 3
    assert net.now == 3.15


# ------------------------------------------------------------------- which timers still matter


def pending(net, kind):
    return [event.matters() for *_, event in net.env._queue if isinstance(event, kind)]


def test_a_rest_matters_while_a_message_waits_and_the_broker_is_up():
    net, producer, broker, worker, other = shop("worker", "other")
    broker.queue("tasks", visibility_timeout=5.0)
    worker.subscribe(broker, "tasks", lambda _: None)
    worker.crash(refuses=True)
    producer.publish(broker, "tasks")
    net.run(until=1.0)
    assert pending(net, Rest) == [True]
    other.subscribe(broker, "tasks", lambda _: None)
    net.run(until=2.0)
    assert pending(net, Rest) == [False]
    producer.publish(broker, "tasks")
    other.crash(refuses=True)
    net.run(until=3.0)
    assert pending(net, Rest) == [True, True]
    broker.crash()
    net.run(until=4.0)
    assert pending(net, Rest) == [False, False]


def test_the_end_of_a_delay_matters_while_its_message_is_delayed():
    net, producer, broker = shop()
    broker.queue("tasks", capacity=1, overflow="drop-oldest")
    producer.publish(broker, "tasks", delay=5.0)
    net.run(until=1.0)
    assert pending(net, DelayEnd) == [True]
    producer.publish(broker, "tasks")
    net.run(until=2.0)
    assert pending(net, DelayEnd) == [False]


def test_an_expiry_moves_no_clock_but_is_not_over_while_its_delivery_waits():
    net, producer, broker, worker = shop("worker")
    broker.queue("tasks", visibility_timeout=1.0)
    worker.subscribe(broker, "tasks", lambda _: work_for(net, 1.5))
    producer.publish(broker, "tasks")

    def over():
        events = [event for *_, event in net.env._queue if isinstance(event, Expiry)]
        assert not any(event.matters() for event in events)
        return [event.is_over for event in events]

    net.run(until=1.2)
    assert over() == [False]
    net.run(until=1.7)
    assert (worker.waiting.value, over()) == (0, [True])
    net.run(until=2.2)
    assert over() == [False]
    worker.crash()
    assert over() == [True]


def test_a_second_copy_that_finds_the_worker_busy_with_the_first_does_not_give_the_delivery_back():
    net = Network()
    producer, worker = net.node("producer"), net.node("worker", workers=1, backlog=0)
    broker = net.broker("broker")
    net.connect(producer, broker, Link(delay=Constant(0.01)))
    net.connect(broker, worker, Link(delay=Constant(0.01), duplicate=1.0))
    queue = broker.queue("tasks", visibility_timeout=0.2, max_deliveries=2)
    handled = []

    def handle(message):
        handled.append(message.delivery)
        yield worker.work(0.1)

    worker.subscribe(broker, "tasks", handle)
    producer.publish(broker, "tasks")
    net.run()  # it went on for ever: the delivery was given back uncounted, and sent again
    assert handled == [1]
    assert (queue.counts.acknowledged, worker.refused.value) == (1, 1)


def test_a_caller_does_not_hear_that_a_request_is_refused_while_another_copy_of_it_is_handled():
    net = Network()
    client, server = net.node("client"), net.node("server", workers=1, backlog=0)
    net.connect(client, server, Link(delay=Constant(0.01), duplicate=1.0))

    @server.on("job")
    def job(message):
        yield server.work(0.1)
        return "done"

    heard = []

    def ask():
        heard.append((yield client.ask(server, "job", timeout=1.0)))

    net.process(ask())
    net.run()
    assert heard == ["done"]


class Twice:
    """An adversary that lets the client's data come twice, half a second apart."""

    def start(self, net):
        return self

    def decide(self, transmission, delays_ns):
        twice = transmission.link == "client→server"
        return (10_000_000, 500_000_000) if twice else delays_ns


def test_a_second_copy_is_refused_aloud_where_a_crash_undid_the_first():
    net = Network(adversary=Twice())
    client, other = net.node("client"), net.node("other")
    server = net.node("server", workers=1, backlog=0)
    net.connect(client, server, Link())
    net.connect(other, server, Link())
    server.on("job")(lambda message: work_for(net, 0.4))
    net.inject(Crash(node="server", at=0.1, lasts=0.1))
    heard = []

    def ask():
        once = AtLeastOnce(retry=Retry(timeout=2.0, max_attempts=1))
        with pytest.raises(Refused):
            yield client.ask(server, "job", guarantee=once)
        heard.append(net.now)

    net.process(ask())
    other.drive(At(times=[0.3]), lambda _: other.notify(server, "job") and None, messages=1)
    net.run()
    assert heard == [0.5]


class TwiceAndUnanswered(Twice):
    """The same, and what the server answers is lost."""

    def decide(self, transmission, delays_ns):
        if transmission.link == "server→client":
            return ()
        return super().decide(transmission, delays_ns)


def test_a_second_copy_is_refused_in_silence_even_after_a_later_attempt_was_let_in():
    """Sent at 0 and 0.2 s, each handled at once; their copies find the worker busy with another."""
    net = Network(adversary=TwiceAndUnanswered())
    client, other = net.node("client"), net.node("other")
    server = net.node("server", workers=1, backlog=0)
    net.connect(client, server, Link())
    net.connect(other, server, Link())
    server.on("job")(lambda message: work_for(net, 0.4 if message.sender == "other" else 0.05))
    twice = AtLeastOnce(retry=Retry(timeout=0.2, max_attempts=2))
    client.send(server, "job", guarantee=twice)
    other.drive(At(times=[0.45]), lambda _: other.notify(server, "job") and None, messages=1)
    net.run()
    assert server.refused.value == 2
    assert net.links["server→client"].sent == 2  # two acknowledgements, no refusal
