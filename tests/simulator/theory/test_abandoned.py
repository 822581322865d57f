"""Attempts that are abandoned: against closed forms, enumeration and the simulator."""

from fractions import Fraction
from itertools import product, repeat
from math import isclose, sqrt

import numpy as np
import pytest

from simulator import (
    AtLeastOnce,
    ConstantBackoff,
    ExactlyOnce,
    Exponential,
    Link,
    Retry,
    Scenario,
    simulate,
    theory,
)
from tests.simulator.theory.test_timed import FIELDS

CASES = [(0.2, 0.2, 3), (0.5, 0.1, 5), (1.0, 0.5, 2), (0.0, 1.0, 4), (0.0, 0.0, 1)]


@pytest.mark.parametrize("duplicate", [0.0, 0.3])
@pytest.mark.parametrize(("p", "q", "n"), CASES)
def test_a_timeout_longer_than_any_round_trip_gives_the_closed_form(p, q, n, duplicate):
    short = theory.at_least_once(loss=p, ack_loss=q, attempts=n, duplicate=duplicate)
    abandoned = theory.abandoned_at_least_once(
        loss=p,
        ack_loss=q,
        timeouts_s=[0.2] * n,  # an answer at the very instant of the timeout counts
        round_trip_cdf=theory.constant_cdf(0.1 + 0.1),
        duplicate=duplicate,
    )
    for name in FIELDS:
        given, expected = getattr(abandoned, name), getattr(short, name)
        assert isclose(given, expected, rel_tol=1e-12, abs_tol=1e-15), name


def test_endless_attempts_give_the_closed_form_too():
    short = theory.at_least_once(loss=0.3, ack_loss=0.2, attempts=None)
    abandoned = theory.abandoned_at_least_once(
        loss=0.3, ack_loss=0.2, timeouts_s=repeat(0.2), round_trip_cdf=theory.constant_cdf(0.1)
    )
    for name in FIELDS:
        assert isclose(getattr(abandoned, name), getattr(short, name), rel_tol=1e-9), name


def enumerated(p, q, fast, n):
    """Go through all outcomes: of each attempt, its data lost, its answer lost, fast or late."""
    attempts = twice = in_doubt = duplicates = Fraction(0)
    outcomes = [("lost", p), ("silent", (1 - p) * q)]
    outcomes += [("fast", (1 - p) * (1 - q) * fast), ("late", (1 - p) * (1 - q) * (1 - fast))]
    for world in product(outcomes, repeat=n):
        names = [name for name, _ in world]
        weight = Fraction(1)
        for _, chance in world:
            weight *= chance
        made = names.index("fast") + 1 if "fast" in names else n
        arrived = sum(name != "lost" for name in names[:made])
        attempts += weight * made
        twice += weight * (arrived >= 2)
        duplicates += weight * max(arrived - 1, 0)
        in_doubt += weight * ("fast" not in names and arrived > 0)
    return {
        "attempts_mean": attempts,
        "duplicated_rate": twice,
        "duplicate_rate": duplicates,
        "in_doubt_rate": in_doubt,
        "loss_rate": p**n,
        "cost": attempts + (1 - p) * attempts,
    }


@pytest.mark.parametrize("n", [1, 2, 4])
def test_every_outcome_one_by_one(n):
    """A round trip is fast in 3 of 4 cases, and then in time."""
    p, q, fast = Fraction(1, 5), Fraction(1, 10), Fraction(3, 4)
    computed = theory.abandoned_at_least_once(
        loss=float(p),
        ack_loss=float(q),
        timeouts_s=[0.2] * n,
        round_trip_cdf=lambda t: float(fast) * (t >= 0.1) + float(1 - fast) * (t >= 9.0),
    )
    for name, expected in enumerated(p, q, fast, n).items():
        assert isclose(getattr(computed, name), float(expected), rel_tol=1e-12), name


@pytest.mark.parametrize("guarantee", [AtLeastOnce, ExactlyOnce], ids=lambda g: g.__name__)
@pytest.mark.parametrize("duplicate", [0.0, 0.25])
def test_the_simulator_agrees_within_its_standard_errors(guarantee, duplicate):
    retry = Retry(
        timeout=0.1,
        timeout_factor=1.5,
        backoff=ConstantBackoff(0.05),
        max_attempts=4,
        late_answers="ignore",
    )
    scenario = Scenario(
        guarantee=guarantee(retry=retry),
        link=Link(delay=Exponential(mean=0.05), loss=0.2, duplicate=duplicate),
        return_link=Link(delay=Exponential(mean=0.03), loss=0.1),
        messages=20_000,
    )
    expected = theory.abandoned_at_least_once(
        loss=0.2,
        ack_loss=0.1,
        timeouts_s=[retry.timeout_of(k) for k in range(1, 5)],
        round_trip_cdf=theory.two_exponentials_cdf(0.05, 0.03),
        duplicate=duplicate,
    )
    if guarantee is ExactlyOnce:
        expected = expected.deduplicated()
    runs = [simulate(scenario, replication=k).summary for k in range(30)]
    for metric in FIELDS:
        values = np.array([run[metric] for run in runs])
        error = max(values.std(ddof=1) / sqrt(len(values)), 1e-9)
        assert abs(values.mean() - getattr(expected, metric)) < 4 * error, metric


def test_late_answers_change_no_latency_and_no_loss():
    """Until the first handover there is no answer that could be late."""
    retry = Retry(timeout=0.1, backoff=ConstantBackoff(0.05), max_attempts=4)
    scenario = Scenario(
        guarantee=AtLeastOnce(retry=retry),
        link=Link(delay=Exponential(mean=0.05), loss=0.2),
        messages=5_000,
    )
    ignoring = scenario.replace("guarantee.retry.late_answers", "ignore")
    accepted, ignored = simulate(scenario).ledger, simulate(ignoring).ledger
    assert np.array_equal(accepted["delivered_s"], ignored["delivered_s"], equal_nan=True)
    assert accepted["attempts"].sum() < ignored["attempts"].sum()


@pytest.mark.parametrize(("p", "q"), [(1.0, 0.0), (0.0, 1.0)])
def test_endless_attempts_in_vain_are_refused(p, q):
    with pytest.raises(ValueError, match="timeouts_s must end"):
        theory.abandoned_at_least_once(
            loss=p, ack_loss=q, timeouts_s=repeat(0.2), round_trip_cdf=theory.constant_cdf(0.1)
        )


def test_endless_attempts_that_are_always_late_are_refused():
    with pytest.raises(ValueError, match="timeouts_s must be long enough for an answer"):
        theory.abandoned_at_least_once(
            loss=0.1, ack_loss=0.1, timeouts_s=repeat(0.2), round_trip_cdf=theory.constant_cdf(0.3)
        )
