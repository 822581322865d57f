"""The columns kind, story and delivery of a trace, and the event `handled`: written out by hand."""

import copy
import pickle

import pytest

from simulator import (
    AtLeastOnce,
    AtMostOnce,
    BestEffort,
    Constant,
    Crash,
    ExactlyOnce,
    Failed,
    Handshake,
    IdempotencyKeys,
    Link,
    Network,
    Partition,
    Refused,
    Retry,
    Scenario,
    Scripted,
    simulate,
)

DELAY = Constant(0.05)
LINK = Link(delay=DELAY)
ONCE = AtLeastOnce(retry=Retry(timeout=1.0, max_attempts=1))
TWICE = AtLeastOnce(retry=Retry(timeout=0.2, max_attempts=2))


def about(trace):
    """Say of each row: the event, the kind, the story, the delivery."""
    return [f"{row.event} {row.kind} {row.story} {row.delivery}".strip() for row in trace]


def lines(text):
    return [line.strip() for line in text.strip().splitlines()]


def pair(link=LINK, back=None, **server):
    net = Network(seed=1)
    client, node = net.node("client"), net.node("server", **server)
    net.connect(client, node, link, one_way=True)
    net.connect(node, client, back or link, one_way=True)
    return net, client, node


def shop(*workers):
    """A client, a broker and workers, each connected to the broker, the client to the workers."""
    net = Network(seed=1)
    client, broker = net.node("client"), net.broker("broker")
    net.connect(client, broker, LINK)
    nodes = [net.node(name) for name in workers]
    for node in nodes:
        net.connect(broker, node, LINK)
        net.connect(node, client, LINK)
    return net, client, broker, *nodes


CARRIED = """
    created {kind} {id} 0
    sent {kind} {id} 0
    arrived {kind} {id} 0
    handed_over {kind} {id} 0
    handled {kind} {id} 0
    ack_sent {answer} {id} 0
    arrived {answer} {id} 0
    acknowledged {answer} {id} 0
"""
"""A message that arrives at once, and is answered."""


def test_a_scenario_sends_messages():
    trace = simulate(Scenario(guarantee=ONCE, link=LINK, messages=1), trace=True).trace
    assert about(trace) == lines(
        CARRIED.format(kind="message", id="sender-0", answer="acknowledgement")
    )


def test_notify_sends_a_message_that_nobody_answers():
    net, client, server = pair()
    server.on("note")(lambda _: None)
    client.notify(server, "note")
    net.run()
    assert about(net.trace) == lines("""
        created message client-0 0
        sent message client-0 0
        arrived message client-0 0
        handed_over message client-0 0
        handled message client-0 0
    """)


@pytest.mark.parametrize("guarantee", [ONCE, BestEffort(), AtMostOnce()])
def test_ask_sends_a_request_that_a_reply_answers(guarantee):
    net, client, server = pair()
    server.on("sum")(lambda message: sum(message.data))
    call = client.ask(server, "sum", [1, 2], guarantee=guarantee)
    net.run()
    assert call.value == 3
    assert about(net.trace) == lines(CARRIED.format(kind="request", id="client-0", answer="reply"))


def test_a_reply_to_a_reply_queue_is_a_message_of_its_own_in_the_story_of_its_request():
    net, client, server = pair()
    replies = client.reply_queue(guarantee=ONCE)
    server.on("sum")(lambda message: sum(message.data))
    client.notify(server, "sum", [0])  # so that the numbers of request and reply differ
    client.send(server, "sum", [1, 2], guarantee=ONCE, reply_to=replies)
    net.run()
    assert len(replies) == 1
    assert about(net.trace.of(story="client-1")) == lines("""
        created request client-1 0
        sent request client-1 0
        arrived request client-1 0
        handed_over request client-1 0
        handled request client-1 0
        ack_sent acknowledgement client-1 0
        created reply client-1 0
        sent reply client-1 0
        arrived reply client-1 0
        handed_over reply client-1 0
        handled reply client-1 0
        ack_sent acknowledgement client-1 0
        arrived acknowledgement client-1 0
        acknowledged acknowledgement client-1 0
        arrived acknowledgement client-1 0
        acknowledged acknowledgement client-1 0
    """)
    assert {row.message for row in net.trace.of(story="client-1")} == {0, 1}


def test_a_reply_that_a_program_sends_by_itself_is_in_the_story_of_its_request():
    net, client, server = pair()
    replies = client.reply_queue()

    @server.on("sum")
    def handle(message):
        request = message.id
        server.send(client, replies.topic, guarantee=BestEffort(), correlation_id=request)

    client.notify(server, "sum")
    net.run()
    assert about(net.trace.of(story="client-0"))[5:] == lines("""
        created reply client-0 0
        sent reply client-0 0
        arrived reply client-0 0
        handed_over reply client-0 0
        handled reply client-0 0
    """)


def test_a_task_its_deliveries_and_its_result_are_one_story():
    net, client, broker, worker = shop("worker")
    broker.queue("tasks")
    replies = client.reply_queue(guarantee=ONCE)

    def fails_once(message):
        yield worker.work(0.01)
        if message.delivery == 1:
            raise Failed
        return message.delivery

    worker.subscribe(broker, "tasks", fails_once)
    client.notify(broker, "tasks")  # another story
    net.run()
    client.publish(broker, "tasks", guarantee=ONCE, reply_to=replies)
    net.run()
    story = net.trace.of(story="client-1")
    assert about(story) == lines("""
        created task client-1 0
        sent task client-1 0
        arrived task client-1 0
        handed_over task client-1 0
        enqueued task client-1 0
        dequeued task client-1 1
        handled task client-1 0
        ack_sent acknowledgement client-1 0
        created task client-1 1
        sent task client-1 1
        arrived task client-1 1
        handed_over task client-1 1
        arrived acknowledgement client-1 0
        acknowledged acknowledgement client-1 0
        handled task client-1 1
        ack_sent refusal client-1 1
        arrived refusal client-1 1
        acknowledged refusal client-1 1
        redelivered task client-1 2
        created task client-1 2
        sent task client-1 2
        arrived task client-1 2
        handed_over task client-1 2
        handled task client-1 2
        ack_sent acknowledgement client-1 2
        created result client-1 0
        sent result client-1 0
        arrived result client-1 0
        handed_over result client-1 0
        handled result client-1 0
        ack_sent acknowledgement client-1 0
        arrived acknowledgement client-1 2
        acknowledged acknowledgement client-1 2
        arrived acknowledgement client-1 0
        acknowledged acknowledgement client-1 0
    """)
    assert {row.link for row in story} == {
        *("client→broker", "broker→client", "broker→worker", "worker→broker"),
        *("worker→client", "client→worker"),
    }


def test_a_topic_carries_events_and_each_subscriber_has_deliveries_of_its_own():
    net, client, broker, one, other = shop("one", "other")
    broker.topic("news")
    seen = []
    for node in (one, other):
        node.subscribe(broker, "news", lambda message: seen.append(message.kind))
    client.publish(broker, "news", guarantee=BestEffort())
    net.run()
    assert seen == ["event", "event"]
    assert about(net.trace.of(story="client-0", link="client→broker")) == lines("""
        created event client-0 0
        sent event client-0 0
        arrived event client-0 0
        handed_over event client-0 0
        enqueued event client-0 0
        dequeued event client-0 1
        enqueued event client-0 0
        dequeued event client-0 1
        handled event client-0 0
    """)
    for link in ("broker→one", "broker→other"):
        assert about(net.trace.of(story="client-0", link=link)) == lines(DELIVERED)
    assert set(net.trace.to_frame()["story"]) == {"client-0"}


DELIVERED = """
    created event client-0 1
    sent event client-0 1
    arrived event client-0 1
    handed_over event client-0 1
    handled event client-0 1
    ack_sent acknowledgement client-0 1
    arrived acknowledgement client-0 1
    acknowledged acknowledgement client-0 1
"""


@pytest.mark.parametrize("verb", ["send", "notify", "ask", "publish"])
@pytest.mark.parametrize(("name", "kind"), [("tasks", "task"), ("news", "event")])
def test_what_is_sent_to_a_queue_or_a_topic_is_a_task_or_an_event_whatever_the_verb(
    verb, name, kind
):
    net, client, broker = shop()
    broker.queue("tasks")
    broker.topic("news")
    getattr(client, verb)(broker, name, guarantee=ONCE)
    net.run()
    answer = "reply" if verb == "ask" else "acknowledgement"
    own = {"tasks": "enqueued", "news": "unrouted"}[name]
    carried = CARRIED.format(kind=kind, id="client-0", answer=answer)
    handed_over = f"handed_over {kind} client-0 0"
    assert about(net.trace) == lines(
        carried.replace(handed_over, f"{handed_over}\n{own} {kind} client-0 0")
    )


def test_a_request_to_a_queue_is_a_task_whose_result_is_in_its_story():
    net, client, broker, worker = shop("worker")
    broker.queue("tasks")
    replies = client.reply_queue(guarantee=BestEffort())
    worker.subscribe(broker, "tasks", lambda message: "done")
    client.send(broker, "tasks", guarantee=BestEffort(), reply_to=replies)
    net.run()
    assert about(net.trace.of(link="worker→client", message=0)) == lines("""
        created result client-0 0
        sent result client-0 0
        arrived result client-0 0
        handed_over result client-0 0
        handled result client-0 0
    """)


def test_an_event_that_nobody_could_handle_stays_an_event_among_the_dead_letters():
    net, client, broker, worker, undertaker = shop("worker", "undertaker")
    dead = broker.queue("dead")
    broker.topic("news", max_deliveries=2, dead_letter=dead)

    def fails(_):
        raise Failed

    worker.subscribe(broker, "news", fails)
    undertaker.subscribe(broker, "dead", lambda _: None)
    client.publish(broker, "news", guarantee=BestEffort())
    net.run()
    assert about(row for row in net.trace if row.link == "client→broker")[4:] == lines("""
        enqueued event client-0 0
        dequeued event client-0 1
        handled event client-0 0
        redelivered event client-0 2
        dead_lettered event client-0 2
        enqueued event client-0 0
        dequeued event client-0 1
    """)
    assert about(net.trace.of(story="client-0", link="broker→undertaker")) == lines(DELIVERED)


def test_a_task_that_is_dropped_after_its_last_delivery_says_which_that_was():
    net, client, broker, worker = shop("worker")
    broker.queue("tasks", max_deliveries=1)

    def fails(_):
        raise Failed

    worker.subscribe(broker, "tasks", fails)
    client.publish(broker, "tasks", guarantee=BestEffort())
    net.run()
    assert about(row for row in net.trace if row.event == "dropped") == ["dropped task client-0 1"]


def test_a_refusal_is_one_on_its_way_back_and_what_is_refused_keeps_its_kind():
    net, client, server = pair(workers=1, backlog=0)

    @server.on("job")
    def handle(_):
        yield server.work(1.0)

    client.notify(server, "job")
    net.run(until=0.2)
    call = client.ask(server, "job", guarantee=ONCE)
    with pytest.raises(Refused):
        net.run()
    assert not call.ok
    assert about(net.trace.of(1)) == lines("""
        created request client-1 0
        sent request client-1 0
        arrived request client-1 0
        refused request client-1 0
        arrived refusal client-1 0
        gave_up request client-1 0
    """)


def test_a_worker_without_room_refuses_a_delivery():
    net, client, broker = shop()
    worker = net.node("worker", workers=1, backlog=0)
    net.connect(broker, worker, LINK)
    broker.queue("tasks", visibility_timeout=0.3)

    def slow(_):
        yield worker.work(0.2)

    worker.subscribe(broker, "tasks", slow, prefetch=2)
    for _ in range(2):
        client.publish(broker, "tasks", guarantee=BestEffort())
    net.run(until=0.21)
    assert about(net.trace.of(story="client-1", link="broker→worker")) == lines("""
        created task client-1 1
        sent task client-1 1
        arrived task client-1 1
        refused task client-1 1
        arrived refusal client-1 1
        gave_up task client-1 1
    """)


def test_releases_are_releases_and_their_answers_acknowledgements():
    scenario = Scenario(
        guarantee=Handshake(retry=Retry(timeout=0.2, max_attempts=3)),
        link=Link(delay=DELAY, loss=Scripted(lost={(0, 2)})),
        return_link=LINK,
        messages=1,
    )
    rows = about(simulate(scenario, trace=True).trace)
    start = lines(CARRIED.format(kind="message", id="sender-0", answer="acknowledgement"))
    assert rows == start + lines("""
        release_sent release sender-0 0
        lost release sender-0 0
        timed_out message sender-0 0
        release_sent release sender-0 0
        arrived release sender-0 0
        released release sender-0 0
        ack_sent acknowledgement sender-0 0
        arrived acknowledgement sender-0 0
        completed acknowledgement sender-0 0
    """)


def test_the_answers_to_the_release_of_a_request_are_replies_too():
    net, client, server = pair()
    server.on("sum")(lambda message: None)
    client.ask(server, "sum", guarantee=Handshake())
    net.run()
    assert about(row for row in net.trace if row.event in {"acknowledged", "completed"}) == [
        "acknowledged reply client-0 0",
        "completed reply client-0 0",
    ]


def test_a_handling_that_a_crash_cuts_short_has_no_end():
    net, client, server = pair()

    @server.on("job")
    def handle(_):
        yield server.work(1.0)

    net.inject(Crash(node="server", at=0.5, lasts=0.1))
    client.send(server, "job", guarantee=AtLeastOnce(retry=Retry(timeout=2.0, max_attempts=2)))
    net.run()
    assert about(net.trace) == lines(
        """
        created message client-0 0
        sent message client-0 0
        arrived message client-0 0
        handed_over message client-0 0
        crashed
        restarted
        timed_out message client-0 0
        sent message client-0 0
        arrived message client-0 0
        handed_over message client-0 0
        handled message client-0 0
        ack_sent acknowledgement client-0 0
        arrived acknowledgement client-0 0
        acknowledged acknowledgement client-0 0
    """.replace("crashed", "crashed   0").replace("restarted", "restarted   0")
    )
    (ended,) = [row for row in net.trace if row.event == "handled"]
    assert ended[:7] == (3_150_000_000 - 100_000_000, "handled", "server", "client→server", 0, 2, 0)


@pytest.mark.parametrize("takes_time", [False, True])
def test_a_handler_that_crashes_its_own_node_never_ends(takes_time):
    net, client, server = pair()

    def crash_in_time(_):
        yield server.work(0.1)
        server.crash()

    server.on("job")(crash_in_time if takes_time else lambda _: server.crash())
    client.notify(server, "job")
    net.run()
    assert [row.event for row in net.trace][-2:] == ["handed_over", "crashed"]


def test_each_copy_that_is_handed_over_is_handled_and_a_suppressed_one_is_not():
    link = Link(delay=DELAY, duplicate=1.0)
    for guarantee, second in (
        (BestEffort(), ["handed_over", "handled"]),
        (AtMostOnce(), ["suppressed"]),
    ):
        trace = simulate(Scenario(guarantee=guarantee, link=link, messages=1), trace=True).trace
        first = ["created", "sent", "duplicated", "arrived", "handed_over", "handled", "arrived"]
        assert about(trace) == [f"{event} message sender-0 0" for event in [*first, *second]]
        ends = [(row.attempt, row.copy) for row in trace if row.event == "handled"]
        assert ends == [(1, copy) for copy in range(len(ends))]


def test_answers_are_lost_dropped_and_duplicated_as_what_they_are():
    lossy = Link(delay=DELAY, loss=Scripted(lost={(0, 1)}), duplicate=1.0)
    trace = simulate(
        Scenario(guarantee=TWICE, link=LINK, return_link=lossy, messages=1), trace=True
    ).trace
    back = about(row for row in trace if row.link == "receiver→sender")
    assert back == [
        "lost acknowledgement sender-0 0",
        "duplicated acknowledgement sender-0 0",
        "arrived acknowledgement sender-0 0",
        "acknowledged acknowledgement sender-0 0",
        "arrived acknowledgement sender-0 0",
    ]


def test_a_reply_is_dropped_as_a_reply_and_data_as_what_they_are():
    net, client, server = pair()
    server.on("sum")(lambda _: None)
    net.process(asks(client, server))
    net.inject(Crash(node="client", at=0.06, lasts=0.1), Crash(node="server", at=1.0, lasts=1.0))
    net.run(until=3.0)
    assert about(row for row in net.trace if row.event == "dropped") == [
        "dropped reply client-0 0",
        "dropped request client-1 0",
    ]


def asks(client, server):
    client.ask(server, "sum", guarantee=BestEffort()).defused = True
    yield client.env.timeout(1_000_000_000)
    client.ask(server, "sum", guarantee=BestEffort()).defused = True


def test_what_is_answered_from_memory_is_handled_as_well():
    net, client, server = pair(back=Link(delay=DELAY, loss=Scripted(lost={(0, 1)})))
    server.on("pay", keys=IdempotencyKeys())(lambda _: "paid")
    client.ask(server, "pay", guarantee=TWICE)
    net.run()
    ends = [
        (row.event, row.attempt) for row in net.trace if row.event in {"handed_over", "handled"}
    ]
    assert ends == [("handed_over", 1), ("handled", 1), ("handed_over", 2), ("handled", 2)]
    assert net.trace.rows[-1][1:] == (
        *("acknowledged", "client", "server→client", 0, 2, 0, "reply", "client-0", 0),
    )


def test_a_repeated_answer_of_exactly_once_is_what_the_first_was():
    net, client, server = pair(back=Link(delay=DELAY, loss=Scripted(lost={(0, 1)})))
    server.on("pay")(lambda _: "paid")
    client.ask(server, "pay", guarantee=ExactlyOnce(retry=TWICE.retry))
    net.run()
    assert about(net.trace)[7:] == lines("""
        timed_out request client-0 0
        sent request client-0 0
        arrived request client-0 0
        suppressed request client-0 0
        ack_sent reply client-0 0
        arrived reply client-0 0
        acknowledged reply client-0 0
    """)
    assert about(net.trace)[5:7] == ["ack_sent reply client-0 0", "lost reply client-0 0"]


def test_rows_of_nodes_and_links_have_neither_kind_nor_story():
    net, *_ = pair()
    net.inject(
        Crash(node="server", at=0.1, lasts=0.1),
        Partition(groups=(("client",), ("server",)), at=0.3, lasts=0.1),
    )
    net.run()
    frame = net.trace.to_frame()
    assert sorted(set(frame["event"])) == ["crashed", "healed", "partitioned", "restarted"]
    assert set(frame["kind"]) == set(frame["story"]) == {""}
    assert set(frame["delivery"]) == {0}


def test_a_handler_sees_the_kind_of_its_message_and_its_story():
    net, client, broker, worker = shop("worker")
    broker.queue("tasks")
    seen = []
    replies = client.reply_queue()

    def handle(message):
        seen.append(message)
        return 1

    worker.subscribe(broker, "tasks", handle)
    client.publish(broker, "tasks", reply_to=replies)
    reply = replies.receive()
    net.run()
    (task,) = seen
    assert (task.kind, task.story, task.story_id, task.delivery) == ("task", "", "client-0", 1)
    assert (reply.value.kind, reply.value.story, reply.value.id) == (
        "result",
        "client-0",
        "worker-0",
    )


def test_of_a_message_or_a_story_or_both_but_not_of_neither():
    net, client, server = pair()
    server.on("note")(lambda _: None)
    for data in ("one", "other"):
        client.notify(server, "note", data)
    net.run()
    trace = net.trace
    assert list(trace.of(1)) == list(trace.of(message=1)) == list(trace.of(story="client-1"))
    assert list(trace.of(1, story="client-0")) == []
    assert list(trace.of(story="nobody-0")) == []
    assert trace.of(story="client-1").contents == {("client→server", 1): "other"}
    with pytest.raises(ValueError, match=r"^Trace\.of must be given a message or a story"):
        trace.of()
    with pytest.raises(ValueError, match=r"^Trace\.of must be given a message or a story"):
        trace.of(link="client→server")
    with pytest.raises(ValueError, match=r"^Trace\.of\.story must be the identifier of a message"):
        trace.of(story=1)


def test_rows_are_made_as_they_are_read_and_once():
    net, client, server = pair()
    server.on("note")(lambda _: None)
    client.notify(server, "note")
    net.run(until=0.01)
    assert len(net.trace) == 2
    early = list(net.trace)
    net.run()
    assert len(net.trace) == 5
    assert net.trace.rows[:2] == early
    assert net.trace.rows[0] is early[0]
    assert len(net.trace) == 5


def pickled(trace):
    return pickle.loads(pickle.dumps(trace))  # noqa: S301 - our own


@pytest.mark.parametrize("twin", [copy.deepcopy, pickled])
def test_a_trace_is_copied_and_sent_without_its_network(twin):
    net, client, broker, worker = shop("worker")
    broker.queue("tasks")
    worker.subscribe(broker, "tasks", lambda _: None)
    client.send(broker, "tasks", guarantee=ONCE, reply_to=client.reply_queue())
    net.run()
    net.trace.contents.clear()
    assert list(twin(net.trace)) == list(net.trace)
