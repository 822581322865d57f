"""How the numbers were made."""

from __future__ import annotations

from experiments.catalogue import load
from experiments.course.facts import Facts
from experiments.course.measured import Tables


def facts(measured: Tables) -> Facts:
    """Take one measurement, to show how each is put into words."""
    base = load("delivery_guarantees").base
    shown = measured("delivery_guarantees", "loss_rate", guarantee="at_most_once", loss=0.2)
    return {"loss": 0.2, "messages": base.messages, "shown": shown}
