"""Closed forms for the results and the cost of each delivery guarantee.

Assumptions: losses are independent, and the timeout is longer than any round trip, so that attempt
k + 1 is sent if and only if attempt k brought no acknowledgement. Counts then do not depend on
delays.

For its sender, an attempt fails if its data are lost, or if no copy of them is acknowledged:

    r = p + (1−p) ((1−d) q + d q²),    without duplication r = 1 − (1−p)(1−q)

A second copy of an acknowledgement changes nothing for the sender, so duplication on the return
link does not appear.

Source for resending until acknowledged: D. Bertsekas, R. Gallager, "Data Networks", 2nd ed., 1992,
section 2.4.1 (stop-and-wait ARQ). The forms for at most n attempts are ours, derived below.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The expected values of one message. The fields have the names of the metrics.

    Attributes:
        loss_rate: Probability that it is never handed over.
        duplicate_rate: Expected handovers beyond the first.
        duplicated_rate: Probability that it is handed over twice or more.
        in_doubt_rate: Probability that its sender gives up on it, yet it is handed over.
        attempts_mean: Expected sendings by the sender.
        cost: Expected transmissions by both nodes, data and acknowledgements. Duplicates made by
            the network are not counted, but their acknowledgements are.
    """

    loss_rate: float
    duplicate_rate: float
    duplicated_rate: float
    in_doubt_rate: float
    attempts_mean: float
    cost: float

    @property
    def handovers_mean(self) -> float:
        """Expected handovers: the first, if any, and those beyond it."""
        return 1 - self.loss_rate + self.duplicate_rate

    def deduplicated(self) -> Expected:
        """Return the same for a receiver that drops duplicates, all else being equal."""
        return replace(self, duplicate_rate=0.0, duplicated_rate=0.0)


def best_effort(*, loss: float, duplicate: float = 0.0) -> Expected:
    """Send once, hand over every copy. Exact for any delays.

    Args:
        loss: Probability that a transmission is lost.
        duplicate: Probability that the network duplicates a survivor.
    """
    check_probabilities(loss=loss, duplicate=duplicate)
    twice = (1 - loss) * duplicate
    return Expected(
        loss_rate=loss,
        duplicate_rate=twice,
        duplicated_rate=twice,
        in_doubt_rate=0.0,
        attempts_mean=1.0,
        cost=1.0,
    )


def at_most_once(*, loss: float, duplicate: float = 0.0) -> Expected:
    """Send once, drop duplicates. Exact for any delays. Arguments as in `best_effort`."""
    return best_effort(loss=loss, duplicate=duplicate).deduplicated()


def at_least_once(
    *, loss: float, ack_loss: float, attempts: int | None, duplicate: float = 0.0
) -> Expected:
    """Resend until acknowledged, hand over every copy. For a timeout longer than any round trip.

    Of n attempts, k + 1 is sent if the k before it failed: E[attempts] = Σ rᵏ for k < n. The
    message is lost if all its data are, pⁿ; the sender gives up if all attempts fail, rⁿ; so it is
    in doubt with probability rⁿ − pⁿ. Whether an attempt is sent does not depend on what happens to
    it, so on average (1−p)(1+d) copies of an attempt arrive, and each is acknowledged.

    Exactly one copy arrives if a single attempt gets through, not duplicated, and then either its
    acknowledgement arrives and ends the exchange, (1−q)(1−pⁿ) summed over all attempts, or that is
    lost and so are the data of all other attempts, q·n(1−p)pⁿ⁻¹. Without network duplication,
    P(twice or more) is therefore q times the probability that at least two of n independent data
    transmissions would get through.

    Args:
        loss: p, probability that a data transmission is lost.
        ack_loss: q, probability that an acknowledgement is lost.
        attempts: n, the maximum number of attempts, at least 1. None: no limit.
        duplicate: d, probability that the network duplicates a data transmission that survives.

    Raises:
        ValueError: If an argument is out of its range, or if the sender would resend for ever in
            vain (`attempts` None, and `loss` or `ack_loss` 1).
    """
    check_probabilities(loss=loss, ack_loss=ack_loss, duplicate=duplicate)
    # In terms of success rather than failure, so that small probabilities keep their digits.
    answered = (1 - loss) * (1 - ack_loss) * (1 + duplicate * ack_loss)
    if attempts is None:
        if answered == 0:
            raise ValueError("attempts must be a whole number if loss or ack_loss is 1, got None")
        return collect(
            loss=loss,
            duplicate=duplicate,
            attempts_mean=1 / answered,
            all_lost=0.0,
            gave_up=0.0,
            arrived_once=(1 - duplicate) * (1 - ack_loss),
        )
    if not (attempts >= 1 and float(attempts).is_integer()):
        allowed = "a whole number at least 1, or None for ever"
        raise ValueError(f"attempts must be {allowed}, got {attempts!r}")
    n = int(attempts)
    failed = 1 - answered
    all_lost = loss**n
    one_alone = n * (1 - loss) * loss ** (n - 1)
    return collect(
        loss=loss,
        duplicate=duplicate,
        attempts_mean=max(_one_of(n, answered) / answered, 1.0) if answered > 0 else float(n),
        all_lost=all_lost,
        gave_up=failed**n,
        arrived_once=(1 - duplicate) * ((1 - ack_loss) * (1 - all_lost) + ack_loss * one_alone),
    )


def exactly_once(
    *, loss: float, ack_loss: float, attempts: int | None, duplicate: float = 0.0
) -> Expected:
    """Resend until acknowledged, drop duplicates. Otherwise as `at_least_once`."""
    return at_least_once(
        loss=loss, ack_loss=ack_loss, attempts=attempts, duplicate=duplicate
    ).deduplicated()


def collect(
    *,
    loss: float,
    duplicate: float,
    attempts_mean: float,
    all_lost: float,
    gave_up: float,
    arrived_once: float,
) -> Expected:
    """Return the values that follow from these, for a receiver that hands over every copy."""
    arrivals = (1 - loss) * (1 + duplicate) * attempts_mean
    delivered = 1 - all_lost
    # Rounding may make differences of equal numbers slightly negative.
    return Expected(
        loss_rate=all_lost,
        duplicate_rate=max(arrivals - delivered, 0.0),
        duplicated_rate=max(delivered - arrived_once, 0.0),
        in_doubt_rate=max(gave_up - all_lost, 0.0),
        attempts_mean=attempts_mean,
        cost=attempts_mean + arrivals,
    )


def _one_of(count: int, probability: float) -> float:
    """Return the probability of at least one success in `count` trials, small or not."""
    return 1.0 if probability == 1 else -math.expm1(count * math.log1p(-probability))


def check_probabilities(**named: float) -> None:
    """Refuse a value that is not a probability."""
    for name, value in named.items():
        if not 0 <= value <= 1:
            raise ValueError(f"{name} must be a probability from 0 to 1, got {value!r}")
