"""Closed forms for the scenarios of the catalogue: from a scenario to the numbers of `theory`.

They apply where losses are independent, delays constant or exponential, and pauses without jitter;
elsewhere they are NaN, and nothing is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import count

from simulator import theory
from simulator.conditions import Constant, Exponential, GilbertElliott, Link
from simulator.policies import DecorrelatedJitter, Retry
from simulator.protocols import AtLeastOnce, AtMostOnce, BestEffort, ExactlyOnce
from simulator.scenario import Scenario


def metric(name: str) -> Callable[[Scenario], float]:
    """Return the closed form of a metric that `theory.Expected` has."""

    def closed_form(scenario: Scenario) -> float:
        expected = expected_of(scenario)
        return math.nan if expected is None else float(getattr(expected, name))

    return closed_form


def stationary_loss(scenario: Scenario) -> float:
    """Return the long-run loss of a message that is sent once over a link with bursts."""
    loss = scenario.link.loss
    if not isinstance(loss, GilbertElliott) or not isinstance(scenario.guarantee, AtMostOnce):
        return math.nan
    return theory.gilbert_elliott_rate(
        p=loss.p, r=loss.r, loss_bad=loss.loss_bad, loss_good=loss.loss_good
    )


def latency_mean(scenario: Scenario) -> float:
    """Return the expected latency of a message that is handed over."""
    wait = _latency(scenario)
    return math.nan if wait is None else wait.mean()


def latency_p99(scenario: Scenario) -> float:
    """Return the 99th percentile of the latency; NaN where a sample cannot determine it."""
    wait = _latency(scenario)
    if wait is None:
        return math.nan
    return _steady_quantile(wait, 0.99, scenario.messages)


@lru_cache(maxsize=4096)
def expected_of(scenario: Scenario) -> theory.Expected | None:
    """Return what to expect of one message of a scenario; None where no closed form applies."""
    link, back, guarantee = scenario.link, scenario.link_back, scenario.guarantee
    if scenario.horizon is not None or not isinstance(link.loss, float):
        return None
    if isinstance(guarantee, BestEffort):
        return theory.best_effort(loss=link.loss, duplicate=link.duplicate)
    if isinstance(guarantee, AtMostOnce):
        return theory.at_most_once(loss=link.loss, duplicate=link.duplicate)
    round_trip = _round_trip(link, back)
    if not isinstance(guarantee, AtLeastOnce | ExactlyOnce) or round_trip is None:
        return None
    if not isinstance(back.loss, float) or back.duplicate or _is_spread(guarantee.retry):
        return None
    retry = guarantee.retry
    at_least_once = isinstance(guarantee, AtLeastOnce)
    if retry.late_answers == "ignore":
        expected = theory.abandoned_at_least_once(
            loss=link.loss,
            ack_loss=back.loss,
            timeouts_s=_timeouts(retry),
            round_trip_cdf=round_trip,
            duplicate=link.duplicate,
        )
        return expected if at_least_once else expected.deduplicated()
    form = theory.timed_at_least_once if at_least_once else theory.timed_exactly_once
    return form(
        loss=link.loss,
        ack_loss=back.loss,
        sent_s=_sendings(retry),
        end_s=_end(retry),
        round_trip_cdf=round_trip,
        duplicate=link.duplicate,
    )


@lru_cache(maxsize=4096)
def _latency(scenario: Scenario) -> theory.Wait | None:
    link, guarantee = scenario.link, scenario.guarantee
    delay = _delay(link)
    if scenario.horizon is not None or not isinstance(link.loss, float) or delay is None:
        return None
    retry = getattr(guarantee, "retry", None)
    if isinstance(retry, Retry) and _is_spread(retry):
        return None
    sent = _sendings(retry) if isinstance(retry, Retry) else [0.0]
    return theory.latency(loss=link.loss, sent_s=sent, delay_cdf=delay, duplicate=link.duplicate)


def _steady_quantile(wait: theory.Wait, level: float, messages: int) -> float:
    """Return a quantile, or NaN where a sample could not determine it.

    Between two attempts hardly any message arrives. A quantile that falls there jumps from one
    attempt to the next with a few messages, and the mean of such quantiles is neither.
    """
    error = 2 * math.sqrt(level * (1 - level) / messages)
    low, high = wait.quantile(level - error), wait.quantile(min(level + error, 1 - 1e-9))
    return wait.quantile(level) if high <= 1.25 * low else math.nan


def _delay(link: Link) -> theory.Cdf | None:
    delay = link.delay
    if isinstance(delay, Constant):
        return theory.constant_cdf(delay.seconds)
    if isinstance(delay, Exponential):
        return theory.exponential_cdf(delay.mean, delay.minimum)
    return None


def _round_trip(link: Link, back: Link) -> theory.Cdf | None:
    there, again = link.delay, back.delay
    if isinstance(there, Constant) and isinstance(again, Constant):
        return theory.constant_cdf(there.seconds + again.seconds)
    if isinstance(there, Exponential) and isinstance(again, Exponential):
        least = there.minimum + again.minimum
        return theory.two_exponentials_cdf(there.mean, again.mean, least)
    return None


def _is_spread(retry: Retry) -> bool:
    """Whether draws decide when attempts are sent, or a deadline cuts them short."""
    jitter = getattr(retry.backoff, "jitter", "none")
    spread = isinstance(retry.backoff, DecorrelatedJitter) or jitter != "none"
    return spread or retry.deadline is not None


def _times(retry: Retry) -> Iterator[tuple[float, float]]:
    """Go through the attempts: when each is due, and when its timeout ends, from creation."""
    sent = pause = 0.0
    for attempt in count(1):
        end = sent + retry.timeout_of(attempt)
        yield round(sent, 9), round(end, 9)
        pause = retry.backoff.pause_after(attempt, pause, 0.0)
        sent = end + pause


def _sendings(retry: Retry) -> list[float] | Iterator[float]:
    if retry.max_attempts is None:
        return (sent for sent, _ in _times(retry))
    return [sent for (sent, _), _ in zip(_times(retry), range(retry.max_attempts), strict=False)]


def _timeouts(retry: Retry) -> list[float] | Iterator[float]:
    if retry.max_attempts is None:
        return map(retry.timeout_of, count(1))
    return [retry.timeout_of(attempt) for attempt in range(1, retry.max_attempts + 1)]


def _end(retry: Retry) -> float:
    if retry.max_attempts is None:
        return math.inf
    return next(end for k, (_, end) in enumerate(_times(retry), 1) if k == retry.max_attempts)
