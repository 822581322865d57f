"""Memory: a run that needs more than the machine has is refused before it starts.

    bytes a message     what is kept
                 60     an instant of a workload, with its draw
                 80     a ledger, by the vectorized engine
                440     a row, a message and its events, on a network
                950     these, and a trace

Measured on CPython 3.11 with the scenarios that need least; others need up to twice as much. A
summary by the vectorized engine needs the same for any number of messages.
"""

from __future__ import annotations

import os
from typing import Final

from simulator.validation import refuse

LEDGER: Final = 80
NETWORK: Final = 440
TRACED: Final = 950
INSTANT: Final = 60
"""An instant of a workload, with its draw, while all of them are worked out."""


def machine_bytes() -> int | None:
    """Return the memory of the machine, in bytes; None if the system does not say."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):  # Windows has no sysconf
        return None


def check_fits(field: str, messages: float, count: float, each: float, advice: str) -> None:
    """Refuse a number of messages for which the machine does not have enough memory.

    Args:
        field: Name of the field that says how many messages there are, or how long it goes on.
        messages: Its value.
        count: How many messages there will be: fewer, if the horizon comes first.
        each: Bytes per message.
        advice: What to do about it.
    """
    there = machine_bytes()
    if there is not None and count * each > there:
        needed = f"{count:,.0f} messages take about {_shown(count * each)}"
        allowed = f"few enough for this machine's {_shown(there)} of memory: {needed}; {advice}"
        refuse(field, messages, allowed)


def _shown(size: float) -> str:
    return f"{size / 1e9:,.3g} GB" if size < 1e12 else f"{size / 1e12:,.0f} TB"  # noqa: PLR2004 - a terabyte
