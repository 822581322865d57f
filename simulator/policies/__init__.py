"""Policies: the decisions of a node, as plain values without SimPy."""

from simulator.policies.adaptive_timeout import AdaptiveTimeout, RoundTripEstimate
from simulator.policies.backoff import (
    Backoff,
    ConstantBackoff,
    DecorrelatedJitter,
    ExponentialBackoff,
    LinearBackoff,
    NoBackoff,
)
from simulator.policies.circuit_breaker import Breaker, CircuitBreaker
from simulator.policies.deduplication import MAX_AGE, WINDOW, SeenMessages
from simulator.policies.idempotency import IdempotencyKeys
from simulator.policies.promise import Promise
from simulator.policies.retry import Retry, Retrying
from simulator.policies.retry_budget import Bucket, RetryBudget

__all__ = [
    "MAX_AGE",
    "WINDOW",
    "AdaptiveTimeout",
    "Backoff",
    "Breaker",
    "Bucket",
    "CircuitBreaker",
    "ConstantBackoff",
    "DecorrelatedJitter",
    "ExponentialBackoff",
    "IdempotencyKeys",
    "LinearBackoff",
    "NoBackoff",
    "Promise",
    "Retry",
    "RetryBudget",
    "Retrying",
    "RoundTripEstimate",
    "SeenMessages",
]
