"""Retry: when to send again, and when to give up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Literal

from simulator.callables import hashable
from simulator.fields import LEFT_OUT, Checked, checked, or_none
from simulator.policies.adaptive_timeout import AdaptiveTimeout
from simulator.policies.backoff import Backoff, NoBackoff, is_drawn
from simulator.policies.circuit_breaker import CircuitBreaker
from simulator.policies.retry_budget import RetryBudget
from simulator.validation import choice, duration, has_method, instance, integer, number


def _timeout(name: str, value: Any) -> float | AdaptiveTimeout:
    if isinstance(value, AdaptiveTimeout):
        return value
    return duration(name, value, allowed="a finite number above 0, or an AdaptiveTimeout")


def _backoff(name: str, value: Any) -> Backoff:
    allowed = "a backoff, such as ExponentialBackoff(base=0.1)"
    backoff: Backoff = has_method(name, value, "pause_after", allowed)
    return hashable(name, backoff, "a value, as @dataclass(frozen=True) makes one")


LIMIT: Final = or_none(duration, allowed="a finite number of seconds above 0, or None for no limit")
ATTEMPTS: Final = or_none(integer, low=1, allowed="a whole number at least 1, or None for ever")
BUDGET: Final = or_none(instance, kind=RetryBudget, allowed="a RetryBudget, or None for no limit")
BREAKER: Final = or_none(
    instance, kind=CircuitBreaker, allowed="a CircuitBreaker, or None for none"
)
LATE_ANSWERS: Final = checked(choice, choices=("accept", "ignore")) | LEFT_OUT


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry(Checked):
    """Wait for an acknowledgement, pause, send again; give up in the end.

    There is no pause after the last attempt: the sender gives up when its timeout expires.

    Attributes:
        timeout: How long the first attempt waits for an acknowledgement, in seconds, above 0; or
            an AdaptiveTimeout, estimated from the round trips of all messages to a receiver.
        timeout_factor: Growth of the timeout per attempt, at least 1.
        max_timeout: Longest timeout, in seconds; the maximum of an AdaptiveTimeout applies as well.
            None: no limit.
        backoff: How long to pause after an attempt that went unanswered.
        max_attempts: Maximum number of attempts, the first included, at least 1. None: no limit.
        deadline: When the sender gives up, in seconds from the first sending, above 0; it cuts a
            wait or a pause short. None: no limit.
        budget: How many retries all messages to a receiver may use together. A retry is paid for
            when it is decided, and refunded if it is never sent: because an acknowledgement or the
            deadline comes in the pause, or the breaker is open. None: no limit.
        breaker: When to stop calling a receiver that fails. None: never. A message that an open
            breaker does not let through is given up at once.
        late_answers: Whether an answer that comes after its attempt was abandoned, in a pause or
            during another attempt, counts all the same: "accept"; or changes nothing: "ignore",
            as where each attempt is a call of its own over HTTP, which the chapter's loop makes.
    """

    is_only_kind: ClassVar[bool] = True  # so TOML need not name its type

    timeout: float | AdaptiveTimeout = field(default=0.2, metadata=checked(_timeout))
    timeout_factor: float = field(default=1.0, metadata=checked(number, low=1))
    max_timeout: float | None = field(default=None, metadata=LIMIT)
    backoff: Backoff = field(default_factory=NoBackoff, metadata=checked(_backoff))
    max_attempts: int | None = field(default=3, metadata=ATTEMPTS)
    deadline: float | None = field(default=None, metadata=LIMIT)
    budget: RetryBudget | None = field(default=None, metadata=BUDGET)
    breaker: CircuitBreaker | None = field(default=None, metadata=BREAKER)
    late_answers: Literal["accept", "ignore"] = field(default="accept", metadata=LATE_ANSWERS)

    def timeout_of(self, attempt: int, first: float | None = None) -> float:
        """Return how long an attempt waits, in seconds; infinite where floats overflow.

        Args:
            attempt: Which attempt, from 1.
            first: How long the first attempt waits, where that is estimated.
        """
        if first is None:
            assert not isinstance(self.timeout, AdaptiveTimeout)  # noqa: S101 - else it is estimated
            first = self.timeout
        try:
            timeout = first * self.timeout_factor ** (attempt - 1)
        except OverflowError:
            timeout = float("inf")
        if isinstance(self.timeout, AdaptiveTimeout):
            timeout = min(timeout, self.timeout.maximum)
        return timeout if self.max_timeout is None else min(timeout, self.max_timeout)

    @property
    def longest_timeout(self) -> float:
        """The longest that any attempt may wait, in seconds; infinite if timeouts grow for ever."""
        grows = self.timeout_factor > 1 or isinstance(self.timeout, AdaptiveTimeout)
        return self.timeout_of(1, float("inf") if grows else None)

    def start(self) -> Retrying:
        """Return the initial state that the messages of a sender to a receiver share."""
        return Retrying(self)


class Retrying:
    """The state of a retry policy that the messages of one sender to one receiver share.

    Instants and times are in seconds. With a fixed timeout, no budget and no breaker, there is
    nothing to share, and messages are independent.

    Attributes:
        retry: The policy.
        is_alone: Whether messages are independent.
        is_drawn: Whether pauses depend on draws, as a student's own may.
        timeouts: How long attempts wait, as far as that is known for good.
    """

    def __init__(self, retry: Retry) -> None:
        """Start with a full budget, a closed breaker, and no round trip measured."""
        self.retry = retry
        self.breaker = None if retry.breaker is None else retry.breaker.start()
        self.budget = None if retry.budget is None else retry.budget.start()
        timeout = retry.timeout
        self.estimate = timeout.start() if isinstance(timeout, AdaptiveTimeout) else None
        self.timeouts: dict[int, float] = {}
        self.is_drawn: bool = is_drawn(retry.backoff)
        shared = self.breaker, self.budget, self.estimate
        self.is_alone = all(part is None for part in shared)

    def begin(self) -> None:
        """Record a new message."""
        if self.budget:
            self.budget.deposit()

    def lets_through(self, now_s: float) -> bool:
        """Whether an attempt may be made now. If so, it is `latest_call` from then on."""
        return self.breaker is None or self.breaker.lets_through(now_s)

    @property
    def latest_call(self) -> int:
        """The number of the attempt that was let through last, of any message."""
        return 0 if self.breaker is None else self.breaker.calls

    def may_retry(self) -> bool:
        """Whether the budget allows a retry; if so, pay for it."""
        return self.budget is None or self.budget.withdraw()

    def refund_retry(self) -> None:
        """Record that a retry that was paid for is not sent."""
        if self.budget:
            self.budget.refund()

    def timeout_of(self, attempt: int) -> float:
        """Return how long an attempt waits."""
        if self.estimate is not None:
            return self.retry.timeout_of(attempt, self.estimate.timeout)
        timeout = self.timeouts[attempt] = self.retry.timeout_of(attempt)
        return timeout

    def succeeded(self, round_trip: float, attempts: int, call: int | None = None) -> None:
        """Record an acknowledgement.

        Args:
            round_trip: Time since the first attempt.
            attempts: How many attempts there were.
            call: The number of the last attempt. None: `latest_call`.
        """
        if self.breaker:
            self.breaker.succeeded(call)
        if self.estimate:
            self.estimate.learn(round_trip, attempts=attempts)

    def failed(self, now_s: float, waited: float | None) -> None:
        """Record that an attempt failed.

        Args:
            now_s: The instant, in seconds.
            waited: The timeout, if the attempt waited for all of it in vain. None: it was refused,
                or a deadline cut the wait short.
        """
        if self.breaker:
            self.breaker.failed(now_s)
        if self.estimate and waited is not None:
            self.estimate.back_off(waited)
