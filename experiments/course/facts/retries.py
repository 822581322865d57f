"""The chapter's retry, second by second, and what its pauses are for."""

from __future__ import annotations

from experiments.course.facts import Facts
from experiments.course.measured import Tables, claim, least
from experiments.course.runs import all_lost, without_timeout
from experiments.course.stories import CHAPTER

LOSS, CLIENTS, MORE = 0.2, 50, 5


def facts(measured: Tables) -> Facts:
    """When attempts are sent, which policy waits and sends least, and what jitter saves."""
    sent, gave_up = all_lost(CHAPTER.max_attempts or 0)
    more_sent, more_gave_up = all_lost(MORE)
    waits, sends = (
        measured.over("retry_policies", metric, "backoff", loss=LOSS, late_answers="accept")
        for metric in ("latency_mean", "cost")
    )
    calls, until = (
        measured.over("jitter_contention", metric, "backoff", messages=CLIENTS)
        for metric in ("attempts", "duration")
    )
    fastest, cheapest = least(waits), least(sends)
    claim("without a pause a message arrives soonest", fastest == "none")
    claim("and more is sent", sends["none"].low > sends[cheapest].high)
    claim(
        "without a pause everybody calls most", calls["none"].low > calls["exponential_10ms"].high
    )
    claim("jitter saves calls", calls["full_jitter"].high < calls["exponential_10ms"].low)
    claim("jitter saves time", until["full_jitter"].high < until["exponential_10ms"].low)
    pauses = [CHAPTER.backoff.pause_after(k, 0.0, 0.0) for k in range(1, len(sent) + 1)]
    return {
        "timeout": CHAPTER.timeout,
        "attempts": len(sent),
        "pauses": pauses,
        "sent": sent,
        "gave_up": gave_up,
        "more": MORE,
        "more_sent": more_sent,
        "more_gave_up": more_gave_up,
        "loss": LOSS,
        "waits": waits,
        "sends": sends,
        "waits_least": fastest,
        "sends_least": cheapest,
        "silent": without_timeout(loss=LOSS),
        "clients": CLIENTS,
        "calls": calls,
        "until": until,
    }
