"""Tables for a notebook: names of rows and columns, and numbers, as the reader's language has them.

from experiments.interactive.tables import table
table({"at_most_once": {"loss_rate": 0.2}, "at_least_once": {"loss_rate": 0.008}}, "fr")
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from experiments.interactive.names import called
from simulator.languages.numbers import numbers


def table(
    rows: Mapping[Any, Mapping[str, Any]] | pd.DataFrame,
    language: str = "en",
    experiment: str = "delivery_guarantees",
    *,
    corner: str = "",
    digits: int = 4,
) -> pd.DataFrame:
    """Return a table to be shown; its cells are words, to compute with there are the rows.

    Args:
        rows: By the name of the row, values by the name of the column, which may be pairs; or a
            table, whose names stay.
        language: "en" or "fr".
        experiment: Whose names they are; see `called`.
        corner: What the names of the rows count, if anything.
        digits: How many digits of a number count.
    """
    written = numbers(language)

    def word(value: Any) -> Any:
        if not isinstance(value, float):
            return value
        return "–" if math.isnan(value) else written.short(value, digits)

    if isinstance(rows, pd.DataFrame):
        return rows.map(word)

    def name(key: Any) -> Any:
        if isinstance(key, tuple):
            return tuple(map(name, key))
        return called(key, language, experiment) if isinstance(key, str) else key

    words = {
        name(row): {name(key): word(value) for key, value in cells.items()}
        for row, cells in rows.items()
    }
    frame = pd.DataFrame.from_dict(words, orient="index")
    return frame.rename_axis(columns=name(corner)) if corner else frame
