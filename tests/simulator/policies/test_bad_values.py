"""What a policy refuses, the whole sentence; and the extremes that it takes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from simulator import (
    AdaptiveTimeout,
    CircuitBreaker,
    ConstantBackoff,
    DecorrelatedJitter,
    ExponentialBackoff,
    IdempotencyKeys,
    LinearBackoff,
    Retry,
    RetryBudget,
)

CAP = "a finite number of seconds at least 0, or None for no cap"
FAILURES = "a whole number at least 1, or None to open by rate"
RATE = "a number above 0 and at most 1, or None to open by failures in a row"
TIMEOUT = "a finite number above 0, or an AdaptiveTimeout"
BACKOFF = "a backoff, such as ExponentialBackoff(base=0.1)"
LIMIT = "a finite number of seconds above 0, or None for no limit"
KEY = "a function of one argument, the message"
WINDOW = "a whole number at least 1, or None to remember all"
AGE = "a finite number of seconds above 0, or None to remember for ever"

REFUSED = [
    (AdaptiveTimeout, {"minimum": 0}, "minimum", "a finite number above 0"),
    (AdaptiveTimeout, {"maximum": 0.1}, "maximum", "a finite number at least 0.2"),
    (AdaptiveTimeout, {"initial": 61}, "initial", "a finite number at least 0.2 and at most 60"),
    (AdaptiveTimeout, {"initial": 0.1}, "initial", "a finite number at least 0.2 and at most 60"),
    (ConstantBackoff, {"pause": -1}, "pause", "a finite number at least 0"),
    (LinearBackoff, {"step": -1}, "step", "a finite number at least 0"),
    (LinearBackoff, {"step": 1, "cap": -1}, "cap", CAP),
    (ExponentialBackoff, {"base": -1}, "base", "a finite number at least 0"),
    (ExponentialBackoff, {"base": 1, "factor": 0.9}, "factor", "a finite number at least 1"),
    (ExponentialBackoff, {"base": 1, "cap": -1}, "cap", CAP),
    (ExponentialBackoff, {"base": 1, "cap": "1"}, "cap", CAP),
    (ExponentialBackoff, {"base": 1, "jitter": 2}, "jitter", 'one of "none", "full", "equal"'),
    (DecorrelatedJitter, {"base": -1, "cap": 1}, "base", "a finite number at least 0"),
    (DecorrelatedJitter, {"base": 2, "cap": 1}, "cap", "a finite number at least 2"),
    (CircuitBreaker, {"failures": 0}, "failures", FAILURES),
    (CircuitBreaker, {"failures": 1.5}, "failures", FAILURES),
    (CircuitBreaker, {"failures": None, "rate": 0}, "rate", RATE),
    (CircuitBreaker, {"failures": None, "rate": -0.1}, "rate", RATE),
    (CircuitBreaker, {"failures": None, "rate": 1.1}, "rate", RATE),
    (CircuitBreaker, {"window": 0}, "window", "a whole number at least 1"),
    (CircuitBreaker, {"probes": 0}, "probes", "a whole number at least 1"),
    (CircuitBreaker, {"recovery": 0}, "recovery", "a finite number above 0"),
    (RetryBudget, {"ratio": -0.1}, "ratio", "a finite number at least 0 and at most 1"),
    (RetryBudget, {"ratio": 1.1}, "ratio", "a finite number at least 0 and at most 1"),
    (RetryBudget, {"reserve": 0.9}, "reserve", "a finite number at least 1"),
    (Retry, {"timeout": 0}, "timeout", TIMEOUT),
    (Retry, {"timeout": "soon"}, "timeout", TIMEOUT),
    (Retry, {"timeout_factor": 0.9}, "timeout_factor", "a finite number at least 1"),
    (Retry, {"max_timeout": 0}, "max_timeout", LIMIT),
    (Retry, {"deadline": 0}, "deadline", LIMIT),
    (Retry, {"backoff": 0.1}, "backoff", BACKOFF),
    (Retry, {"backoff": ExponentialBackoff}, "backoff", BACKOFF),
    (Retry, {"max_attempts": 0}, "max_attempts", "a whole number at least 1, or None for ever"),
    (Retry, {"budget": 3}, "budget", "a RetryBudget, or None for no limit"),
    (Retry, {"breaker": 3}, "breaker", "a CircuitBreaker, or None for none"),
    (IdempotencyKeys, {"key": 3}, "key", KEY),
    (IdempotencyKeys, {"key": lambda: 3}, "key", KEY),
    (IdempotencyKeys, {"window": 0}, "window", WINDOW),
    (IdempotencyKeys, {"max_age": 0}, "max_age", AGE),
    (IdempotencyKeys, {"durable": 1}, "durable", "True or False"),
]


def told(error):
    return str(error.value)


@pytest.mark.parametrize(("policy", "fields", "field", "allowed"), REFUSED)
def test_a_bad_value_is_refused_by_its_field_and_what_is_allowed(policy, fields, field, allowed):
    with pytest.raises(ValueError, match="must be") as error:
        policy(**fields)
    assert told(error) == f"{policy.__name__}.{field} must be {allowed}, got {fields[field]!r}"


@pytest.mark.parametrize("given", [{"rate": 0.5}, {"failures": None}])
def test_a_breaker_opens_by_failures_in_a_row_or_by_rate_and_not_by_both_or_neither(given):
    with pytest.raises(ValueError, match="must be") as error:
        CircuitBreaker(**given)
    got = "'failures=5, rate=0.5'" if "rate" in given else "'failures=None, rate=None'"
    allowed = "given failures or rate, and None for the other"
    assert told(error) == f"CircuitBreaker must be {allowed}, got {got}"


TAKEN = [
    (AdaptiveTimeout, {"minimum": 1e-9}, {}),
    (AdaptiveTimeout, {"minimum": 2, "maximum": 2, "initial": 2}, {}),
    (ConstantBackoff, {"pause": 0}, {}),
    (LinearBackoff, {"step": 0, "cap": 0}, {}),
    (ExponentialBackoff, {"base": 0, "factor": 1, "cap": 0}, {}),
    (DecorrelatedJitter, {"base": 0, "cap": 0}, {}),
    (CircuitBreaker, {"recovery": 1e-9}, {"failures": 1, "window": 1, "probes": 1}),
    (CircuitBreaker, {"rate": 1}, {"failures": None}),
    (CircuitBreaker, {"rate": 1e-30}, {"failures": None}),
    (RetryBudget, {"ratio": 0, "reserve": 1}, {}),
    (RetryBudget, {"ratio": 1}, {}),
    (Retry, {"timeout": 1e-9, "timeout_factor": 1, "deadline": 1e-9}, {"max_attempts": 1}),
    (Retry, {"max_timeout": 1e-9}, {"max_attempts": None, "budget": None, "breaker": None}),
    (IdempotencyKeys, {"max_age": 1e-9}, {"window": 1}),
    (IdempotencyKeys, {}, {"max_age": None, "window": None, "durable": False}),
]


@pytest.mark.parametrize(("policy", "seconds_and_shares", "others"), TAKEN)
def test_the_least_and_the_most_that_is_allowed_is_taken(policy, seconds_and_shares, others):
    made = policy(**seconds_and_shares, **others)
    for field, value in (seconds_and_shares | others).items():
        assert getattr(made, field) == value
    assert all(type(getattr(made, field)) is float for field in seconds_and_shares)


@pytest.mark.parametrize(
    ("policy", "field"),
    [
        (CircuitBreaker, "failures"),
        (CircuitBreaker, "window"),
        (CircuitBreaker, "probes"),
        (Retry, "max_attempts"),
        (IdempotencyKeys, "window"),
    ],
)
def test_a_whole_number_of_numpy_is_kept_as_an_int(policy, field):
    kept = getattr(policy(**{field: np.int64(7)}), field)
    assert (kept, type(kept)) == (7, int)


@dataclass(frozen=True)
class Fibonacci:
    """A student's own backoff: any object with the method is one."""

    def pause_after(self, attempt, previous, u):
        return 0.1


def test_a_students_own_backoff_is_taken():
    assert Retry(backoff=Fibonacci()).backoff == Fibonacci()


def test_a_backoff_that_is_no_value_is_refused():
    @dataclass
    class Changing:
        base: float = 0.1

        def pause_after(self, attempt, previous, u):
            return self.base

        def __repr__(self):
            return "Changing()"

    with pytest.raises(ValueError) as refusal:  # noqa: PT011 - the whole sentence is below
        Retry(backoff=Changing())
    allowed = "a value, as @dataclass(frozen=True) makes one"
    assert str(refusal.value) == f"Retry.backoff must be {allowed}, got Changing()"


def test_messages_are_on_their_own_unless_their_policy_shares_something():
    parts: dict[str, Any] = {
        "timeout": AdaptiveTimeout(),
        "budget": RetryBudget(),
        "breaker": CircuitBreaker(),
    }
    assert Retry().start().is_alone is True
    assert Retry(**parts).start().is_alone is False
    for name, part in parts.items():
        assert Retry(**{name: part}).start().is_alone is False
