"""A tenfold peak, called directly and through a queue."""

from __future__ import annotations

from experiments.catalogue import direct_vs_queue as peak
from experiments.course.facts import Facts
from experiments.course.measured import Tables, claim, first

WORKERS, FEW = 4, 0.01


def facts(measured: Tables) -> Facts:
    """Who is refused, who waits, and when the queue is empty again."""

    def both(metric: str) -> Facts:
        return {
            key: measured("direct_vs_queue", metric, architecture=key, workers=WORKERS)
            for key in ("direct", "queue")
        }

    refused, slowest = both("refused"), both("wait_p99")
    claim("a queue refuses nobody", refused["queue"].mean == 0)
    claim("called directly, some are refused", refused["direct"].low > 0)
    claim("a queue makes wait", slowest["queue"].low > slowest["direct"].high)
    by_workers = measured.over("direct_vs_queue", "refused", "workers", architecture="direct")
    enough = first(by_workers, lambda share: share < FEW)
    return {
        "calm": peak.CALM,
        "peak": peak.PEAK,
        "times": peak.PEAK / peak.CALM,
        "lasts": peak.PEAK_LASTS,
        "service": peak.SERVICE,
        "backlog": peak.BACKLOG,
        "workers": WORKERS,
        "refused": refused,
        "slowest": slowest,
        "drained": measured(
            "direct_vs_queue", "drained_after", architecture="queue", workers=WORKERS
        ),
        "few": FEW,
        "busy": peak.PEAK * peak.SERVICE,
        "enough": enough,
        "then_refused": by_workers[enough],
    }
