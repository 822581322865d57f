"""What the quiz asks beyond what the pages show."""

from __future__ import annotations

from experiments.course.facts import Facts
from experiments.course.measured import Tables

LOSS, DEPOSIT_LOSS = 0.4, 0.2


def facts(measured: Tables) -> Facts:
    """A worse link; and what is wrong, yet may well be believed."""
    return {
        "loss": LOSS,
        "lost": measured(
            "delivery_guarantees",
            "loss_rate",
            guarantee="at_least_once",
            retry="chapter",
            loss=LOSS,
        ),
        "naive_balance": 1 + 2 * DEPOSIT_LOSS,
    }
