"""What the messages to a receiver share: circuit breaker, retry budget, adaptive timeout."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import (
    AdaptiveTimeout,
    AtLeastOnce,
    CircuitBreaker,
    Constant,
    Exponential,
    Link,
    Periodic,
    Retry,
    RetryBudget,
    Scenario,
    simulate,
)


def test_a_breaker_opens_after_failures_in_a_row_rests_and_probes():
    breaker = CircuitBreaker(failures=2, recovery=5.0).start()
    assert breaker.lets_through(0.0)
    breaker.failed(0.0)
    breaker.succeeded()  # not in a row
    breaker.failed(1.0)
    assert breaker.state == "closed"
    breaker.failed(2.0)
    assert breaker.state == "open"
    assert not breaker.lets_through(6.9)
    assert breaker.lets_through(7.0)
    assert breaker.state == "half-open"
    assert not breaker.lets_through(7.0)  # one probe at a time
    breaker.failed(8.0)
    assert breaker.state == "open"
    assert not breaker.lets_through(12.9)
    assert breaker.lets_through(13.0)
    breaker.succeeded()
    assert breaker.state == "closed"
    breaker.failed(14.0)
    assert breaker.state == "closed"


def test_a_breaker_by_rate_opens_once_its_window_is_full():
    breaker = CircuitBreaker(failures=None, rate=0.5, window=4, recovery=1.0).start()
    for _ in range(3):
        breaker.failed(0.0)
    assert breaker.state == "closed"
    breaker.succeeded()
    assert breaker.state == "closed"  # successes do not open it
    breaker.failed(0.0)
    assert breaker.state == "open"


def test_several_probes_may_have_to_succeed():
    breaker = CircuitBreaker(failures=1, recovery=1.0, probes=2).start()
    breaker.failed(0.0)
    assert breaker.lets_through(1.0)
    breaker.succeeded()
    assert breaker.state == "half-open"
    assert breaker.lets_through(1.0)
    breaker.succeeded()
    assert breaker.state == "closed"


def test_a_budget_pays_for_its_reserve_and_a_share_of_the_messages():
    bucket = RetryBudget(ratio=0.5, reserve=2).start()
    assert [bucket.withdraw() for _ in range(3)] == [True, True, False]
    bucket.deposit()
    assert not bucket.withdraw()
    bucket.deposit()
    assert bucket.withdraw()
    for _ in range(100):
        bucket.deposit()
    assert bucket.tokens == 2


@given(
    ratio=st.sampled_from([0.0, 0.1, 0.5, 1.0]),
    reserve=st.sampled_from([1.0, 5.0, 20.0]),
    loss=st.sampled_from([0.3, 0.7, 1.0]),
)
def test_retries_never_exceed_the_reserve_and_the_share(ratio, reserve, loss):
    retry = Retry(timeout=0.1, max_attempts=5, budget=RetryBudget(ratio=ratio, reserve=reserve))
    scenario = Scenario(guarantee=AtLeastOnce(retry=retry), link=Link(loss=loss), messages=200)
    attempts = simulate(scenario).ledger["attempts"]
    assert attempts.sum() - 200 <= reserve + ratio * 200
    if loss == 1.0:  # all that can be spent is, to the last token
        assert attempts.sum() - 200 >= reserve - 1


def test_round_trips_are_smoothed_as_the_rfc_says():
    """RFC 6298, by hand: 100 ms, then 200 ms."""
    estimate = AdaptiveTimeout(initial=1.0, minimum=0.001).start()
    assert estimate.timeout == 1.0
    estimate.learn(0.1, attempts=1)
    assert estimate.smoothed == 0.1
    assert estimate.variation == 0.05
    assert estimate.timeout == pytest.approx(0.1 + 4 * 0.05)
    estimate.learn(0.2, attempts=1)
    assert estimate.variation == pytest.approx(0.75 * 0.05 + 0.25 * 0.1)
    assert estimate.smoothed == pytest.approx(0.875 * 0.1 + 0.125 * 0.2)
    assert estimate.timeout == pytest.approx(0.1125 + 4 * 0.0625)


def test_karns_rule_takes_no_sample_from_what_was_sent_twice():
    estimate = AdaptiveTimeout().start()
    estimate.learn(0.1, attempts=2)
    assert estimate.smoothed is None


def test_a_wait_in_vain_doubles_the_timeout_however_many_messages_waited():
    estimate = AdaptiveTimeout(initial=1.0, maximum=3.0).start()
    estimate.back_off(1.0)
    estimate.back_off(1.0)
    assert estimate.timeout == 2.0
    estimate.back_off(2.0)
    assert estimate.timeout == 3.0
    estimate.learn(0.01, attempts=1)
    assert estimate.timeout == 0.2


def test_an_adaptive_timeout_learns_the_round_trip_of_a_link():
    """A round trip of 0.4 s: a fixed timeout of 0.2 s resends each message, this one hardly any."""
    base = Scenario(link=Link(delay=Constant(0.2)), workload=Periodic(interval=0.05), messages=500)
    fixed = base.replace("guarantee", AtLeastOnce(retry=Retry(timeout=0.2)))
    adaptive = fixed.replace("guarantee.retry.timeout", AdaptiveTimeout(initial=0.5))
    assert simulate(fixed).ledger["attempts"].min() >= 2
    assert simulate(adaptive).ledger["attempts"].max() == 1


def test_an_adaptive_timeout_needs_fewer_resendings_than_one_too_short():
    base = Scenario(link=Link(delay=Exponential(mean=0.1)), messages=2_000, seed=2)
    fixed = base.replace("guarantee", AtLeastOnce(retry=Retry(timeout=0.2)))
    adaptive = fixed.replace("guarantee.retry.timeout", AdaptiveTimeout())
    assert simulate(adaptive).summary["cost"] < 0.8 * simulate(fixed).summary["cost"]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: CircuitBreaker(failures=0), r"CircuitBreaker\.failures"),
        (lambda: CircuitBreaker(rate=0.5), "given failures or rate"),
        (lambda: CircuitBreaker(failures=None), "given failures or rate"),
        (lambda: CircuitBreaker(failures=None, rate=0), r"CircuitBreaker\.rate"),
        (lambda: CircuitBreaker(recovery=0), r"CircuitBreaker\.recovery"),
        (lambda: CircuitBreaker(window=0), r"CircuitBreaker\.window"),
        (lambda: RetryBudget(ratio=2), r"RetryBudget\.ratio"),
        (lambda: RetryBudget(reserve=0), r"RetryBudget\.reserve"),
        (lambda: AdaptiveTimeout(minimum=0), r"AdaptiveTimeout\.minimum"),
        (lambda: AdaptiveTimeout(maximum=0.1), r"AdaptiveTimeout\.maximum"),
        (lambda: AdaptiveTimeout(initial=100), r"AdaptiveTimeout\.initial"),
        (lambda: Retry(timeout="soon"), r"Retry\.timeout"),
        (lambda: Retry(budget=3), r"Retry\.budget"),
        (lambda: Retry(breaker=3), r"Retry\.breaker"),
    ],
)
def test_bad_policies_are_refused(make, said):
    with pytest.raises(ValueError, match=said):
        make()
