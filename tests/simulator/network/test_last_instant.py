"""The last instant of a time still belongs to it."""

import pytest

from simulator import Constant, Link, Network

AT_ONCE = Link(delay=Constant(0.0))


@pytest.mark.parametrize(("busy_until", "handled"), [(0.1, [0.1]), (0.11, [])])
def test_a_delivery_that_comes_with_the_end_of_its_visibility_is_handled_if_a_worker_is_freed_then(
    busy_until, handled
):
    """It is on its way for 0.1 s, and may be given back after 0.1 s."""
    net = Network(seed=1)
    producer, broker = net.node("producer"), net.broker("broker")
    worker = net.node("worker", workers=1)
    net.connect(producer, broker, AT_ONCE)
    net.connect(producer, worker, AT_ONCE)
    net.connect(broker, worker, Link(delay=Constant(0.1)))
    broker.queue("tasks", visibility_timeout=0.1, max_deliveries=1)
    instants = []
    worker.subscribe(broker, "tasks", lambda _: instants.append(net.now))

    @worker.on("other")
    def handle(message):
        yield worker.work(busy_until - 0.05)

    def occupy():
        yield net.timeout(0.05)
        producer.notify(worker, "other")

    producer.publish(broker, "tasks")
    net.process(occupy())
    net.run()
    assert instants == handled
