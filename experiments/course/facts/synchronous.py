"""The blocked caller, and how far one slow service reaches."""

from __future__ import annotations

from experiments.catalogue import cascading_failure as chain
from experiments.catalogue.sync_vs_async import SERVICE, WINDOW
from experiments.course.facts import Facts
from experiments.course.measured import Measure, Tables, claim

ONE_WAY, NEAR, FACTOR = 0.05, 0.01, 20


def facts(measured: Tables) -> Facts:
    """Throughput of calls that wait, and pings that fail because D is slow."""

    def throughput(style: str, one_way: float) -> Measure:
        return measured("sync_vs_async", "throughput", style=style, one_way=one_way, interval=0.0)

    waits, ten = throughput("blocking", ONE_WAY), throughput("pipelined", ONE_WAY)
    failed, orders = (
        {
            key: measured("cascading_failure", metric, chain=key, factor=FACTOR)
            for key in ("blocking", "queues")
        }
        for metric in ("pings_failed", "orders_failed")
    )
    behind = measured("cascading_failure", "behind", chain="queues", factor=FACTOR)
    can = chain.PREFETCH / (FACTOR * chain.SERVICE)
    claim("while it is slow, D gets more than it can do", can < chain.RATE)
    claim("no order fails in a queue", orders["queues"].mean == 0)
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
        "at_once": chain.PREFETCH,
        "backlog": chain.BACKLOG,
        "patience": chain.CALL.retry.timeout,
        "slow_each": FACTOR * chain.SERVICE,
        "slow_lasts": chain.SLOW_LASTS,
        "failed": failed,
        "orders": orders,
        "rate": chain.RATE,
        "can": can,
        "behind": behind,
        "grown": (chain.RATE - can) * chain.SLOW_LASTS,
        "near": NEAR,
        "near_each": 2 * NEAR + SERVICE,
        "nearer": throughput("blocking", NEAR),
    }
