"""A live run in numbers: beside the simulation with the same draws, or beside independent ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from experiments.reality.comparison import Comparison, Line
from simulator import Crash, Scenario
from simulator.clock import SECOND
from simulator.ledger import COUNTS, NEVER, Ledger
from simulator.live import Fates, LiveRun, Prediction, compare
from simulator.metrics import summarize, tally

MILLISECOND: Final = SECOND // 1000
LATENCIES: Final = ("latency_mean", "latency_p50", "latency_p95", "latency_p99")
MEANS: Final = ("cost", *LATENCIES)
"""What is no sum over messages, and of which chance is not judged."""

CHANCE: Final = 4.0
"""How many standard deviations of one run are left to chance; of a rare count, as many messages."""

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Beside:
    """A live run, beside the simulation of it with the same draws.

    Attributes:
        scenario: What was run.
        run: The live run.
        prediction: The simulation of it.
        fates: Which messages met the same fate.
    """

    scenario: Scenario
    run: LiveRun
    prediction: Prediction
    fates: Fates

    @classmethod
    def of(cls, scenario: Scenario, run: LiveRun, prediction: Prediction) -> Beside:
        """Compare both."""
        fates = compare(run, prediction)
        return cls(scenario=scenario, run=run, prediction=prediction, fates=fates)

    @property
    def measured(self) -> Ledger:
        """The measured ledger."""
        assert self.run.ledger is not None  # noqa: S101 - a live run keeps its ledger
        return self.run.ledger

    @property
    def is_certain(self) -> bool:
        """Whether no row differs of which nothing follows: then sums are the network's own."""
        proves_nothing = self.fates.too_close | self.fates.mislaid
        return not bool((proves_nothing & ~self.fates.equal).any())

    @property
    def late_ms(self) -> FloatArray:
        """How late the machine was, each time that anything was due."""
        return self.run.lateness.late_ns / MILLISECOND

    @property
    def longer_ms(self) -> FloatArray:
        """Measured less simulated latency; NaN unless the message arrived in both.

        Shape (messages,).
        """
        both = [
            ledger.kept("delivered_after") for ledger in (self.measured, self.prediction.ledger)
        ]
        has_both = (both[0] != NEVER) & (both[1] != NEVER)
        return np.where(has_both, (both[0] - both[1]) / MILLISECOND, np.nan)


def latencies_ms(ledger: Ledger) -> FloatArray:
    """Return the latencies of the messages that arrived, in milliseconds."""
    after = ledger.kept("delivered_after")
    return np.asarray(after[after != NEVER] / MILLISECOND)


def same_draws(beside: Beside) -> Comparison:
    """Return the table of a run and the simulation with the same draws."""
    pair = [
        _numbers(beside.scenario, ledger) for ledger in (beside.measured, beside.prediction.ledger)
    ]
    measured, simulated = pair
    lines = [_line(name, measured[name], simulated[name]) for name in measured]
    return Comparison(title="live", lines=_known(lines))


def own_draws(beside: Beside, replications: Sequence[Ledger]) -> Comparison:
    """Return the table of a run and independent replications: their mean, and how far one strays.

    Args:
        beside: The live run.
        replications: The ledgers of the others.
    """
    measured = _numbers(beside.scenario, beside.measured)
    others = [_numbers(beside.scenario, ledger) for ledger in replications]
    lines = []
    for name in measured:
        found = np.array([numbers[name] for numbers in others])
        found = found[~np.isnan(found)]
        mean = float(found.mean()) if len(found) else math.nan
        spread = None if name in MEANS else float(found.std(ddof=1))
        lines.append(_line(name, measured[name], mean, spread))
    return Comparison(title="live_own", lines=_known(lines), values=(("runs", str(len(others))),))


def beyond_chance(beside: Beside, comparison: Comparison) -> list[str]:
    """Name the lines of which chance is no explanation; what never varies has to be equal.

    None are named where the machine has changed a row, and so the sums.
    """
    if not beside.is_certain:
        return []
    return [
        line.name
        for line in comparison.lines
        if isinstance(line, Line)
        and line.spread is not None
        and abs(line.difference) > (CHANCE * max(line.spread, 1.0) if line.spread else 0)
    ]


def _numbers(scenario: Scenario, ledger: Ledger) -> dict[str, float]:
    """Return what is compared of a ledger, by name."""
    sums = tally(ledger)
    summary = summarize(sums)
    found: dict[str, float] = {name: int(ledger[name].sum()) for name in COUNTS}
    found["lost"] = sums.lost
    found["duplicates"] = sums.extra
    found["in_doubt"] = sums.in_doubt
    if scenario.horizon is not None:
        found["undecided"] = sums.messages - sums.decided
    if any(isinstance(action, Crash) for action in getattr(scenario.adversary, "actions", ())):
        knows = ledger["belief"] == "acknowledged"
        found["acknowledged_lost"] = int((knows & (ledger["effects"] == 0)).sum())
        found["handled_twice"] = int((ledger["handovers"] > 1).sum())
    return found | {name: summary[name] for name in MEANS}


def _known(lines: Sequence[Line]) -> list[Line]:
    """Leave out what is known of neither: a mean over no messages."""
    return [line for line in lines if math.isfinite(line.measured) or math.isfinite(line.simulated)]


def _line(name: str, measured: float, simulated: float, spread: float | None = None) -> Line:
    is_time = name in LATENCIES
    factor = 1000 if is_time else 1
    return Line(
        name=name,
        measured=factor * measured,
        simulated=factor * simulated,
        spread=spread,
        unit="ms" if is_time else "",
    )
