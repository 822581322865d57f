"""The circuit breaker: when it opens, and how it finds out whether the receiver is back."""

from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import (
    AtLeastOnce,
    CircuitBreaker,
    Constant,
    ConstantBackoff,
    Link,
    Network,
    Retry,
)


@pytest.mark.parametrize("window", range(1, 51))
def test_a_rate_is_a_decimal_reached_by_the_smallest_count_that_reaches_it(window):
    """In whole numbers: 0.28 of 25 calls is 7, though in floats it is a little more."""
    for hundredths in range(1, 101):
        settings = CircuitBreaker(failures=None, rate=hundredths / 100, window=window)
        breaker = settings.start()
        for _ in range(window):
            breaker.succeeded()
        count = 0
        while breaker.state == "closed":
            breaker.failed(0.0)
            count += 1
        assert 100 * count >= hundredths * window > 100 * (count - 1)


def test_a_breaker_by_rate_waits_for_a_full_window():
    breaker = CircuitBreaker(failures=None, rate=0.01, window=3).start()
    breaker.failed(0.0)
    breaker.failed(0.0)
    assert breaker.state == "closed"
    breaker.failed(0.0)
    assert breaker.state == "open"


@pytest.mark.parametrize(
    ("opened", "recovery"), [(0.1, 0.2), (0.3, 0.6), (1.1, 2.2), (0.7, 0.1), (1e6, 0.1)]
)
def test_a_breaker_is_half_open_from_the_very_end_of_its_rest(opened, recovery):
    """In floats, 0.3 - 0.1 is less than 0.2; in nanoseconds it is not."""
    breaker = CircuitBreaker(failures=1, recovery=recovery).start()
    breaker.failed(opened)
    assert not breaker.lets_through(opened + recovery - 1e-9)
    assert breaker.lets_through(round(opened + recovery, 9))


def half_open(**settings):
    """Return a breaker with two old calls out, one new probe out, and the probe's number."""
    breaker = CircuitBreaker(failures=1, recovery=1.0, **settings).start()
    old = []
    for _ in range(2):
        assert breaker.lets_through(0.0)
        old.append(breaker.calls)
    assert breaker.lets_through(0.0)
    breaker.failed(0.0)
    assert breaker.lets_through(1.0)
    assert breaker.state == "half-open"
    return breaker, old, breaker.calls


def test_a_late_answer_counts_as_a_success_and_does_not_free_the_place_of_the_probe():
    breaker, (old, _), probe = half_open(probes=3)
    breaker.succeeded(old)
    assert not breaker.lets_through(1.0)
    breaker.succeeded(probe)
    assert breaker.lets_through(1.0)  # two of three
    breaker.succeeded(breaker.calls)
    assert breaker.state == "closed"


def test_late_answers_may_close_a_breaker_whose_probe_is_still_out():
    breaker, old, _ = half_open(probes=2)
    for call in old:
        breaker.succeeded(call)
    assert breaker.state == "closed"
    assert breaker.lets_through(1.0)
    breaker.failed(1.5)  # by now a call like any other
    assert breaker.state == "open"


def test_a_late_failure_of_an_older_call_opens_a_half_open_breaker():
    breaker, _, _ = half_open()
    breaker.failed(1.5)
    assert breaker.state == "open"
    assert not breaker.lets_through(2.4)
    assert breaker.lets_through(2.5)


def test_the_probe_of_an_earlier_rest_does_not_free_the_place_of_the_present_one():
    breaker, _, probe = half_open(probes=2)
    breaker.failed(1.5)
    assert breaker.lets_through(2.5)
    breaker.succeeded(probe)
    assert breaker.state == "half-open"
    assert not breaker.lets_through(2.5)
    breaker.succeeded(breaker.calls)
    assert breaker.state == "closed"


def test_an_outcome_without_a_number_is_that_of_the_latest_call():
    breaker, _, _ = half_open(probes=2)
    breaker.succeeded()
    assert breaker.lets_through(1.0)
    breaker.succeeded()
    assert breaker.state == "closed"


def test_calls_are_numbered_from_1_as_they_are_let_through():
    breaker = CircuitBreaker(failures=1, recovery=1.0).start()
    assert breaker.calls == 0
    for number in (1, 2, 3):
        assert breaker.lets_through(0.0)
        assert breaker.calls == number
    breaker.failed(0.0)
    assert not breaker.lets_through(0.5)
    assert breaker.calls == 3


steps = st.lists(
    st.tuples(
        st.sampled_from(["call", "call", "call", "answer", "late", "wait", "fail"]),
        st.integers(0, 9),
    ),
    min_size=20,
    max_size=80,
)


@given(steps=steps, probes=st.integers(1, 4), failures=st.integers(1, 2))
def test_in_whatever_order_calls_end_one_probe_of_a_half_open_breaker_is_out(
    steps, probes, failures
):
    """A call that failed may be answered late, while others are out: one in its pause is."""
    breaker = CircuitBreaker(failures=failures, recovery=1.0, probes=probes).start()
    now, period, were = 0.0, 0, "closed"
    out, failed = {}, []  # the calls that are out, each with the half-open period of its start
    for what, which in steps:
        if what == "wait":
            now += 1.0
        elif what == "call" and breaker.lets_through(now):
            if breaker.state == "half-open" and were != "half-open":
                period += 1
            out[breaker.calls] = period if breaker.state == "half-open" else None
        elif what in {"answer", "fail"} and out:
            call = list(out)[which % len(out)]
            del out[call]
            if what == "answer":
                breaker.succeeded(call)
            else:
                breaker.failed(now)
                failed.append(call)
        elif what == "late" and failed:
            breaker.succeeded(failed.pop(which % len(failed)))
        were = breaker.state
        if breaker.state == "half-open":
            assert list(out.values()).count(period) <= 1
            free = list(out.values()).count(period) == 0
            assert deepcopy(breaker).lets_through(now) == free  # and one may go out if none is


def test_while_a_probe_is_out_no_call_is_made_whoever_is_answered_late():
    """Constant delays of 0.3 s, a timeout of 0.7 s, a long pause.

    Message 0 fails at 0.7 s, and the breaker opens until 1.5 s. Message 1 is a probe, out from
    1.6 s to 2.2 s. Message 0 is answered meanwhile, in its pause, at 1.7 s; message 2 comes at
    1.9 s and is held back. With the probe's answer there are two successes, and message 3 goes
    through.
    """
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, Link(delay=Constant(0.3)))

    @server.on("slow")
    def slow(_):
        yield server.work(1.1)

    server.on("quick")(lambda _: None)
    breaker = CircuitBreaker(failures=1, recovery=0.8, probes=2)
    guarantee = AtLeastOnce(
        retry=Retry(timeout=0.7, max_attempts=2, backoff=ConstantBackoff(5.0), breaker=breaker)
    )

    def customers():
        for at, topic in ((0.0, "slow"), (1.6, "quick"), (1.9, "quick"), (2.3, "quick")):
            yield net.timeout(at - net.now)
            client.send(server, topic, guarantee=guarantee)

    net.process(customers())
    net.run()
    assert client.ledger["attempts"].tolist() == [1, 1, 0, 1]
    assert client.ledger["acknowledged_s"].tolist()[:2] == [1.7, 2.2]


def test_a_probe_that_is_answered_frees_its_place_whichever_attempt_is_answered():
    """Each first attempt fails after 0.5 s and is answered after 1.4 s, while the second is out.

    That second attempt is a probe, and the answer ends it: at 1.41 s message 1 goes through.
    """
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, Link(delay=Constant(0.7)))
    server.on("order")(lambda _: None)
    breaker = CircuitBreaker(failures=1, recovery=0.5, probes=2)
    backoff = ConstantBackoff(0.5)
    retry = Retry(timeout=0.5, max_attempts=2, backoff=backoff, breaker=breaker)

    def customer():
        client.send(server, "order", guarantee=AtLeastOnce(retry=retry))
        yield net.timeout(1.41)
        client.send(server, "order", guarantee=AtLeastOnce(retry=retry))

    net.process(customer())
    net.run()
    assert client.ledger["attempts"].tolist() == [2, 2]
    assert client.ledger["acknowledged_s"].tolist() == [1.4, 2.81]
