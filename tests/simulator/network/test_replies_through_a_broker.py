"""Request and reply through the broker alone: nobody needs a link to the other."""

import pytest

from simulator import AtLeastOnce, AtMostOnce, Constant, Exponential, Link, Network, Retry, TimedOut

PATIENT = AtLeastOnce(retry=Retry(max_attempts=None))


class Office:
    """A client and workers, each linked to the broker and to nobody else."""

    def __init__(self, *, link=None, workers=1, **settings):
        self.net = Network(seed=1)
        self.client, self.broker = self.net.node("client"), self.net.broker("broker")
        self.net.connect(self.client, self.broker, link or Link(delay=Constant(0.01)))
        self.broker.queue("jobs", visibility_timeout=1.0, max_deliveries=None)
        for k in range(workers):
            worker = self.net.node(f"worker {k}")
            self.net.connect(worker, self.broker, link or Link(delay=Constant(0.01)))
            worker.subscribe(self.broker, "jobs", self.doubled(worker))
        self.replies = self.client.reply_queue(broker=self.broker, **settings)
        self.got = []

    def doubled(self, worker):
        def handle(message):
            yield worker.work(0.1)
            return 2 * message.data

        return handle

    def order(self, *data):
        for each in data:
            self.client.publish(self.broker, "jobs", each, reply_to=self.replies, guarantee=PATIENT)
            sent = self.client.last_sent
            reply = yield self.replies.receive(sent)
            assert reply.correlation_id == sent
            self.got.append((reply.data, self.net.now))


def test_the_timeline_by_hand():
    """There 0.01, to the worker 0.01, work 0.1, back to the broker 0.01, to the client 0.01."""
    office = Office()
    office.client.process(office.order(21))
    office.net.run()
    assert office.got == [(42, pytest.approx(0.14))]
    assert set(office.net.links) == {
        "client→broker",
        "broker→client",
        "worker 0→broker",
        "broker→worker 0",
    }


def test_a_task_and_its_result_are_one_story_and_the_result_is_called_so():
    office = Office()
    office.client.process(office.order(1))
    office.net.run()
    story = office.net.trace.of(story="client-0")
    assert len(story) == len(office.net.trace)
    results = {(row.node, row.link) for row in story if row.kind == "result"}
    assert {node for node, _ in results} == {"worker 0", "broker", "client"}
    [enqueued] = [row for row in story if row.event == "enqueued" and row.kind == "result"]
    assert enqueued.node == "broker"


def test_a_direct_request_may_be_answered_through_a_broker():
    net = Network(seed=1)
    client, broker, server = net.node("client"), net.broker("broker"), net.node("server")
    net.connect(client, broker, Link(delay=Constant(0.01)))
    net.connect(client, server, Link(delay=Constant(0.01)), one_way=True)
    net.connect(server, broker, Link(delay=Constant(0.01)))
    server.on("double")(lambda message: 2 * message.data)
    replies = client.reply_queue(broker=broker)
    client.send(server, "double", 4, guarantee=AtMostOnce(), reply_to=replies)
    net.run()
    assert net.now == pytest.approx(0.04)  # and the acknowledgement of the delivery
    reply = replies.receive().value
    assert (reply.data, reply.kind, reply.correlation_id) == (8, "reply", "client-0")


def test_what_is_lost_on_the_way_to_the_client_is_delivered_again():
    link = Link(delay=Exponential(mean=0.01), loss=0.3)
    office = Office(
        link=link, workers=3, guarantee=PATIENT, visibility_timeout=0.2, max_deliveries=None
    )
    office.client.process(office.order(*range(50)))
    office.net.run()
    assert [data for data, _ in office.got] == [2 * k for k in range(50)]
    queue = office.broker.queues["replies 0 to client"]
    assert queue.counts.redeliveries > 0
    assert queue.counts.conserved


def test_a_client_that_was_down_gets_its_replies_when_it_is_back():
    office = Office(visibility_timeout=0.5)
    office.client.publish(office.broker, "jobs", 5, reply_to=office.replies)
    office.net.run(until=0.05)
    office.client.crash()
    office.net.run(until=3.0)
    office.client.restart()
    office.net.run()
    assert office.replies.receive().value.data == 10


def test_the_broker_hands_over_a_reply_without_waiting_for_word_of_another():
    office = Office(workers=20)
    for k in range(20):
        office.client.process(office.order(k))
    office.net.run()
    assert [time for _, time in office.got] == pytest.approx([0.14] * 20)


def test_settings_are_those_of_the_queue_at_the_broker():
    office = Office(ttl=0.5, capacity=7)
    settings = office.broker.queues["replies 0 to client"].settings
    assert (settings.ttl, settings.capacity) == (0.5, 7)


def test_a_wait_for_a_reply_may_end():
    office = Office(workers=0)
    office.client.publish(office.broker, "jobs", 5, reply_to=office.replies)
    sent = office.client.last_sent

    def wait():
        with pytest.raises(TimedOut, match=f"no reply to {sent} came to client"):
            yield office.replies.receive(sent, timeout=0.3)

    office.client.process(wait())
    office.net.run()
    assert office.net.now == pytest.approx(0.3)


@pytest.mark.parametrize("broker", ["broker", 3, object()])
def test_what_is_no_broker_is_refused(broker):
    office = Office()
    with pytest.raises(ValueError, match=r"Node\.reply_queue\.broker must be a broker"):
        office.client.reply_queue(broker=broker)
    with pytest.raises(ValueError, match=r"Node\.reply_queue\.broker must be a broker"):
        office.client.reply_queue(broker=office.client)  # type: ignore[arg-type]  # as above


def test_settings_without_a_broker_are_refused():
    office = Office()
    with pytest.raises(ValueError, match=r"Node\.reply_queue\.ttl must be left out"):
        office.client.reply_queue(ttl=1.0)
    with pytest.raises(TypeError, match="unexpected keyword argument 'tll'"):
        office.client.reply_queue(broker=office.broker, tll=1.0)


def test_several_reply_queues_of_one_client_are_kept_apart():
    office = Office()
    other = office.client.reply_queue(broker=office.broker, guarantee=AtLeastOnce())
    office.client.publish(office.broker, "jobs", 1, reply_to=office.replies)
    office.client.publish(office.broker, "jobs", 2, reply_to=other)
    office.net.run()
    assert (len(office.replies), len(other)) == (1, 1)
    assert other.receive().value.data == 4
