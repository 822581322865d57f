"""The measurement `typescript`: the chapter's client in TypeScript, and its server in Python."""

from __future__ import annotations

from experiments.reality.comparison import Comparison
from experiments.reality.http_measured import compare
from experiments.reality.http_server import typescript
from experiments.reality.options import Options


def measure(options: Options) -> list[Comparison]:
    """Measure calls by the chapter's client.ts."""
    return compare(typescript, options)
