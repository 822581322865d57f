"""Checks on functions, generators and keys: a bad one is refused where it is given.

Each names the field, what is allowed and the value received, as those of `validation` do.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Generator
from types import GeneratorType
from typing import TypeVar

from simulator.validation import refuse

V = TypeVar("V")


def function(field: str, value: V, argument: str) -> V:
    """Return `value`, or refuse it: it is asynchronous, or not called with one argument.

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
        return value  # written in C: its arguments are unknown
    try:
        signature.bind(None)
    except TypeError:
        refuse(field, value, allowed)
    return value


def generator(field: str, value: object) -> None:
    """Refuse a value that is not a generator: its function was not called, or has no `yield`."""
    if type(value) is not GeneratorType and not isinstance(value, Generator):
        allowed = "a generator: call the function, and yield in it"
        synchronous(field, value, allowed)
        refuse(field, value, allowed)


def synchronous(field: str, value: object, allowed: str) -> None:
    """Refuse a coroutine, and any other value that only `await` or `async for` can run."""
    kind = type(value)
    if hasattr(kind, "__await__") or hasattr(kind, "__anext__"):
        if inspect.iscoroutine(value):
            value.close()  # or Python warns that it was never awaited
        refuse(field, value, f"{allowed} (def, not async def)")


def hashable(field: str, value: V, allowed: str) -> V:
    """Return `value`, or refuse it: it cannot be the key of a dictionary."""
    try:
        hash(value)
    except TypeError:
        refuse(field, value, allowed)
    return value


def _is_async_function(value: object) -> bool:
    while isinstance(value, functools.partial):
        value = value.func
    candidates = value, getattr(type(value), "__call__", None)  # noqa: B004 - an object's own code
    return any(
        inspect.iscoroutinefunction(candidate) or inspect.isasyncgenfunction(candidate)
        for candidate in candidates
    )
