"""Options: what a measurement is asked for, and how it says that it cannot be made."""

from __future__ import annotations

from dataclasses import dataclass


class NotInstalled(ValueError):
    """What is to be measured is not installed here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a measurement is asked for.

    Attributes:
        seed: Seed of its draws.
        messages: How many messages, or calls; None for as many as it usually takes.
    """

    seed: int = 1
    messages: int | None = None
