"""Policies that meet the same luck are compared far more surely than on luck of their own."""

from simulator import (
    AtLeastOnce,
    ConstantBackoff,
    Exponential,
    ExponentialBackoff,
    Link,
    Retry,
    Scenario,
    simulate,
)
from simulator.statistics import paired_difference, unpaired_difference


def latencies(backoff, seed):
    scenario = Scenario(
        guarantee=AtLeastOnce(retry=Retry(timeout=0.2, backoff=backoff, max_attempts=5)),
        link=Link(delay=Exponential(mean=0.05), loss=0.2),
        messages=10_000,
        seed=seed,
    )
    return [
        simulate(scenario, replication=replication).summary["latency_mean"]
        for replication in range(30)
    ]


def test_a_paired_interval_is_at_least_three_times_narrower():
    constant = latencies(ConstantBackoff(0.1), seed=1)
    exponential = latencies(ExponentialBackoff(base=0.1), seed=1)
    paired = paired_difference(exponential, constant)
    unpaired = unpaired_difference(exponential, constant)
    assert unpaired.half_width >= 3 * paired.half_width
    elsewhere = unpaired_difference(latencies(ExponentialBackoff(base=0.1), seed=2), constant)
    assert elsewhere.half_width >= 3 * paired.half_width
    assert elsewhere.low <= paired.high
    assert paired.low <= elsewhere.high
