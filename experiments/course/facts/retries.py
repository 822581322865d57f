"""The chapter's retry, second by second, and what its pauses are for."""

from __future__ import annotations

from experiments.course.facts import Facts
from experiments.course.measured import Tables, claim, least
from experiments.course.runs import WORK, all_lost, slow_server, without_timeout
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
    accepted, ignored = (slow_server(late) for late in ("accept", "ignore"))
    claim("late answers that count answer more calls", accepted[0].low > ignored[0].high)
    claim("and spare handlings", accepted[1].high < ignored[1].low)
    late = {
        metric: measured.over(
            "retry_policies", metric, "late_answers", loss=LOSS, backoff="exponential"
        )
        for metric in ("duplicate_rate", "latency_mean")
    }
    claim("late answers change no latency", len(set(late["latency_mean"].values())) == 1)
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
        "work": WORK,
        "accepted": accepted[0],
        "ignored": ignored[0],
        "accepted_handlings": accepted[1],
        "ignored_handlings": ignored[1],
        "late_duplicates": late["duplicate_rate"],
        "clients": CLIENTS,
        "calls": calls,
        "until": until,
    }
