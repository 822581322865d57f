"""The time to live of the messages of a queue: when they expire, and what becomes of them."""

import math

import pytest

from simulator import AtLeastOnce, Constant, Crash, Failed, Link, Network, NoBackoff, Retry

LINK = Link(delay=Constant(0.05))
PATIENT = AtLeastOnce(retry=Retry(timeout=100.0))


def shop(*, link=LINK, dead=None, **settings):
    """A producer, a broker with a queue of tasks, and a worker: 0.05 s from one to the next.

    With `dead`, the settings of a dead-letter queue, the queue has one of that name.
    """
    net = Network(seed=1)
    producer, broker, worker = net.node("producer"), net.broker("broker"), net.node("worker")
    net.connect(producer, broker, link)
    net.connect(broker, worker, link)
    if dead is not None:
        settings["dead_letter"] = broker.queue("dead", **dead)
    return net, producer, broker, worker, broker.queue("tasks", **settings)


def instants(net, event, node=None):
    return [row.time_s for row in net.trace if row.event == event and node in {None, row.node}]


def publish_at(net, producer, broker, *seconds, **headers):
    def program(instant):
        yield net.timeout(instant)
        producer.publish(broker, "tasks", guarantee=PATIENT, **headers)

    for instant in seconds:
        net.process(program(instant))


def lasting(net, seconds, *, fails=False):
    """Return a handler that takes so long, and keeps when it began."""
    begun: list[tuple[int, int, float]] = []

    def handle(message):
        begun.append((message.number, message.delivery, net.now))
        yield net.timeout(seconds)
        if fails:
            raise Failed("in vain")

    handle.begun = begun  # type: ignore[attr-defined]  # beside what fills it
    return handle


# ---------------------------------------------------------------------------- when it expires


def test_a_message_expires_that_has_waited_for_its_time_to_live():
    net, producer, broker, _, queue = shop(ttl=2.0)
    publish_at(net, producer, broker, 0.0, 1.0)
    net.run(until=10.0)
    assert instants(net, "expired", "broker") == [2.05, 3.05]
    assert (queue.counts.accepted, queue.counts.expired, queue.counts.waiting) == (2, 2, 0)
    assert queue.counts.conserved
    assert queue.depth.to_frame().to_numpy().tolist() == [
        *([0, 0], [0.05, 1], [1.05, 2], [2.05, 1], [3.05, 0])
    ]


def test_a_message_that_a_worker_has_does_not_expire():
    net, producer, broker, worker, queue = shop(ttl=2.0)
    worker.subscribe(broker, "tasks", lasting(net, 5.0))
    publish_at(net, producer, broker, 0.0)
    net.run()
    assert (queue.counts.acknowledged, queue.counts.expired) == (1, 0)


def test_a_message_that_comes_back_too_late_expires_at_once():
    net, producer, broker, worker, queue = shop(ttl=2.0)
    worker.subscribe(broker, "tasks", lasting(net, 5.0, fails=True))
    publish_at(net, producer, broker, 0.0)
    net.run()
    assert instants(net, "expired") == [5.15]
    assert queue.counts.expired == 1


def test_one_whose_visibility_timeout_ends_too_late_expires_then():
    net, producer, broker, worker, queue = shop(ttl=2.0, visibility_timeout=3.0)
    worker.subscribe(broker, "tasks", lasting(net, 5.0))
    publish_at(net, producer, broker, 0.0)
    net.run()
    assert instants(net, "expired") == [3.05]
    assert (queue.counts.expired, queue.counts.acknowledged) == (1, 0)


def test_one_that_its_worker_refuses_too_late_expires_then():
    net, producer, broker, worker, queue = shop(ttl=0.07)
    worker.subscribe(broker, "tasks", lasting(net, 0.0))
    net.inject(Crash(node="worker", at=0.0, lasts=1.0, refuses=True))
    publish_at(net, producer, broker, 0.0)
    net.run()
    assert instants(net, "expired") == [pytest.approx(0.15)]
    assert (queue.counts.expired, queue.counts.redeliveries) == (1, 0)


def test_a_redelivery_does_not_begin_the_time_anew():
    net, producer, broker, worker, _ = shop(ttl=2.0, max_deliveries=None)
    handle = lasting(net, 0.8, fails=True)
    worker.subscribe(broker, "tasks", handle)
    publish_at(net, producer, broker, 0.0)
    net.run()
    assert [delivery for _, delivery, _ in handle.begun] == [1, 2, 3]
    assert instants(net, "expired") == [pytest.approx(0.05 + 3 * 0.9)]


def test_a_message_that_has_used_up_its_deliveries_too_is_a_dead_letter():
    net, producer, broker, worker, queue = shop(ttl=2.0, max_deliveries=1, dead={})
    worker.subscribe(broker, "tasks", lasting(net, 5.0, fails=True))
    publish_at(net, producer, broker, 0.0)
    net.run()
    assert (queue.counts.dead_lettered, queue.counts.expired) == (1, 0)


def test_a_message_expires_in_its_delay_and_in_a_pause_before_a_redelivery():
    net, producer, broker, worker, queue = shop(ttl=2.0, redelivery_delay=9.0)
    worker.subscribe(broker, "tasks", lasting(net, 0.0, fails=True))
    publish_at(net, producer, broker, 0.0)
    publish_at(net, producer, broker, 0.0, delay=9.0)
    net.run(until=1.0)
    assert queue.counts.delayed == 2
    net.run(until=20.0)
    assert instants(net, "expired") == [2.05, 2.05]
    assert (queue.counts.expired, queue.counts.delayed) == (2, 0)
    assert instants(net, "redelivered") == []


def test_each_group_of_a_topic_loses_what_it_has_not_begun():
    net, producer, broker, worker, _ = shop()
    broker.topic("news", ttl=1.0)
    idle = net.node("idle")
    net.connect(broker, idle, LINK)
    worker.subscribe(broker, "news", lasting(net, 0.1))
    idle.subscribe(broker, "news", lasting(net, 3.0))
    for _ in range(2):
        producer.publish(broker, "news")
    net.run(until=5.0)
    counts = [broker.queues[f"news/{name}"].counts for name in ("worker", "idle")]
    assert [(each.acknowledged, each.expired) for each in counts] == [(2, 0), (1, 1)]


# ------------------------------------------------------------------- at the very end of its time


def test_a_worker_that_is_free_at_the_end_of_the_time_still_gets_the_message():
    """The first is acknowledged at 1.15 s, at which the time of the second is over."""
    net, producer, broker, worker, queue = shop(ttl=1.1)
    handle = lasting(net, 1.0)
    worker.subscribe(broker, "tasks", handle)
    publish_at(net, producer, broker, 0.0, 0.0)
    net.run()
    assert [number for number, *_ in handle.begun] == [0, 1]
    assert queue.counts.expired == 0


def test_a_worker_whose_other_delivery_times_out_then_still_gets_it():
    net, producer, broker, worker, queue = shop(ttl=1.0, visibility_timeout=1.0, max_deliveries=1)
    worker.subscribe(broker, "tasks", lasting(net, 9.0))
    publish_at(net, producer, broker, 0.0, 0.0)
    net.run()
    assert instants(net, "dequeued") == [0.05, 1.05]
    assert (queue.counts.expired, queue.counts.dropped) == (0, 2)


def test_one_whose_delay_or_pause_ends_then_is_still_delivered():
    net, producer, broker, worker, queue = shop(ttl=1.1, redelivery_delay=1.0)
    worker.subscribe(broker, "tasks", fail_once)
    publish_at(net, producer, broker, 0.0)
    publish_at(net, producer, broker, 1.0, delay=1.1)
    net.run()
    # The pause ends at 1.15 s, and the delay at 2.15 s, after which that one is too late to return.
    assert instants(net, "redelivered") == [1.15]
    assert (queue.counts.acknowledged, queue.counts.expired) == (1, 1)


def fail_once(message):
    if message.delivery == 1:
        raise Failed("once")


def test_one_that_comes_back_then_may_be_delivered_again():
    net, producer, broker, worker, queue = shop(ttl=0.1)
    worker.subscribe(broker, "tasks", fail_once)
    publish_at(net, producer, broker, 0.0)
    net.run()
    assert queue.counts.acknowledged == 1


def test_one_that_comes_back_at_that_instant_after_its_end_expires():
    """Over links that take no time an instant goes on: what is sent at it is answered at it."""
    net, producer, broker, worker, queue = shop(ttl=1.0, link=Link(delay=Constant(0.0)))
    net.connect(producer, worker, Link(delay=Constant(0.0)))
    stop = net.env.event()

    def handle(_):
        yield stop
        raise Failed("stopped")

    def program():
        yield net.timeout(1.0)
        producer.notify(worker, "stop")

    worker.subscribe(broker, "tasks", handle)
    worker.on("stop")(lambda _: stop.succeed() and None)
    producer.publish(broker, "tasks")
    net.process(program())
    net.run()
    assert instants(net, "expired") == [1.0]
    assert queue.counts.expired == 1


# ------------------------------------------------------------------------- what becomes of it


def test_it_goes_to_the_dead_letter_queue_and_counts_there_as_any_other():
    net, producer, broker, worker, queue = shop(ttl=2.0, dead={})
    got = []
    worker.subscribe(broker, "dead", lambda m: got.append((m.data, m.delivery, net.now)))
    producer.publish(broker, "tasks", "late", delay=1.0)
    net.run()
    dead = broker.queues["dead"]
    assert got == [("late", 1, 2.1)]
    assert (queue.counts.expired, queue.counts.dead_lettered) == (1, 0)
    assert (dead.counts.accepted, dead.counts.acknowledged) == (1, 1)
    assert [row.event for row in net.trace if row.time_s == 2.05 and row.node == "broker"] == [
        *("expired", "enqueued", "dequeued", "created", "sent")
    ]


def test_its_row_is_about_the_task_and_its_latest_delivery():
    net, producer, broker, worker, _ = shop(ttl=2.0)
    worker.subscribe(broker, "tasks", lasting(net, 5.0, fails=True))
    producer.publish(broker, "tasks")
    net.run()
    (row,) = [row for row in net.trace if row.event == "expired"]
    assert (row.node, row.link, row.message) == ("broker", "producer→broker", 0)
    assert (row.kind, row.story, row.delivery) == ("task", "producer-0", 1)


def test_its_room_is_free_for_who_waits_in_line():
    net, producer, broker, worker, queue = shop(
        ttl=2.0, capacity=1, overflow="block", redelivery_delay=9.0
    )
    worker.subscribe(broker, "tasks", fail_once)
    publish_at(net, producer, broker, 0.0, 1.0)
    net.run(until=2.0)
    assert (queue.counts.delayed, len(queue.line)) == (1, 1)
    net.run(until=30.0)
    # In at 2.05 s; it fails, and pauses until its time is over, too.
    assert instants(net, "dequeued") == [0.05, 2.05]
    assert instants(net, "expired") == [2.05, 4.05]


def test_diagrams_players_and_descriptions_tell_it(tmp_path):
    net, producer, broker, _, _ = shop(ttl=2.0)
    publish_at(net, producer, broker, 0.0)
    net.run(until=5.0)
    assert "Expired: task (2.050 s)" in net.trace.to_mermaid()
    assert "Expiration : tâche (2,050 s)" in net.trace.to_mermaid(language="fr")
    assert "At 2.05 s, the task expires in Broker." in net.trace.describe()
    assert "la tâche expire dans Courtier" in net.trace.describe(language="fr")
    net.trace.plot()
    net.trace.play().save(tmp_path / "page.html")
    assert '"expired"' in (tmp_path / "page.html").read_text(encoding="utf-8")


# ------------------------------------------------------------------------- the end of a run


def test_an_expiry_that_nobody_heeds_holds_no_run():
    for dead in (None, {}):
        net, producer, broker, worker, queue = shop(ttl=50.0, dead=dead)
        publish_at(net, producer, broker, 0.0)
        net.run()
        assert net.now == 0.1
        assert queue.counts.waiting == 1
        worker.subscribe(broker, "tasks", lasting(net, 0.0))
        net.run()
        assert queue.counts.acknowledged == 1
        assert net.now == pytest.approx(0.2)


def test_an_expiry_holds_a_run_if_a_worker_gets_the_dead_letter():
    net, producer, broker, worker, _ = shop(ttl=50.0, dead={})
    worker.subscribe(broker, "dead", lasting(net, 0.0))
    publish_at(net, producer, broker, 0.0)
    net.run()
    assert net.now == pytest.approx(50.15)


def test_or_the_dead_letter_of_the_dead_letter():
    net, producer, broker, worker, _ = shop()
    last = broker.queue("last")
    middle = broker.queue("middle", ttl=10.0, dead_letter=last)
    broker.queue("first", ttl=50.0, dead_letter=middle)
    worker.subscribe(broker, "last", lasting(net, 0.0))
    producer.publish(broker, "first")
    net.run()
    assert net.now == pytest.approx(60.15)
    net, producer, broker, worker, _ = shop()
    middle = broker.queue("middle", dead_letter=broker.queue("last"))
    broker.queue("first", ttl=50.0, dead_letter=middle)
    worker.subscribe(broker, "last", lasting(net, 0.0))
    producer.publish(broker, "first")
    net.run()
    assert net.now == 0.1


def test_or_if_a_publisher_waits_for_its_room():
    net, producer, broker, _, queue = shop(ttl=50.0, capacity=1, overflow="block")
    publish_at(net, producer, broker, 0.0, 1.0)
    net.run()
    assert net.now == pytest.approx(50.1)  # the confirm of the second
    assert (queue.counts.expired, queue.counts.waiting) == (1, 1)


def test_or_not_if_the_worker_of_the_dead_letters_is_down_and_left_out():
    dead = {"visibility_timeout": 5.0, "max_deliveries": 1}
    net, producer, broker, worker, queue = shop(ttl=50.0, dead=dead)
    worker.subscribe(broker, "dead", lasting(net, 0.0))
    worker.crash()
    publish_at(net, producer, broker, 0.0, 40.0)
    net.run()
    assert net.now == pytest.approx(55.05)  # the dead letter is given up; the next is for 90.05 s
    assert (queue.counts.expired, queue.counts.waiting) == (1, 1)


def test_a_delay_that_ends_after_the_time_to_live_holds_no_run():
    net, producer, broker, _, _ = shop(ttl=2.0)
    publish_at(net, producer, broker, 0.0, delay=50.0)
    net.run()
    assert net.now == 0.1


def test_the_rest_of_a_worker_holds_no_run_if_what_waits_expires_before():
    net, producer, broker, worker, queue = shop(ttl=1.0, visibility_timeout=60.0)
    worker.subscribe(broker, "tasks", lasting(net, 0.0))
    net.inject(Crash(node="worker", at=0.0, lasts=0.5, refuses=True))
    publish_at(net, producer, broker, 0.0)
    net.run()
    assert net.now == 0.5
    assert queue.counts.waiting == 1


def test_what_has_expired_in_vain_is_past_when_a_later_run_goes_on():
    net, producer, broker, _, queue = shop(ttl=1.0)
    publish_at(net, producer, broker, 0.0)
    net.run()
    publish_at(net, producer, broker, 5.0)
    net.run()
    assert instants(net, "expired") == [1.05]
    assert (queue.counts.expired, queue.counts.waiting) == (1, 1)


# ----------------------------------------------------------------------------- while it crashes


def test_what_has_outlived_its_time_while_the_broker_was_down_expires_at_the_restart():
    net, producer, broker, worker, queue = shop(ttl=2.0, dead={}, redelivery_delay=0.5)
    got = lasting(net, 0.0)
    worker.subscribe(broker, "dead", got)
    worker.subscribe(broker, "tasks", lasting(net, 50.0), prefetch=1)
    net.inject(Crash(node="broker", at=1.0, lasts=4.0))
    publish_at(net, producer, broker, 0.0, 0.0)
    publish_at(net, producer, broker, 0.0, delay=20.0)
    net.run(until=4.0)
    assert queue.counts.expired == 0
    net.run(until=10.0)
    assert instants(net, "expired") == [5.0, 5.0, 5.0]
    assert queue.counts.expired == 3
    assert sorted(number for number, *_ in got.begun) == [0, 1, 2]


def test_what_restarts_at_the_end_of_the_time_is_in_time():
    net, producer, broker, worker, queue = shop(ttl=2.0)
    net.inject(Crash(node="broker", at=1.0, lasts=1.05))
    publish_at(net, producer, broker, 0.0)
    net.process(subscribe_at(net, worker, broker, 1.5))
    net.run()
    assert (queue.counts.acknowledged, queue.counts.expired) == (1, 0)


def subscribe_at(net, worker, broker, seconds):
    yield net.timeout(seconds)
    worker.subscribe(broker, "tasks", lasting(net, 0.0))


def test_a_volatile_message_is_lost_before_it_expires():
    net, producer, broker, _, queue = shop(ttl=2.0, durable=False)
    net.inject(Crash(node="broker", at=1.0, lasts=0.5))
    publish_at(net, producer, broker, 0.0)
    net.run(until=9.0)
    assert (queue.counts.lost, queue.counts.expired) == (1, 0)


# -------------------------------------------------------------------------------- bad arguments


@pytest.mark.parametrize("bad", [0, -1, math.inf, math.nan, "soon", True, NoBackoff()])
def test_what_is_no_time_to_live_is_refused(bad):
    allowed = "a finite number of seconds above 0, or None for no limit"
    with pytest.raises(ValueError, match=rf"^Broker.queue.ttl must be {allowed}"):
        Network().broker("broker").queue("tasks", ttl=bad)
