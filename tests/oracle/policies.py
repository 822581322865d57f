"""Retry policies and guarantees at random, some of a student's own."""

from dataclasses import dataclass, replace
from typing import ClassVar

from simulator import (
    AdaptiveTimeout,
    AtLeastOnce,
    AtMostOnce,
    BestEffort,
    CircuitBreaker,
    ConstantBackoff,
    DecorrelatedJitter,
    ExactlyOnce,
    ExponentialBackoff,
    Handshake,
    IdempotencyKeys,
    LinearBackoff,
    NoBackoff,
    Retry,
    RetryBudget,
    StoreAndForward,
)


@dataclass(frozen=True)
class SendTwice:
    """A student's own: each message goes twice, and is acknowledged; nobody waits."""

    pause: float = 0.1
    promises: ClassVar = frozenset()

    def send(self, channel, message):
        channel.transmit(message, attempt=1)
        yield channel.timeout(self.pause)
        channel.transmit(message, attempt=2)

    def receive(self, channel, copy):
        reply = yield channel.hand_over(copy)
        channel.acknowledge(copy, reply)


@dataclass(frozen=True)
class OneWait:
    """A student's own: send once, wait, and end without giving up."""

    wait: float = 0.2
    promises: ClassVar = frozenset()

    def send(self, channel, message):
        channel.transmit(message, attempt=1)
        if not (yield channel.acknowledgement(message, within=self.wait)):
            channel.time_out(message, 1)

    def receive(self, channel, copy):
        seen = channel.memory(window=3)
        if copy.message.id in seen:
            channel.suppress(copy)
        else:
            seen.remember(copy.message.id, channel.hand_over(copy))
        reply = yield seen.reply_to(copy.message.id)
        channel.acknowledge(copy, reply)


def backoff(draws):
    pause = draws.pick(0.0, 0.05, 0.1)
    jitter = draws.pick("none", "full", "equal")
    return draws.pick(
        NoBackoff(),
        NoBackoff(),
        ConstantBackoff(pause),
        LinearBackoff(step=pause, cap=draws.pick(None, 0.2)),
        ExponentialBackoff(base=0.05, factor=2.0, cap=draws.pick(None, 0.3), jitter=jitter),
        ExponentialBackoff(base=0.1, jitter=jitter),
        DecorrelatedJitter(base=0.05, cap=0.5),
    )


def retry(draws):
    """Return a policy that gives up."""
    learned = AdaptiveTimeout(initial=0.3, minimum=0.1, maximum=1.0)
    return Retry(
        timeout=learned if draws.chance(0.15) else draws.pick(0.1, 0.1, 0.2, 0.2, 0.3, 0.25),
        timeout_factor=draws.pick(1.0, 1.0, 2.0),
        max_timeout=draws.pick(None, None, 0.3),
        backoff=backoff(draws),
        max_attempts=draws.whole(1, 5),
        deadline=draws.pick(None, None, None, 0.3, 0.35, 0.6),
        budget=RetryBudget(ratio=0.3, reserve=2.0) if draws.chance(0.2) else None,
        breaker=breaker(draws) if draws.chance(0.25) else None,
    )


def wary_guarantee(draws):
    """Return a guarantee whose sender has a breaker or a budget, and learns how long to wait."""
    learned = AdaptiveTimeout(initial=0.3, minimum=0.1, maximum=1.0)
    policy = replace(
        retry(draws),
        timeout=draws.pick(learned, 0.1, 0.2, 0.3),
        breaker=draws.pick(None, breaker(draws)),
        budget=draws.pick(None, RetryBudget(ratio=0.3, reserve=2.0), RetryBudget(reserve=1.0)),
        max_attempts=draws.whole(1, 4),
    )
    return draws.pick(AtLeastOnce(retry=policy), ExactlyOnce(retry=policy))


def forgetful_guarantee(draws):
    """Return a guarantee of which one end or the other has something to forget in a crash."""
    policy = replace(retry(draws), max_attempts=draws.whole(3, 6), budget=None, breaker=None)
    durable = draws.chance(0.4)
    return draws.pick(
        ExactlyOnce(retry=policy, durable=durable, window=draws.pick(None, 3)),
        ExactlyOnce(retry=policy, durable=durable, max_age=draws.pick(0.1, 0.2, 0.3)),
        Handshake(retry=policy, durable=durable),
        wary_guarantee(draws),
        wary_guarantee(draws),
    )


def breaker(draws):
    return draws.pick(
        CircuitBreaker(failures=2, recovery=0.4),
        CircuitBreaker(failures=3, recovery=0.2, probes=2),
        CircuitBreaker(failures=None, rate=0.5, window=4, recovery=0.3),
    )


def guarantee(draws):
    """Return a guarantee whose sender is done in the end, while its receiver answers at times."""
    when = draws.pick("after", "after", "before")
    window, age = draws.pick(None, None, 2), draws.pick(None, None, 0.4)
    durable = draws.chance(0.6)
    policy = retry(draws)
    return draws.pick(
        BestEffort(),
        AtMostOnce(),
        AtLeastOnce(retry=policy, acknowledge=when),
        AtLeastOnce(retry=policy),
        AtLeastOnce(retry=policy),
        ExactlyOnce(retry=policy, acknowledge=when),
        ExactlyOnce(retry=policy, window=window, max_age=age, durable=durable),
        ExactlyOnce(retry=policy),
        Handshake(retry=policy, durable=durable),
        StoreAndForward(retry=policy, rest=draws.pick(0.1, 0.25), parallel=draws.pick(1, 1, 3)),
        SendTwice(),
        OneWait(),
    )


def keys(draws, key=lambda message: message.data["key"]):
    """Return how a handler recognizes requests: by what they say is their key."""
    return IdempotencyKeys(
        key=key,
        window=draws.pick(None, None, 2),
        max_age=draws.pick(None, None, 0.1, 0.3),
        durable=draws.chance(0.5),
    )
