"""A metric: the name of what is measured, and its unit."""

from __future__ import annotations

from typing import Self

from simulator.validation import refuse


class Metric(str):
    """The name of a metric, or of a series over time, which knows its unit.

    It is the column of the tables, and the key of its text.

    Attributes:
        unit: "s", "%" for a share that is shown in percent, or any other, which stands in words:
            "requests per second". Empty: a plain number.
    """

    __slots__ = ("unit",)

    unit: str

    def __new__(cls, name: str, unit: str = "") -> Self:
        """Name a metric.

        Raises:
            ValueError: If the name is not one that a column could have.
        """
        if not isinstance(name, str) or not name.isidentifier():
            refuse("Metric.name", name, "a name in letters, digits and underscores: loss_rate")
        if not isinstance(unit, str):
            refuse("Metric.unit", unit, '"s", "%", another unit, or empty')
        metric = super().__new__(cls, name)
        metric.unit = unit
        return metric
