"""The measurement `http`: the chapter's server and its client in Python."""

from __future__ import annotations

from experiments.reality.comparison import Comparison
from experiments.reality.http_measured import compare
from experiments.reality.http_server import python
from experiments.reality.options import Options


def measure(options: Options) -> list[Comparison]:
    """Measure calls by the chapter's client.py."""
    return compare(python, options)
