"""Promises: what a delivery guarantee rules out."""

from __future__ import annotations

from enum import Enum


class Promise(Enum):
    """A promise that a guarantee makes, in words; `verdict` checks it in a ledger."""

    NEVER_TWICE = "no message is handed over twice"
    NEVER_LOST_IN_SILENCE = "every message is handed over, or its sender knows that it gave up"
