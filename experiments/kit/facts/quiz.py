"""What the quiz asks beyond what the pages show."""

from __future__ import annotations

from experiments.kit.facts import Facts
from experiments.kit.facts.synchronous import FACTOR
from experiments.kit.measured import Tables

LOSS, DEPOSIT_LOSS = 0.4, 0.2


def facts(measured: Tables) -> Facts:
    """A worse link; and what is wrong, yet was measured elsewhere or may well be believed."""
    blocking = {
        factor: measured("cascading_failure", "pings_failed", chain="blocking", factor=factor)
        for factor in (5, 10, FACTOR)
    }
    queues = measured("cascading_failure", "pings_failed", chain="queues", factor=FACTOR)
    return {
        "loss": LOSS,
        "lost": measured(
            "delivery_guarantees",
            "loss_rate",
            guarantee="at_least_once",
            retry="chapter",
            loss=LOSS,
        ),
        "failed": {
            "true": blocking[FACTOR],
            "others": [queues, *(blocking[factor] for factor in (5, 10))],
        },
        "naive_balance": 1 + 2 * DEPOSIT_LOSS,
    }
