"""What an engine returns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from simulator.ledger import Ledger
from simulator.network import CopyCounts
from simulator.trace import Trace


class Run(NamedTuple):
    """The result of one run.

    Attributes:
        ledger: What became of each message.
        links: What became of the copies on each link, by its name.
        trace: What happened, if that was asked for.
    """

    ledger: Ledger
    links: Mapping[str, CopyCounts]
    trace: Trace | None
