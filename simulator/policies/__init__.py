"""Policies: what a node decides. Values, no SimPy."""

from simulator.policies.backoff import (
    Backoff,
    ConstantBackoff,
    DecorrelatedJitter,
    ExponentialBackoff,
    LinearBackoff,
    NoBackoff,
)
from simulator.policies.deduplication import SeenMessages
from simulator.policies.promise import Promise
from simulator.policies.retry import Retry

__all__ = [
    "Backoff",
    "ConstantBackoff",
    "DecorrelatedJitter",
    "ExponentialBackoff",
    "LinearBackoff",
    "NoBackoff",
    "Promise",
    "Retry",
    "SeenMessages",
]
