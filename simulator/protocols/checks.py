"""Checks shared by the guarantees that wait for acknowledgements."""

from __future__ import annotations

from simulator.policies import Retry
from simulator.validation import choice, refuse


def check_retry(field: str, value: object) -> None:
    """Refuse a value that is not a retry policy."""
    if not isinstance(value, Retry):
        refuse(field, value, "a Retry, such as Retry(timeout=0.2, max_attempts=3)")


def check_acknowledge(field: str, value: object) -> None:
    """Refuse a value other than "before" and "after"."""
    choice(field, value, ("before", "after"))
