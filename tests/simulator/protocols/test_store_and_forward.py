"""Store and forward, timelines by hand: a turn, a rest, and so on until acknowledged."""

import pytest

from simulator import Constant, Link, Network, Retry, Scripted, StoreAndForward

SHORT = Retry(timeout=0.3, max_attempts=2)


def pair(link):
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, link)
    server.on("order")(lambda message: message.data)
    return net, client, server


def sendings(net, message):
    rows = [row for row in net.trace if row.message == message]
    return [(row.time_s, row.attempt) for row in rows if row.event == "sent"]


def losing(*lost):
    return Link(delay=Constant(0.1), loss=Scripted(lost=set(lost)))


def test_after_attempts_in_vain_it_rests_and_the_next_ones_count_on():
    """Attempts at 0 and 0.3 s, a rest from 0.6 s to 1.6 s; the third one is answered."""
    net, client, server = pair(losing((0, 1), (0, 2)))
    client.send(server, "order", guarantee=StoreAndForward(retry=SHORT, rest=1.0))
    net.run(until=9)
    assert sendings(net, 0) == [(0.0, 1), (0.3, 2), (1.6, 3)]
    assert client.ledger["acknowledged_s"].tolist() == [1.8]
    assert client.ledger["belief"].tolist() == ["acknowledged"]


def test_an_acknowledgement_that_comes_during_the_rest_ends_it():
    net, client, server = pair(Link(delay=Constant(0.4)))
    guarantee = StoreAndForward(retry=SHORT, rest=1.0)
    client.send(server, "order", guarantee=guarantee)  # answered at 0.8 s
    client.send(server, "order", guarantee=guarantee)
    net.run()
    assert sendings(net, 0) == [(0.0, 1), (0.3, 2)]
    assert sendings(net, 1) == [(0.8, 1), (1.1, 2)]
    assert client.ledger["acknowledged_s"].tolist() == [0.8, 1.6]


@pytest.mark.parametrize(("parallel", "starts"), [(1, [0, 0.2, 0.4]), (2, [0, 0, 0.2])])
def test_so_many_messages_have_their_turn_at_a_time_in_order(parallel, starts):
    net, client, server = pair(losing())
    guarantee = StoreAndForward(parallel=parallel)
    for _ in range(3):
        client.send(server, "order", guarantee=guarantee)
    net.run()
    assert [sendings(net, message) for message in range(3)] == [[(s, 1)] for s in starts]


def test_what_waits_for_its_turn_is_not_lost_in_silence_at_the_end_of_a_run():
    net, client, server = pair(Link(loss=1.0))
    guarantee = StoreAndForward(retry=SHORT)
    for _ in range(2):
        client.send(server, "order", guarantee=guarantee)
    net.run(until=5)
    assert client.ledger["attempts"].tolist() == [7, 0]  # 2 attempts every 1.6 s
    assert client.ledger["belief"].tolist() == ["waiting", "waiting"]


def test_it_gives_up_only_when_its_caller_does_and_the_next_message_has_its_turn():
    net, client, server = pair(losing((0, 1), (0, 2), (0, 3)))
    guarantee = StoreAndForward(retry=SHORT)
    client.ask(server, "order", guarantee=guarantee, timeout=1.7).defused = True
    reply = client.ask(server, "order", "tea", guarantee=guarantee)
    net.run()
    assert client.ledger["belief"].tolist() == ["gave_up", "acknowledged"]
    assert client.ledger["gave_up_s"].tolist()[0] == 1.7
    assert reply.value == "tea"
    assert sendings(net, 1) == [(1.7, 1)]


def test_the_deadline_of_its_policy_does_not_count_since_it_keeps_the_message():
    """Both attempts of the first turn are lost; the deadline passes while it rests."""
    net, client, server = pair(losing((0, 1), (0, 2)))
    retry = Retry(timeout=0.3, max_attempts=2, deadline=0.5)
    client.send(server, "order", guarantee=StoreAndForward(retry=retry, rest=1.0))
    net.run(until=9)
    assert sendings(net, 0) == [(0.0, 1), (0.3, 2), (1.6, 3)]
    assert client.ledger["belief"].tolist() == ["acknowledged"]


def test_timeouts_that_grow_begin_anew_with_each_turn_of_attempts():
    """Timeouts of 0.2 and 0.4 s, a rest of 1 s; then of 0.2 s again."""
    net, client, server = pair(losing((0, 1), (0, 2), (0, 3)))
    retry = Retry(timeout=0.2, timeout_factor=2, max_attempts=2)
    client.send(server, "order", guarantee=StoreAndForward(retry=retry, rest=1.0))
    net.run(until=9)
    assert sendings(net, 0) == [(0.0, 1), (0.2, 2), (1.6, 3), (1.8, 4)]
