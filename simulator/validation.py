"""Checks on parameters: a bad value raises `ValueError` where it is made, in one line.

Each check names the field, what is allowed and the value received, and returns the value in the
one type that the rest of the library relies on.
"""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Collection, Generator
from fractions import Fraction
from numbers import Integral, Real
from typing import Any, NoReturn


def refuse(field: str, value: object, allowed: str) -> NoReturn:
    """Raise the `ValueError` for a bad value.

    Args:
        field: Name of the field, such as "Link.loss".
        value: What was received.
        allowed: What would have been accepted, to read after "must be".
    """
    shown = repr(value).replace("\n", " ")
    if len(shown) > 80:  # noqa: PLR2004 - a line that a terminal can show
        shown = shown[:77] + "..."
    raise ValueError(f"{field} must be {allowed}, got {shown}")


def number(
    field: str,
    value: object,
    *,
    low: float = -math.inf,
    high: float = math.inf,
    open_low: bool = False,
    open_high: bool = False,
    allowed: str | None = None,
) -> float:
    """Return `value` as a float, or refuse it: a finite real number between two bounds."""
    if allowed is None:
        allowed = _range("a finite number", low, high, open_low=open_low, open_high=open_high)
    if isinstance(value, bool) or not isinstance(value, Real):
        refuse(field, value, allowed)
    try:
        result = float(value)
    except OverflowError:
        refuse(field, value, allowed)
    if not math.isfinite(result) or result < low or result > high:
        refuse(field, value, allowed)
    if (open_low and result == low) or (open_high and result == high):
        refuse(field, value, allowed)
    return result


def probability(field: str, value: object) -> float:
    """Return `value` as a float, or refuse it: a probability."""
    return number(field, value, low=0.0, high=1.0, allowed="a probability from 0 to 1")


def integer(
    field: str,
    value: object,
    *,
    low: int,
    high: int | None = None,
    allowed: str | None = None,
) -> int:
    """Return `value` as an int, or refuse it: a whole number between two bounds."""
    if allowed is None:
        top = math.inf if high is None else high
        allowed = _range("a whole number", low, top, open_low=False, open_high=False)
    if isinstance(value, bool) or not isinstance(value, Integral):
        refuse(field, value, allowed)
    result = int(value)
    if result < low or (high is not None and result > high):
        refuse(field, value, allowed)
    return result


def choice(field: str, value: object, choices: Collection[str]) -> str:
    """Return `value`, or refuse it: one of a few words."""
    if not isinstance(value, str) or value not in choices:
        refuse(field, value, "one of " + ", ".join(f'"{word}"' for word in choices))
    return value


def keep_number(target: object, field: str, **bounds: Any) -> None:
    """Check a field of a frozen dataclass with `number`, and keep it as a float."""
    name = f"{type(target).__name__}.{field}"
    object.__setattr__(target, field, number(name, getattr(target, field), **bounds))


def decimal(value: float) -> Fraction:
    """Return the decimal that a float is written as: 0.1 is one tenth, and ten of them are 1."""
    return Fraction(str(value))


def has_method(field: str, value: object, method: str, allowed: str) -> None:
    """Refuse a value that lacks a method, or a class given in place of an object."""
    if isinstance(value, type) or not callable(getattr(value, method, None)):
        refuse(field, value, allowed)


def function(field: str, value: object, argument: str) -> None:
    """Refuse what cannot be called with one argument, and what is asynchronous.

    Args:
        field: Name of the field.
        value: What was received: a function, a generator function, any object that can be called.
        argument: What it is called with, such as "the message".
    """
    allowed = f"a function of one argument, {argument}"
    if not callable(value):
        refuse(field, value, allowed)
    if _is_async_function(value):
        refuse(field, value, f"{allowed}: def, not async def (to wait, yield an event)")
    try:
        signature = inspect.signature(value)
    except (TypeError, ValueError):
        return  # written in C: what it takes is not known
    try:
        signature.bind(None)
    except TypeError:
        refuse(field, value, allowed)


def generator(field: str, value: object) -> None:
    """Refuse what is no generator: a function that was not called, or has no `yield` in it."""
    if not isinstance(value, Generator):
        allowed = "a generator: call the function, and yield in it"
        synchronous(field, value, allowed)
        refuse(field, value, allowed)


def synchronous(field: str, value: object, allowed: str) -> None:
    """Refuse a coroutine, and whatever else only `await` or `async for` can run."""
    kind = type(value)
    if hasattr(kind, "__await__") or hasattr(kind, "__anext__"):
        if inspect.iscoroutine(value):
            value.close()  # or Python warns that it was never awaited
        refuse(field, value, f"{allowed} (def, not async def)")


def hashable(field: str, value: object, allowed: str) -> None:
    """Refuse a value that cannot be the key of a dictionary."""
    try:
        hash(value)
    except TypeError:
        refuse(field, value, allowed)


def _is_async_function(value: object) -> bool:
    while isinstance(value, functools.partial):
        value = value.func
    candidates = value, getattr(type(value), "__call__", None)  # noqa: B004 - an object's own code
    return any(
        inspect.iscoroutinefunction(candidate) or inspect.isasyncgenfunction(candidate)
        for candidate in candidates
    )


def _exact(bound: float) -> str:
    """Write a bound so that none of it is rounded: 4294967295, not 4.29497e+09."""
    short = f"{bound:g}"
    return short if float(short) == bound else str(bound)


def _range(kind: str, low: float, high: float, *, open_low: bool, open_high: bool) -> str:
    """Say a range in words: "a finite number above 0 and at most 5"."""
    parts = []
    if low != -math.inf:
        parts.append(f"{'above' if open_low else 'at least'} {_exact(low)}")
    if high != math.inf:
        parts.append(f"{'below' if open_high else 'at most'} {_exact(high)}")
    return " ".join([kind, " and ".join(parts)]).strip()
