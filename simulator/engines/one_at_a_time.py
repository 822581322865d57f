"""A student's own loss or backoff in the vectorized engine: asked about one message at a time.

Messages are then asked about in another order than that of time, so what is asked must be a value,
whose answers depend on its arguments alone. `is_value` looks at what a thing holds, and stays on
the safe side. What it cannot see is a global variable.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from simulator.clock import to_ns
from simulator.engines.columns import BoolArray, IntArray
from simulator.policies import Retry
from simulator.validation import refuse

if TYPE_CHECKING:
    from simulator.conditions import Loss, Transmission
    from simulator.policies import Backoff
    from simulator.scenario import Scenario

FloatArray = npt.NDArray[np.float64]

NOT_A_VALUE: Final = "it may remember, as it is not a frozen dataclass of plain values"

ATOMS: Final = (bool, int, float, complex, str, bytes, type(None), Decimal, Fraction)


def is_value(thing: object) -> bool:
    """Whether a thing can hold nothing that changes: a frozen dataclass of values, say."""
    kind = type(thing)
    if kind in ATOMS:
        return True
    if isinstance(thing, Enum):
        return is_value(thing.value)
    if kind in {tuple, frozenset}:
        return all(map(is_value, thing))  # type: ignore[call-overload]  # which mypy has lost
    params = getattr(kind, "__dataclass_params__", None)
    return params is not None and params.frozen and all(map(is_value, _held(thing)))


def _held(thing: Any) -> Iterable[object]:
    """Go through what a dataclass holds: its fields, and what it or its class has beside them."""
    yield from (getattr(thing, field.name) for field in dataclasses.fields(thing))
    yield from getattr(thing, "__dict__", {}).values()
    for cls in type(thing).__mro__:
        for name, value in vars(cls).items():
            is_code = hasattr(type(value), "__get__")  # a method, a property, a slot
            if not (is_code or name.startswith("__") or name == "_abc_impl"):
                yield value


def decides_arrays(loss: object) -> bool:
    """Whether a loss has a `loses_array` that goes with its `loses`, not with a parent's."""
    for cls in type(loss).__mro__:
        if "loses_array" in vars(cls):
            return True
        if "loses" in vars(cls):
            return False
    return False


def not_values(scenario: Scenario) -> list[str]:
    """Name the losses and backoffs of a student's own that may remember what they were asked."""
    reasons = []
    for name, link in (("link", scenario.link), ("return_link", scenario.link_back)):
        model = link.loss_model
        if not (hasattr(model, "start") or decides_arrays(model) or is_value(model)):
            reasons.append(f"{name}.loss {link.loss!r}: {NOT_A_VALUE}")
    retry = getattr(scenario.guarantee, "retry", None)
    if isinstance(retry, Retry) and not is_value(retry.backoff):
        reasons.append(f"guarantee.retry.backoff {retry.backoff!r}: {NOT_A_VALUE}")
    return reasons


def losses(
    loss: Loss,
    transmission: partial[Transmission],
    u: FloatArray,
    message: IntArray,
    sent_ns: IntArray,
) -> BoolArray:
    """Ask a loss about one transmission of each message. Arrays of shape (messages,).

    Args:
        loss: What to ask.
        transmission: Makes a transmission, but for its `message` and `sent_ns`.
        u: The draws.
        message: The numbers of the messages.
        sent_ns: When each transmission is sent.
    """
    asked = zip(message.tolist(), sent_ns.tolist(), u.tolist(), strict=True)
    lost = [loss.loses(transmission(message=m, sent_ns=at), draw) for m, at, draw in asked]
    return np.fromiter(map(bool, lost), np.bool_, count=len(lost))


def pauses(
    backoff: Backoff, attempt: int, previous: npt.NDArray[Any], u: FloatArray
) -> tuple[npt.NDArray[Any], IntArray]:
    """Ask a backoff about one attempt of each message. Arrays of shape (messages,).

    Returns:
        The pauses as they were returned, to be handed back as the previous ones; and in whole
        nanoseconds.

    Raises:
        ValueError: If one is not a number of seconds of at least 0.
    """
    pairs = zip(previous.tolist(), u.tolist(), strict=True)
    returned = [backoff.pause_after(attempt, pause, draw) for pause, draw in pairs]
    for pause in returned:
        if not pause >= 0:  # NaN too
            refuse("Retry.backoff.pause_after", pause, "a number of seconds at least 0")
    kept = np.fromiter(returned, np.object_, count=len(returned))
    return kept, np.fromiter(map(to_ns, returned), np.int64, count=len(returned))
