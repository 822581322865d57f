"""Empirical delays: samples measured on a real network, drawn with replacement."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import numpy as np

from simulator.conditions.delay import FloatArray
from simulator.fields import Checked, checked
from simulator.reading import read_column
from simulator.validation import number, parts, refuse


def _samples(name: str, value: Any) -> tuple[float, ...]:
    allowed = "delays in seconds, at least one"
    samples = parts(name, value, allowed)
    if not samples:
        refuse(name, value, allowed)
    return tuple(sorted(number(name, sample, low=0) for sample in samples))


@dataclass(frozen=True, slots=True, kw_only=True)
class Empirical(Checked):
    """One of the samples, each equally likely.

    Attributes:
        samples: Measured delays in seconds, at least one; kept in rising order.
    """

    samples: Sequence[float] = field(metadata=checked(_samples))

    @classmethod
    def from_csv(cls, path: str | Path, *, column: str) -> Self:
        """Read the samples from a column of a CSV file with a header, in seconds.

        The file is text in UTF-8, with or without a byte-order mark; values are separated by commas
        and have a decimal point.

        Raises:
            ValueError: If the file cannot be read, the column is missing, or a value is not a
                number; the error names the line.
        """
        samples = read_column(
            path, column, field="Empirical.from_csv", allowed="a delay in seconds"
        )
        return cls(samples=samples)

    @property
    def mean(self) -> float:
        """Mean of the samples."""
        return self.true_mean

    @property
    def true_mean(self) -> float:
        """Mean of the samples."""
        return math.fsum(self.samples) / len(self.samples)

    def quantile(self, u: FloatArray) -> FloatArray:
        """Return the sample for each draw."""
        return _array(self.samples)[(np.asarray(u) * len(self.samples)).astype(np.int64)]


@lru_cache(maxsize=8)
def _array(samples: tuple[float, ...]) -> FloatArray:
    return np.array(samples)
