"""The chapter's four errors, and what answers each."""

from __future__ import annotations

from experiments.catalogue import circuit_breaker as outage
from experiments.catalogue.idempotency import AMOUNT
from experiments.course.facts import Facts
from experiments.course.measured import Tables, claim
from experiments.course.stories import CHAPTER

LOSS, AFTER = 0.2, 0.2


def facts(measured: Tables) -> Facts:
    """Late, refused, lost, duplicated."""
    hedged = {
        servers: measured("hedged_requests", "latency_p99", servers=servers, after=AFTER)
        for servers in (1, 2)
    }
    storm = outage.RATE * (outage.IMMEDIATE.max_attempts or 0)
    load = measured.over("circuit_breaker", "load_after", "carried")
    good = measured.over("circuit_breaker", "goodput_after", "carried")
    lost = measured.over(
        "delivery_guarantees", "loss_rate", "retry", guarantee="at_least_once", loss=LOSS
    )
    balance = measured.over("idempotency", "balance", "deposits", loss=LOSS)
    claim("another server makes slow replies rare", hedged[2].high < hedged[1].low)
    claim("the storm outlives its cause", good["backoff"].high < outage.RATE / 10)
    for ends in ("budget", "breaker", "store"):
        claim(f"{ends} ends the storm", good[ends].low > 0.9 * outage.RATE)
    for pauses in ("backoff", "jitter"):
        claim(f"{pauses} does not lighten the load", load[pauses].high > 0.95 * storm)
    claim("patience loses less", lost["patient"].high < lost["chapter"].low)
    claim("patience loses none", lost["patient"].mean == 0)
    claim("at least once deposits too much", balance["at_least_once"].low > 1)
    claim("keys make it right", abs(balance["idempotent"].mean - 1) < 0.01)  # noqa: PLR2004 - nearly
    return {
        "after": AFTER,
        "hedged": hedged,
        "more_work": measured("hedged_requests", "asked", servers=2, after=AFTER).mean - 1,
        "rate": outage.RATE,
        "can": outage.WORKERS / outage.SERVICE,
        "lasts": outage.OUTAGE_LASTS,
        "most_attempts": outage.IMMEDIATE.max_attempts,
        "storm": storm,
        "once": measured("delivery_guarantees", "loss_rate", guarantee="at_most_once", loss=LOSS),
        "retry": CHAPTER,
        "load": load,
        "good": good,
        "answered": measured.over("circuit_breaker", "answered", "carried"),
        "loss": LOSS,
        "lost": lost,
        "cost": measured.over(
            "delivery_guarantees", "cost", "retry", guarantee="at_least_once", loss=LOSS
        ),
        "amount": AMOUNT,
        "balance": balance,
    }
