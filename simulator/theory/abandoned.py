"""Resending where an attempt is abandoned at its timeout: a late answer does not count.

Attempt j succeeds if an answer to one of its own copies comes within its timeout T_j, with
probability G(T_j), and H(T_j) if one copy of it arrived; G and H are those of `timed`. Attempts are
then independent, so k + 1 is sent with probability Π (1 − G(T_j)) over j ≤ k, whatever the pauses.

Until the first handover there is no answer that could be late: latency is that of a sender to whom
late answers count, with the same sending times. What it costs more are attempts after it.

Exactly one copy arrives if it is of some attempt j, those before were lost, and either it was
answered in time or all n − j that follow are lost too:
Σ pʲ⁻¹ (1−p)(1−d) (H(T_j) + (1 − H(T_j)) pⁿ⁻ʲ). The derivation is ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from simulator.theory.distributions import Cdf
from simulator.theory.guarantees import Expected, collect
from simulator.theory.timed import NEGLIGIBLE, answer_cdf, has_no_end

HOPELESS: Final = 10_000
"""After so many attempts none of which could succeed, none ever will."""


def abandoned_at_least_once(
    *,
    loss: float,
    ack_loss: float,
    timeouts_s: Iterable[float],
    round_trip_cdf: Cdf,
    duplicate: float = 0.0,
) -> Expected:
    """Resend until an attempt is answered within its own timeout, hand over every copy.

    For a receiver that drops duplicates, take `.deduplicated()` of it.

    Args:
        loss: p, probability that a data transmission is lost.
        ack_loss: q, probability that an acknowledgement is lost.
        timeouts_s: How long each attempt waits: a sequence; or, for a sender that never gives up,
            an endless iterator, read until the attempts left out change no result by more than
            10⁻¹⁵ of the attempts expected.
        round_trip_cdf: As for `timed_at_least_once`.
        duplicate: d, probability that the network duplicates a data transmission that survives.

    Raises:
        ValueError: If an argument is out of its range, or if the sender would resend for ever in
            vain.
    """
    answered = answer_cdf(loss, ack_loss, round_trip_cdf, duplicate)
    endless = has_no_end(timeouts_s, "timeouts_s", hopeless=loss == 1 or ack_loss == 1)
    chance, attempts_mean, ends = 1.0, 0.0, []
    for place, timeout in enumerate(timeouts_s):
        wait = np.array([float(timeout)])
        succeeds = float(answered(wait)[0])
        if endless and chance <= NEGLIGIBLE * attempts_mean * succeeds:
            break
        if endless and place == HOPELESS and chance == 1:
            allowed = "long enough for an answer, or end, as no attempt can succeed"
            raise ValueError(f"timeouts_s must be {allowed}, got {timeout!r} at last")
        attempts_mean += chance
        chance *= 1 - succeeds
        ends.append((1 - ack_loss) * float(round_trip_cdf(wait)[0]))
    count = len(ends)
    alone = sum(
        loss**j * (1 - loss) * (end + (1 - end) * (0.0 if endless else loss ** (count - 1 - j)))
        for j, end in enumerate(ends)
    )
    return collect(
        loss=loss,
        duplicate=duplicate,
        attempts_mean=attempts_mean,
        all_lost=0.0 if endless else loss**count,
        gave_up=0.0 if endless else chance,
        arrived_once=(1 - duplicate) * alone,
    )
