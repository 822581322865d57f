"""Options: what a measurement is asked for, and how it says that it cannot be made."""

from __future__ import annotations

from dataclasses import dataclass


class NotInstalled(ValueError):
    """What is to be measured is not installed here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a measurement is asked for.

    Attributes:
        seed: Seed of its draws; None for the usual one.
        messages: How many messages, or calls; None for as many as it usually takes.
    """

    seed: int | None = None
    messages: int | None = None

    @property
    def draws(self) -> int:
        """The seed of its draws: 1, unless another was given."""
        return 1 if self.seed is None else self.seed
