"""What a caller learns of a call that failed: whether it was sent, and may have been handled."""

import pytest

from simulator import (
    AtLeastOnce,
    CallFailed,
    CircuitBreaker,
    CircuitOpen,
    Constant,
    ConstantBackoff,
    Link,
    Network,
    Refused,
    Retry,
    Scripted,
    StoreAndForward,
    TimedOut,
)


def ask_each(server_of, retry, *, calls=1, link=None, timeout=None, guarantee=None):
    """Return how each of some calls, one after the other, failed; and the caller's ledger."""
    net = Network(seed=1)
    client = net.node("client")
    server = server_of(net)
    net.connect(client, server, link or Link(delay=Constant(0.05)))
    failures = []

    def customer():
        carried = guarantee or AtLeastOnce(retry=retry)
        for _ in range(calls):
            with pytest.raises(CallFailed) as failure:
                yield client.ask(server, "order", guarantee=carried, timeout=timeout)
            failures.append(failure.value)

    process = net.process(customer())
    net.run(until=100.0)
    assert process.triggered
    return failures, client.ledger


def idle(net):
    server = net.node("server")
    server.on("order")(lambda _: None)
    return server


def full(net):
    """A server whose one worker is busy for ever with its first request."""
    server = net.node("server", workers=1, backlog=0)

    @server.on("order")
    def handle(_):
        yield server.work(1e6)

    return server


@pytest.mark.parametrize(("failures", "attempts", "times"), [(1, 1, "once"), (2, 2, "2 times")])
def test_a_message_held_back_after_it_was_sent_may_have_been_handled(failures, attempts, times):
    """The server handles each attempt; every acknowledgement takes too long."""
    breaker = CircuitBreaker(failures=failures, recovery=10.0)
    retry = Retry(timeout=0.2, max_attempts=4, breaker=breaker)
    (first, second), ledger = ask_each(idle, retry, calls=2, link=Link(delay=Constant(1.0)))
    assert type(first) is CircuitOpen
    assert str(first) == (
        "client-0 was not sent to server again: breaker open; "
        f"sent {times} before, it may have been handled"
    )
    assert ledger["attempts"][0] == attempts
    assert ledger["handovers"][0] == attempts
    assert type(second) is CircuitOpen
    assert str(second) == "client-1 was not sent to server: breaker open"
    assert ledger["attempts"][1] == 0


@pytest.mark.parametrize(
    ("failures", "said"),
    [
        (2, "sent once before, it may have been handled"),
        (3, "sent 2 times before, it may have been handled"),
    ],
)
def test_a_message_held_back_after_it_was_refused_says_no_more_than_is_known(failures, said):
    """The first call takes the worker, and times out; the second is refused."""
    breaker = CircuitBreaker(failures=failures, recovery=10.0)
    retry = Retry(timeout=0.3, max_attempts=4, breaker=breaker)
    guarantee = AtLeastOnce(retry=retry)
    net = Network(seed=1)
    client, server = net.node("client"), full(net)
    net.connect(client, server, Link(delay=Constant(0.05)))

    def customer():
        with pytest.raises(TimedOut):
            yield client.ask(server, "order", guarantee=guarantee, timeout=0.2)
        with pytest.raises(CircuitOpen) as failure:
            yield client.ask(server, "order", guarantee=guarantee)
        return str(failure.value)

    process = net.process(customer())
    net.run(until=10.0)
    assert process.value == f"client-1 was not sent to server again: breaker open; {said}"


def test_a_message_whose_every_attempt_is_refused_was_refused_at_each():
    net = Network(seed=1)
    client, server = net.node("client"), full(net)
    net.connect(client, server, Link(delay=Constant(0.05)))

    def customer(attempts):
        retry = Retry(timeout=0.3, max_attempts=attempts)
        with pytest.raises(CallFailed) as failure:
            yield client.ask(server, "order", guarantee=AtLeastOnce(retry=retry))
        return str(failure.value)

    def customers():
        yield net.process(customer(1))
        return [(yield net.process(customer(1))), (yield net.process(customer(3)))]

    process = net.process(customers())
    net.run(until=10.0)
    assert process.value == [
        "server refused client-1",
        "server refused client-2 at each of 3 attempts",
    ]


def test_a_message_whose_last_attempt_is_refused_may_have_been_handled():
    """Its own first attempt keeps the worker busy, so that the others are refused."""
    retry = Retry(timeout=0.3, max_attempts=3)
    (failure,), ledger = ask_each(full, retry)
    assert type(failure) is Refused
    assert str(failure) == (
        "server refused client-0 at the last of 3 attempts; an earlier one may have been handled"
    )
    assert ledger["handovers"].tolist() == [1]


def test_a_refusal_that_comes_late_is_known_too():
    """Refusals take 0.2 s to come and attempts wait 0.15 s, but the last, which waits 0.3 s."""
    retry = Retry(timeout=0.15, timeout_factor=2.0, max_attempts=2, backoff=ConstantBackoff(0.1))
    net = Network(seed=1)
    client, server = net.node("client"), full(net)
    net.connect(client, server, Link(delay=Constant(0.1)))

    def customer():
        with pytest.raises(TimedOut):
            yield client.ask(server, "order", timeout=0.3)
        with pytest.raises(Refused) as failure:
            yield client.ask(server, "order", guarantee=AtLeastOnce(retry=retry))
        return str(failure.value)

    process = net.process(customer())
    net.run(until=10.0)
    assert process.value == "server refused client-1 at each of 2 attempts"


def test_a_call_that_was_held_back_and_sent_later_timed_out():
    """Its first turn is held back; in a later one it is sent, until its caller gives up."""
    breaker = CircuitBreaker(failures=1, recovery=0.9)
    retry = Retry(timeout=0.2, max_attempts=1, breaker=breaker)
    guarantee = StoreAndForward(retry=retry, rest=0.5)
    (first, second), ledger = ask_each(
        idle, retry, calls=2, link=Link(loss=1.0), timeout=0.8, guarantee=guarantee
    )
    assert [type(first), type(second)] == [CircuitOpen, TimedOut]
    assert ledger["attempts"].tolist() == [1, 1]
    assert ledger["gave_up_s"].tolist() == [0.8, 1.6]


def test_a_stored_request_ends_when_its_caller_gives_up():
    """It knocks at 0 and 0.7 s; the caller gives up in the middle of a rest, or of a wait."""
    for timeout, attempts in ((0.5, 1), (0.8, 2), (1.0, 2)):
        guarantee = StoreAndForward(retry=Retry(timeout=0.2, max_attempts=1), rest=0.5)
        (failure,), ledger = ask_each(
            idle, None, link=Link(loss=1.0), timeout=timeout, guarantee=guarantee
        )
        assert str(failure) == "no reply to client-0 from server"
        assert ledger["attempts"].tolist() == [attempts]
        assert ledger["gave_up_s"].tolist() == [timeout]


def test_a_stored_request_may_be_answered_before_its_caller_gives_up():
    net = Network(seed=1)
    client, server = net.node("client"), idle(net)
    net.connect(client, server, Link(delay=Constant(0.05), loss=Scripted(lost={(0, 1)})))
    guarantee = StoreAndForward(retry=Retry(timeout=0.2, max_attempts=1), rest=0.5)
    process = client.ask(server, "order", guarantee=guarantee, timeout=2.0)
    net.run()
    assert process.ok
    assert client.ledger["acknowledged_s"].tolist() == [0.8]
