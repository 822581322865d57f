"""The adaptive timeout: what it learns from, and between what bounds it stays."""

import pytest

from simulator import (
    AdaptiveTimeout,
    AtLeastOnce,
    CircuitBreaker,
    Constant,
    Link,
    Network,
    Retry,
    TimedOut,
)


def learned_after(retry, *, calls, timeout=None, delay=0.07):
    """Return the learned timeout after one call that is answered and others that are not."""
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, Link(delay=Constant(delay)))
    answers = iter([True])
    guarantee = AtLeastOnce(retry=retry)

    @server.on("order")
    def handle(_):
        if not next(answers, False):
            yield net.timeout(1e6)

    def customer():
        yield client.ask(server, "order", guarantee=guarantee)
        shared = net.channel(client, server, guarantee).sender.shared(retry)
        seen.append(shared.estimate.timeout)
        for _ in range(calls):
            with pytest.raises(TimedOut):
                yield client.ask(server, "order", guarantee=guarantee, timeout=timeout)
            seen.append(shared.estimate.timeout)
        seen.append(shared.breaker)

    seen = []
    net.process(customer())
    net.run(until=1e5)
    return seen


def test_a_wait_that_the_caller_cuts_short_teaches_nothing():
    """A round trip of 0.14 s: the timeout is 0.14 + 4 × 0.07 = 0.42 s, and each waits 0.05 s."""
    retry = Retry(timeout=AdaptiveTimeout(), max_attempts=1, breaker=CircuitBreaker(failures=8))
    *timeouts, breaker = learned_after(retry, calls=8, timeout=0.05)
    assert timeouts == pytest.approx([0.42] * 9)
    assert breaker.state == "open"  # for which eight failures are eight failures


def test_a_wait_that_the_retrys_deadline_cuts_short_teaches_nothing():
    retry = Retry(timeout=AdaptiveTimeout(), max_attempts=3, deadline=0.2)
    *timeouts, _ = learned_after(retry, calls=5)
    assert timeouts == pytest.approx([0.42] * 6)


@pytest.mark.parametrize(("timeout", "learned"), [(0.999, 1.0), (1.0, 2.0), (1.001, 2.0)])
def test_a_wait_that_ends_at_its_full_length_backs_off_even_at_the_deadline(timeout, learned):
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, Link(loss=1.0))
    server.on("order")(lambda _: None)
    retry = Retry(timeout=AdaptiveTimeout(initial=1.0), max_attempts=1)
    guarantee = AtLeastOnce(retry=retry)

    def customer():
        with pytest.raises(TimedOut):
            yield client.ask(server, "order", guarantee=guarantee, timeout=timeout)

    net.process(customer())
    net.run()
    assert net.channel(client, server, guarantee).sender.shared(retry).estimate.timeout == learned


@pytest.mark.parametrize("longest", [None, 0.7])
def test_the_maximum_bounds_every_wait_the_factor_included(longest):
    """At most 2 s: 1, then 2 each; without the bound the waits were 1, 4, 8, …, 64 s."""
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, Link(loss=1.0))
    server.on("order")(lambda _: None)
    adaptive = AdaptiveTimeout(initial=1.0, maximum=2.0)
    retry = Retry(timeout=adaptive, timeout_factor=2.0, max_timeout=longest, max_attempts=6)
    client.send(server, "order", guarantee=AtLeastOnce(retry=retry))
    net.run()
    sent = [row.time_s for row in net.trace if row.event == "sent"]
    waits = [end - start for start, end in zip(sent, [*sent[1:], net.now], strict=True)]
    assert waits == pytest.approx([1.0, 2.0, 2.0, 2.0, 2.0, 2.0] if longest is None else [0.7] * 6)


def test_what_is_learned_of_a_wait_in_vain_is_bounded():
    estimate = AdaptiveTimeout(maximum=2.0).start()
    estimate.back_off(64.0)
    assert estimate.timeout == 2.0
    estimate.learn(100.0, attempts=1)
    assert estimate.timeout == 2.0


def test_before_the_first_round_trip_nothing_is_known():
    estimate = AdaptiveTimeout(initial=0.7).start()
    assert (estimate.smoothed, estimate.variation, estimate.timeout) == (None, 0.0, 0.7)


@pytest.mark.parametrize(
    "bounds",
    [{"initial": 0.1}, {"initial": 0.19999}, {"minimum": 2.0}, {"initial": 70}, {"initial": 0}],
)
def test_a_first_timeout_outside_its_bounds_is_refused(bounds):
    with pytest.raises(ValueError, match=r"AdaptiveTimeout\.initial must be .* at least "):
        AdaptiveTimeout(**bounds)
    assert AdaptiveTimeout(initial=0.2).initial == AdaptiveTimeout(initial=0.2).minimum
