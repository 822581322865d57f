"""The blocked caller, and how far one slow service reaches."""

from __future__ import annotations

from experiments.catalogue import cascading_failure as chain
from experiments.catalogue.sync_vs_async import SERVICE, WINDOW
from experiments.course.facts import Facts
from experiments.course.measured import Tables, claim

ONE_WAY, NEAR, FACTOR = 0.05, 0.01, 20


def facts(measured: Tables) -> Facts:
    """Throughput of calls that wait, and pings that fail because D is slow."""
    waits = measured("sync_vs_async", "throughput", style="blocking", one_way=ONE_WAY)
    ten = measured("sync_vs_async", "throughput", style="pipelined", one_way=ONE_WAY)
    failed = {
        key: measured("cascading_failure", "pings_failed", chain=key, factor=FACTOR)
        for key in ("blocking", "queues")
    }
    claim("ten calls at a time do better than one", ten.low > waits.high)
    claim("some pings fail, and not all", 0 < failed["blocking"].low <= failed["blocking"].high < 1)
    claim("queues stop the cascade", failed["queues"].high < failed["blocking"].low)
    return {
        "one_way": ONE_WAY,
        "service": SERVICE,
        "each": 2 * ONE_WAY + SERVICE,
        "waits": waits,
        "window": WINDOW,
        "pipelined": ten,
        "factor": FACTOR,
        "workers": chain.WORKERS,
        "slow_lasts": chain.SLOW_LASTS,
        "failed": failed,
        "near": NEAR,
        "near_each": 2 * NEAR + SERVICE,
        "nearer": measured("sync_vs_async", "throughput", style="blocking", one_way=NEAR),
    }
