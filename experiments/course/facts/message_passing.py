"""What an unreliable network does to messages."""

from __future__ import annotations

from experiments.catalogue.bursty_loss import EXPERIMENT, RATE
from experiments.course.facts import Facts
from experiments.course.measured import Tables, claim

ALONE, LONG, LONGEST = 1.11, 32, 50  # mean length of a burst, in transmissions


def facts(measured: Tables) -> Facts:
    """Sent once, sent up to three times; losses alone, losses in bursts."""
    retry = EXPERIMENT.sweep["guarantee"]["at_least_once"].retry
    lost = measured.over("bursty_loss", "loss_rate", "loss", guarantee="at_least_once")
    once = measured("bursty_loss", "loss_rate", guarantee="at_most_once", loss=ALONE)
    alone, longest = lost[ALONE], lost[LONGEST]
    claim("losses in bursts defeat more retries", longest.low > alone.high)
    claim("retries help", alone.high < once.low)
    return {
        "rate": RATE,
        "attempts": retry.max_attempts,
        "burst": LONGEST,
        "long": LONG,
        "once": once,
        "alone": alone,
        "longest": longest,
        "worse": longest.mean / alone.mean,
        "usual": measured("bursty_loss", "latency_mean", guarantee="at_most_once", loss=ALONE),
        "slow": measured("bursty_loss", "latency_p99", guarantee="at_most_once", loss=ALONE),
        "ten_thousand": 10_000,
        "alone_of": 10_000 * alone.mean,
        "long_of": 10_000 * lost[LONG].mean,
    }
