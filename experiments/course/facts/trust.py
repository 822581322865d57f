"""How far the simulator itself can be trusted."""

from __future__ import annotations

from experiments.catalogue.queueing_validation import EXPERIMENT, SERVICE
from experiments.course.facts import Facts
from experiments.course.measured import Tables, claim

CLOSE = 0.05


def facts(measured: Tables) -> Facts:
    """Waits in simulated queues, as multiples of what theory says."""
    ratios = measured.over("queueing_validation", "wait", "system")
    claim("queues wait as theory says", all(abs(r.mean - 1) < CLOSE for r in ratios.values()))
    system = EXPERIMENT.sweep["system"]["mm1_80"]
    return {
        "ratios": ratios,
        "service": SERVICE,
        "utilization": system.utilization,
        "expected": system.expected().wait,
        "waited": ratios["mm1_80"].mean * system.expected().wait,
        "customers": EXPERIMENT.base.messages,
    }
