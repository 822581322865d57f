"""Resending, step by step: what a backoff is given, what is learned, and when it would not end."""

import pytest

from simulator import (
    AdaptiveTimeout,
    AtLeastOnce,
    CallFailed,
    CircuitBreaker,
    CircuitOpen,
    Constant,
    ConstantBackoff,
    Crash,
    EndlessRun,
    ExactlyOnce,
    Handshake,
    Link,
    Network,
    Retry,
    RetryBudget,
    Scripted,
    StoreAndForward,
)
from simulator.randomness import Lane, Purpose, Randomness

ALL = [AtLeastOnce, ExactlyOnce, Handshake, StoreAndForward]


def pair(link, back=None):
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, link, one_way=True)
    net.connect(server, client, back or link, one_way=True)
    server.on("order")(lambda message: message.data)
    return net, client, server


def losing(*attempts, delay=0.1):
    return Link(delay=Constant(delay), loss=Scripted(lost={(0, attempt) for attempt in attempts}))


def times(net, event):
    return [row.time_s for row in net.trace if row.event == event]


class Noted:
    """A student's own backoff, which notes what it is given: 0.25 s, 0.5 s, 0.75 s."""

    def __init__(self):
        self.given = []

    def pause_after(self, attempt, previous, u):
        self.given.append((attempt, previous, u))
        return 0.25 * attempt


def luck(attempt):
    """The draw of message 0 that its address says."""
    lane = Lane("client→server", Purpose.BACKOFF, attempt)
    return Randomness(seed=1).draws(lane, 0, 1).item()


@pytest.mark.parametrize("guarantee", [AtLeastOnce, ExactlyOnce])
def test_a_backoff_is_given_the_attempt_the_last_pause_and_a_draw_of_its_own(guarantee):
    backoff = Noted()
    net, client, server = pair(losing(1, 2, 3))
    client.send(server, "order", guarantee=guarantee(retry=Retry(backoff=backoff, max_attempts=4)))
    net.run()
    assert times(net, "sent") == pytest.approx([0.0, 0.45, 1.15, 2.1])
    assert backoff.given == [(1, 0.0, luck(1)), (2, 0.25, luck(2)), (3, 0.5, luck(3))]


def test_the_releases_of_a_handshake_pause_anew_with_draws_of_their_own():
    """Data are lost once, and so is their release: data at 0 and 0.45 s, releases at 0.65, 1.1."""
    backoff = Noted()
    net, client, server = pair(losing(1, 3))
    client.send(server, "order", guarantee=Handshake(retry=Retry(backoff=backoff)))
    net.run()
    assert times(net, "sent") == pytest.approx([0.0, 0.45])
    assert times(net, "release_sent") == pytest.approx([0.65, 1.1])
    assert times(net, "completed") == pytest.approx([1.3])
    assert backoff.given == [(1, 0.0, luck(1)), (1, 0.0, luck(3))]


def test_a_release_that_is_answered_in_the_pause_is_not_sent_again():
    """A round trip of 0.25 s, a timeout of 0.2 s, a pause of 0.1 s."""
    net, client, server = pair(losing(delay=0.125))
    retry = Retry(timeout=0.2, backoff=ConstantBackoff(0.1))
    client.send(server, "order", guarantee=Handshake(retry=retry))
    net.run()
    assert times(net, "sent") == [0.0]
    assert times(net, "release_sent") == [0.25]
    assert times(net, "completed") == [0.5]


@pytest.mark.parametrize("guarantee", [AtLeastOnce, ExactlyOnce, Handshake])
@pytest.mark.parametrize(("deadline", "end"), [(0.3, 0.3), (None, 0.4)])
def test_a_sender_gives_up_at_its_deadline_or_after_its_last_attempt(guarantee, deadline, end):
    net, client, server = pair(Link(loss=1.0))
    retry = Retry(timeout=0.2, max_attempts=2, deadline=deadline)
    client.send(server, "order", guarantee=guarantee(retry=retry))
    net.run()
    assert client.ledger["belief"].tolist() == ["gave_up"]
    assert client.ledger["gave_up_s"].tolist() == [end]
    assert client.ledger["attempts"].tolist() == [2]


@pytest.mark.parametrize("guarantee", ALL)
@pytest.mark.parametrize("lost", [(), (1,)])
def test_a_reply_comes_with_the_acknowledgement_of_whatever_copy(guarantee, lost):
    """The first acknowledgement is lost: the reply is that of the copy which is sent again."""
    net, client, server = pair(losing(), back=losing(*lost))
    reply = client.ask(server, "order", "tea", guarantee=guarantee(retry=Retry(timeout=0.3)))
    net.run()
    assert reply.value == "tea"
    assert client.ledger["acknowledged_s"].tolist() == pytest.approx([0.5 if lost else 0.2])


@pytest.mark.parametrize("guarantee", [AtLeastOnce, ExactlyOnce])
def test_copies_acknowledged_before_they_are_handled_are_acknowledged_once_each(guarantee):
    net, client, server = pair(losing(), back=losing(1))
    retry = Retry(timeout=0.3)
    client.send(server, "order", guarantee=guarantee(retry=retry, acknowledge="before"))
    net.run()
    assert client.ledger["acks_sent"].tolist() == [2]
    assert times(net, "acknowledged") == [0.5]


def shared_of(net, client, server, guarantee):
    return net.channel(client, server, guarantee).sender.shared(guarantee.retry)


@pytest.mark.parametrize(
    ("timeout", "lost", "attempts", "learned"),
    [
        (0.3, (), 1, 0.2),  # answered in the wait
        (0.15, (), 1, 0.2),  # in the pause after it
        (0.3, (1,), 2, None),  # in the wait of the second attempt: by Karn's rule, no sample
        (0.15, (1,), 2, None),  # in the pause after that
    ],
)
def test_a_round_trip_is_learned_of_what_was_sent_once(timeout, lost, attempts, learned):
    """The message is sent at 1 s, over a link of 0.1 s each way."""
    net, client, server = pair(losing(*lost))
    adaptive = AdaptiveTimeout(initial=timeout, minimum=0.1, maximum=timeout)
    guarantee = AtLeastOnce(retry=Retry(timeout=adaptive, backoff=ConstantBackoff(0.1)))

    def customer():
        yield net.timeout(1.0)
        client.send(server, "order", guarantee=guarantee)

    net.process(customer())
    net.run()
    assert client.ledger["attempts"].tolist() == [attempts]
    assert client.ledger["belief"].tolist() == ["acknowledged"]
    estimate = shared_of(net, client, server, guarantee).estimate
    assert estimate.smoothed == (None if learned is None else pytest.approx(learned))


def test_what_an_open_breaker_holds_back_is_given_up_and_refunds_no_retry_that_was_not_paid():
    """Message 0 fails at 0.2 s, and the breaker opens; message 1 is held back at 1 s."""
    net, client, server = pair(Link(loss=1.0))
    budget, breaker = RetryBudget(ratio=0.25, reserve=2), CircuitBreaker(failures=2, recovery=9.0)
    guarantee = AtLeastOnce(retry=Retry(max_attempts=2, budget=budget, breaker=breaker))
    for until in (1.0, 2.0):
        client.send(server, "order", guarantee=guarantee)
        net.run(until=until)
    assert client.ledger["attempts"].tolist() == [2, 0]
    assert client.ledger["gave_up_s"].tolist() == [0.4, 1.0]
    assert shared_of(net, client, server, guarantee).budget.tokens == 1.25


def test_an_answer_in_time_to_a_call_before_the_probe_does_not_free_the_place_of_the_probe():
    """A timeout of 1 s, a round trip of 0.4 s, two probes to close.

    Message 0 is lost, and fails at 1 s. Message 1, from 0.9 s, is answered at 1.3 s, while message
    2, from 1.2 s, is the probe: message 3, at 1.35 s, is held back.
    """
    net, client, server = pair(losing(1, delay=0.2))
    breaker = CircuitBreaker(failures=1, recovery=0.1, probes=2)
    guarantee = AtLeastOnce(retry=Retry(timeout=1.0, max_attempts=1, breaker=breaker))
    for until in (0.9, 1.2, 1.35, 9.0):
        client.send(server, "order", guarantee=guarantee)
        net.run(until=until)
    assert client.ledger["attempts"].tolist() == [1, 1, 1, 0]
    assert client.ledger["acknowledged_s"].tolist()[1:3] == pytest.approx([1.3, 1.6])


def refusing(retry):
    """Send a message at 0 s, without any delay, to a server that is down and refuses it."""
    net, client, server = pair(Link())
    net.inject(Crash(node="server", at=0.0, lasts=10.0, refuses=True))
    net.run(until=0.5)
    client.send(server, "order", guarantee=AtLeastOnce(retry=retry))
    return net


def test_resending_at_one_instant_for_ever_is_an_error_that_says_what_to_do():
    net = refusing(Retry(max_attempts=None))
    with pytest.raises(EndlessRun) as error:
        net.run()
    assert str(error.value) == (
        "client-0 is refused and sent again at one instant, for ever: give the link a delay, "
        "or the retry a backoff or a number of attempts"
    )


@pytest.mark.parametrize(
    ("retry", "sent"),
    [
        (Retry(max_attempts=3), [0.5, 0.5, 0.5]),
        (Retry(max_attempts=None, backoff=ConstantBackoff(1.0)), [0.5, 1.5, 2.5]),
        (Retry(max_attempts=None, backoff=ConstantBackoff(0.9)), [0.5, 1.4, 2.3]),
    ],
)
def test_what_is_refused_at_one_instant_may_be_sent_again_so_often_or_after_a_pause(retry, sent):
    net = refusing(retry)
    net.run(until=3.0)
    assert times(net, "sent") == sent


@pytest.mark.parametrize(
    ("memory", "handovers"),
    [
        ({}, 1),
        ({"window": 2}, 1),
        ({"window": 1}, 2),
        ({"max_age": 0.6}, 1),
        ({"max_age": 0.5}, 2),
    ],
)
def test_exactly_once_remembers_so_many_messages_for_so_long(memory, handovers):
    """Message 0 comes at 0.1 and 0.6 s, for its acknowledgement is lost; message 1 at 0.35 s."""
    net, client, server = pair(losing(), back=losing(1))
    guarantee = ExactlyOnce(retry=Retry(timeout=0.5), **memory)

    def customer():
        client.send(server, "order", guarantee=guarantee)
        yield net.timeout(0.25)
        client.send(server, "order", guarantee=guarantee)

    net.process(customer())
    net.run()
    assert client.ledger["attempts"].tolist() == [2, 1]
    assert client.ledger["handovers"].tolist() == [handovers, 1]


@pytest.mark.parametrize(("durable", "handovers"), [(True, 1), (False, 2)])
def test_a_memory_of_exactly_once_outlives_a_crash_if_it_is_durable(durable, handovers):
    net, client, server = pair(losing(), back=losing(1))
    guarantee = ExactlyOnce(retry=Retry(timeout=0.5), durable=durable)
    client.send(server, "order", guarantee=guarantee)
    net.inject(Crash(node="server", at=0.2, lasts=0.1))
    net.run()
    assert client.ledger["handovers"].tolist() == [handovers]


class Joined:
    """A student's own guarantee, which notes what a pause is and joins it with a timeout."""

    retry = Retry(timeout=0.3, max_attempts=2, backoff=ConstantBackoff(0.2))

    def __init__(self):
        self.came = []

    def send(self, channel, message):
        for attempt in channel.attempts(message, self.retry):
            channel.transmit(message, attempt)
            yield channel.acknowledgement(message, within=attempt.timeout)
            pause = channel.pause(attempt)
            yield pause | channel.timeout(5)
            self.came.append((pause.value, channel.now))

    def receive(self, channel, copy):
        channel.hand_over(copy)


def test_a_pause_can_be_joined_with_other_events_and_after_the_last_attempt_is_over_at_once():
    net, client, server = pair(Link(delay=Constant(0.1)))
    joined = Joined()
    client.send(server, "order", guarantee=joined)
    net.run()
    assert joined.came == [(False, 0.5), (False, 0.8)]


@pytest.mark.parametrize("guarantee", ALL)
def test_who_asks_learns_that_it_was_the_breaker_which_held_a_request_back(guarantee):
    net, client, server = pair(Link(loss=1.0))
    retry = Retry(timeout=0.3, max_attempts=1, breaker=CircuitBreaker(failures=1, recovery=60.0))
    carried = guarantee(retry=retry)
    failures = []

    def ask():
        for _ in range(2):
            try:
                yield client.ask(server, "order", guarantee=carried, timeout=2.0)
            except CallFailed as failure:
                failures.append(type(failure))

    net.process(ask())
    net.run()
    assert failures[-1] is CircuitOpen
