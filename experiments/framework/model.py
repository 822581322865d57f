"""A model: a network of an experiment's own, as a value, and what is measured on it.

A `Scenario` is one sender and one receiver. Where the question is about more, an experiment writes
its network in its own file: a frozen dataclass with `measure`, whose fields are what can be swept.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any, ClassVar, Protocol, Self, runtime_checkable

from experiments.framework.metric import Metric
from simulator import encoding
from simulator.fields import COUNT, Checked, checked
from simulator.metrics import METRICS, UNITS
from simulator.protocols import AtLeastOnce, AtMostOnce, BestEffort, ExactlyOnce, Guarantee
from simulator.scenario import Scenario, replace_at
from simulator.simulation import simulate
from simulator.validation import seed_of

Measures = Mapping[str, float | list[float]]
"""What a run gave: numbers by the name of their metric, lists by the name of their series."""


@runtime_checkable
class Runnable(Protocol):
    """What an experiment can run: a `Scenario`, or a `Model`."""

    @property
    def messages(self) -> int:
        """How many messages a run has."""

    @property
    def seed(self) -> int:
        """Seed of all randomness."""

    @property
    def identity(self) -> str:
        """A digest of all that the run depends on but the code."""

    def replace(self, path: str, value: Any) -> Self:
        """Return the same but for one value."""

    def to_toml(self) -> str:
        """Return it as text."""


@dataclass(frozen=True, kw_only=True)
class Model(Checked):
    """A network to run, as a value. Subclasses add fields, and say what they measure.

    Attributes:
        messages: Size of a run, in what `unit` says.
        seed: Seed of all randomness.
    """

    messages: int = field(default=1_000, metadata=COUNT)
    seed: int = field(default=1, metadata=checked(seed_of))

    metrics: ClassVar[tuple[Metric, ...]] = ()
    series: ClassVar[tuple[Metric, ...]] = ()
    unit: ClassVar[str] = "messages"

    def measure(self, replication: int) -> Measures:
        """Run the network once, and return every metric and series."""
        raise NotImplementedError

    @property
    def times(self) -> tuple[float, ...]:
        """The instants of the series, in seconds."""
        return ()

    def replace(self, path: str, value: Any) -> Self:
        """Return the same model but for one value, at a place such as "retry.timeout"."""
        changed: Self = replace_at(self, path, value)
        return changed

    def to_toml(self) -> str:
        """Write the model as canonical TOML."""
        return encoding.to_toml(self)

    @cached_property
    def identity(self) -> str:
        """SHA-256 of its name and canonical TOML."""
        return sha256(f"{type(self).__qualname__}\n{self.to_toml()}".encode()).hexdigest()


def measure(runnable: Runnable, replication: int) -> dict[str, float | list[float]]:
    """Run a scenario or a model once.

    Raises:
        ValueError: If a model measured less than it says.
    """
    if isinstance(runnable, Scenario):
        summary = simulate(runnable, replication=replication).summary
        remembered = receiver_remembers(runnable.guarantee, summary["loss_rate"])
        return {**summary, "receiver_remembers": remembered}
    assert isinstance(runnable, Model)  # noqa: S101 - Experiment holds that
    measured = dict(runnable.measure(replication))
    if missing := missing_in(measured, runnable):
        raise ValueError(f"{type(runnable).__name__}.measure must return {', '.join(missing)}")
    return measured


def receiver_remembers(guarantee: Guarantee, loss_rate: float) -> float:
    """Return how many identifiers the receiver remembers in the end, per message.

    One that drops duplicates remembers each message that came, for good. NaN where it forgets some,
    or where the guarantee is a student's own: how many it remembers, a ledger does not say.
    """
    match guarantee:
        case BestEffort() | AtLeastOnce():
            return 0.0
        case AtMostOnce() | ExactlyOnce(window=None, max_age=None):
            return 1 - loss_rate
        case _:
            return math.nan


def measure_all(
    task: tuple[Runnable, tuple[tuple[int, str], ...]],
) -> list[tuple[str, dict[str, float | list[float]]]]:
    """Measure replications, each of which has a key; return the keys with their results.

    This is what a worker does. It stands here so that a worker starts quickly: nothing that draws
    or keeps results is loaded for it.
    """
    runnable, replications = task
    return [(key, measure(runnable, replication)) for replication, key in replications]


def missing_in(measured: Measures, runnable: Runnable) -> list[str]:
    """Return the names of the metrics and series that a run of a scenario or model should have."""
    missing = [name for name in metrics_of(runnable) if isinstance(measured.get(name, []), list)]
    if isinstance(runnable, Model):
        for name in runnable.series:
            series = measured.get(name)
            if not isinstance(series, list) or len(series) != len(runnable.times):
                missing.append(name)
    return missing


def metrics_of(runnable: Runnable) -> tuple[str, ...]:
    """Return the names of what is measured."""
    return runnable.metrics if isinstance(runnable, Model) else (*METRICS, "receiver_remembers")


def unit_of_metric(runnable: Runnable, name: str) -> str:
    """Return the unit of what is measured; empty: a plain number."""
    own = (*runnable.metrics, *runnable.series) if isinstance(runnable, Model) else ()
    return next((one.unit for one in own if one == name), UNITS.get(name, ""))


def unit_of(runnable: Runnable) -> str:
    """Return what its size counts, in English."""
    return runnable.unit if isinstance(runnable, Model) else "messages"
