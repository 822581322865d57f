"""How soon a notebook's picture follows its slider: each control, through all values."""

from __future__ import annotations

import contextlib
import io
import sys
from statistics import median
from time import process_time

import pandas as pd

COLUMNS = ["notebook", "moves", "median_ms", "p90_ms", "longest_ms"]
ROUNDS = 3
"""How often each move is made; what counts is the median of these."""


def measure(*, quick: bool) -> pd.DataFrame:
    """Return a row a view, in milliseconds of the processor: others may be busy meanwhile."""
    from tests.test_exercises import CONTROLLED, played  # which knows how to play a notebook

    rows = []
    for name in CONTROLLED[:1] if quick else CONTROLLED:
        print(f"views: {name}", file=sys.stderr)
        with contextlib.redirect_stdout(io.StringIO()):
            _, _, explored = played(name)
            for view in explored:
                times = sorted(move_all(view, 1 if quick else ROUNDS))
                most = times[len(times) * 9 // 10]
                rows.append((name, len(times), median(times), most, times[-1]))
    return pd.DataFrame(rows, columns=COLUMNS)


def move_all(view, rounds: int) -> list[float]:
    """Move each control through its values; return how long each move takes, in milliseconds."""
    panel, _ = view.widget.children
    times: dict[tuple[str, object], list[float]] = {}
    for _ in range(rounds):
        for control in panel.kwargs_widgets:
            start = control.value
            menu = [value for _, value in getattr(control, "options", [])]
            for value in menu or range(control.min, control.max + 1):
                began = process_time()
                control.value = value
                times.setdefault((control.description, value), []).append(process_time() - began)
            control.value = start
    return [1e3 * median(seen) for seen in times.values()]
