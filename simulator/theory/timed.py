"""Resending with any delays: exact forms for fixed sending times.

Attempt j is due s_j after the message's creation, 0 = s_1 < s_2 < … < s_n, and the sender gives up
at e. (Growing timeouts and pauses without jitter give such times; jitter does not.) Draw the
outcome of every attempt beforehand, sent or not: its copies and their answers. Let

    H(t) = P(a copy that arrived is answered within t of its attempt's sending) = (1−q) F(t)
    G(t) = P(an attempt is answered within t of its sending) = (1−p) H (1 + d (1−H))

with F the cdf of the round trip. Attempt k + 1 is sent if no answer to the k before it has come by
then, and the outcomes of attempts are independent, so P(k + 1 is sent) = Π (1 − G(s_{k+1} − s_j))
over j ≤ k. The derivation is ours; where F is 1 it gives the closed form of `guarantees`. An answer
at the instant of a timeout counts, so instants are compared to the nanosecond.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np

from simulator.theory.distributions import NANOSECOND, Cdf, FloatArray, first_copy_cdf
from simulator.theory.guarantees import Expected, check_probabilities, collect

NEGLIGIBLE: Final = 1e-15
"""When to stop reading endless sending times: attempts left out, relative to those expected."""


def timed_at_least_once(
    *,
    loss: float,
    ack_loss: float,
    sent_s: Iterable[float],
    end_s: float,
    round_trip_cdf: Cdf,
    duplicate: float = 0.0,
) -> Expected:
    """Resend at fixed times until acknowledged, hand over every copy.

    Args:
        loss: p, probability that a data transmission is lost.
        ack_loss: q, probability that an acknowledgement is lost.
        sent_s: When each attempt is due, from 0, rising: a sequence; or, for a sender that never
            gives up, an endless iterator whose gaps do not shrink. It is read until the attempts
            left out change no result by more than 10⁻¹⁵ of the attempts expected.
        end_s: When the sender gives up; without effect if `sent_s` is endless.
        round_trip_cdf: Distribution of the time from an attempt's sending to the first
            acknowledgement of one of its copies, without loss. If the return link duplicates, that
            is the data's delay plus that of the faster acknowledgement (`first_copy_cdf`).
        duplicate: d, probability that the network duplicates a data transmission that survives.

    Raises:
        ValueError: If an argument is out of its range, or if the sender would resend for ever in
            vain.
    """
    answered = answer_cdf(loss, ack_loss, round_trip_cdf, duplicate)
    endless = has_no_end(sent_s, "sent_s", hopeless=loss == 1 or ack_loss == 1)
    times: list[float] = []
    attempts_mean = 0.0
    for time, chance, answered_since_first in due(sent_s, answered):
        if endless and chance <= NEGLIGIBLE * attempts_mean * answered_since_first:
            break
        times.append(time)
        attempts_mean += chance
    sent = np.array(times)
    all_lost = 0.0 if endless else loss ** len(sent)
    gave_up = 0.0 if endless else float(np.prod(1 - answered(elapsed(end_s, sent))))
    alone = _one_attempt_alone(loss, ack_loss, sent, round_trip_cdf)
    return collect(
        loss=loss,
        duplicate=duplicate,
        attempts_mean=attempts_mean,
        all_lost=all_lost,
        gave_up=gave_up,
        arrived_once=(1 - duplicate) * alone,
    )


def timed_exactly_once(
    *,
    loss: float,
    ack_loss: float,
    sent_s: Iterable[float],
    end_s: float,
    round_trip_cdf: Cdf,
    duplicate: float = 0.0,
) -> Expected:
    """Resend at fixed times, drop duplicates. Otherwise as `timed_at_least_once`."""
    return timed_at_least_once(
        loss=loss,
        ack_loss=ack_loss,
        sent_s=sent_s,
        end_s=end_s,
        round_trip_cdf=round_trip_cdf,
        duplicate=duplicate,
    ).deduplicated()


def answer_cdf(loss: float, ack_loss: float, round_trip_cdf: Cdf, duplicate: float) -> Cdf:
    """Return G: the probability that an attempt is answered within t, below 1 even at infinity."""
    check_probabilities(loss=loss, ack_loss=ack_loss, duplicate=duplicate)
    of_attempt = first_copy_cdf(lambda t: (1 - ack_loss) * round_trip_cdf(t), duplicate)
    return lambda t: (1 - loss) * of_attempt(t)


def has_no_end(times_s: Iterable[float], name: str, *, hopeless: bool) -> bool:
    """Whether times are endless: an iterator, not a sequence. Refuse hopeless ones."""
    endless = not isinstance(times_s, Sequence | np.ndarray)
    if endless and hopeless:
        raise ValueError(f"{name} must end, as no attempt can succeed, got {times_s!r}")
    return endless


def due(sent_s: Iterable[float], answered: Cdf) -> Iterator[tuple[float, float, float]]:
    """Yield the attempts.

    When to stop if they are endless: if gaps do not shrink, P(k + 2 is sent) / P(k + 1 is sent) is
    at most 1 − G(s_{k+2} − s_1), since attempt j + 1 has had no less time to be answered by s_{k+2}
    than attempt j by s_{k+1}. So all attempts from time t on add at most P(sent at t) / G(t − s_1)
    to the expected number. They change no probability by more than P(sent at t), since they have no
    effect unless that attempt is sent.

    Yields:
        When each attempt is due, the probability that it is sent, and the probability that the
        first attempt is answered by then.
    """
    sent = np.empty(0)
    for time in map(float, sent_s):
        if len(sent) and time < sent[-1]:
            raise ValueError(f"sent_s must rise, got {time!r} after {float(sent[-1])!r}")
        by_now = answered(elapsed(time, sent))
        yield time, float(np.prod(1 - by_now)), float(by_now[0]) if len(sent) else 0.0
        sent = np.append(sent, time)


def elapsed(now: float, since: FloatArray) -> FloatArray:
    """Return the time from earlier instants to now, to the nanosecond."""
    return np.round(now - since, NANOSECOND)


def _one_attempt_alone(
    loss: float, ack_loss: float, sent: FloatArray, round_trip_cdf: Cdf
) -> float:
    """Return the probability that the data of exactly one attempt get through.

    If it is attempt j, those before it were sent and lost, pʲ⁻¹; the N sent after it, before its
    answer, are lost too. Summing by parts, E[p^N] = 1 − (1−p) Σ pᵐ⁻¹ P(N ≥ m), and N ≥ m if the
    answer to j had not come when attempt j + m was due, 1 − H(s_{j+m} − s_j).
    """
    powers = loss ** np.arange(len(sent))
    alone = 0.0
    for j, time in enumerate(sent):
        later = -elapsed(time, sent[j + 1 :])
        unanswered = 1 - (1 - ack_loss) * round_trip_cdf(later)
        none_after = 1 - (1 - loss) * float(powers[: len(later)] @ unanswered)
        alone += float(powers[j]) * (1 - loss) * none_after
    return alone
