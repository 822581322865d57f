"""Fields that the guarantees share: those that wait for acknowledgements."""

from __future__ import annotations

from typing import Final

from simulator.fields import checked
from simulator.policies import Retry
from simulator.validation import choice, instance

RETRY: Final = checked(
    instance, kind=Retry, allowed="a Retry, such as Retry(timeout=0.2, max_attempts=3)"
)
ACKNOWLEDGE: Final = checked(choice, choices=("before", "after"))
