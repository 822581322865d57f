"""Checks on parameters: a bad value raises a one-line `ValueError` where it is given.

Each error names the field, what is allowed and the value received. Each check returns the value in
the one type that the rest of the library relies on.

All numbers are bounded: those without bounds of their own are at most `LARGEST`, integers at most
`LONGEST_WHOLE`, so that no arithmetic on them overflows.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Collection
from fractions import Fraction
from numbers import Integral, Real
from typing import Any, Final, NoReturn, TypeVar

import numpy as np

from simulator.clock import to_ns

T = TypeVar("T")
V = TypeVar("V")

LARGEST: Final = 1e30
"""The largest number allowed; a number that must be above 0 is at least 1 / LARGEST."""

LONGEST_WHOLE: Final = 2**63 - 1
"""The largest integer allowed, unless its field says otherwise: it fits 64 bits."""

LONGEST_SEED: Final = 2**128 - 1
"""The largest seed allowed: 128 bits, as many as NumPy draws for one."""

LONGEST_NAME: Final = 1_000
"""Characters of the longest name allowed: it must fit in a line of a diagram or an error."""

_LEAST: Final = 1 / LARGEST
_SHOWN: Final = 80
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories of control and format characters, lone surrogates and line separators."""
_JOINERS: Final = "\u200c\u200d"
"""Format characters that the words of some scripts and some emoji need."""


def refuse(field: str, value: object, allowed: str) -> NoReturn:
    """Raise the `ValueError` for a bad value.

    Args:
        field: Name of the field, such as "Link.loss".
        value: What was received.
        allowed: What would have been accepted, to read after "must be".
    """
    raise ValueError(f"{field} must be {allowed}, got {shown(value)}")


def shown(value: object) -> str:
    """Return a value as an error shows it: its `repr`, in one short line."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - a student's own __repr__, a number of too many digits
        text = f"a value of type {type(value).__name__} that cannot be shown"
    return shortened(text)


def shortened(text: str, most: int = _SHOWN) -> str:
    """Return a text as one line of at most `most` characters, all of them visible."""
    start = text[: 4 * most]  # enough to fill the line, whatever is left out
    line = " ".join("".join("?" if is_unseen(c) and not c.isspace() else c for c in start).split())
    return line if len(line) <= most and len(start) == len(text) else line[: most - 3] + "..."


def is_unseen(character: str) -> bool:
    """Whether a character is a control or format character, a lone surrogate or a separator."""
    return unicodedata.category(character) in _UNSEEN and character not in _JOINERS


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
    is_open = open_low or open_high
    if (
        type(value) is float  # as nearly all are
        and abs(value) <= LARGEST
        and (low < value < high and value >= _LEAST if is_open else low <= value <= high)
    ):
        return value or 0.0  # -0.0 is 0.0
    if allowed is None:
        allowed = _range("a finite number", low, high, open_low=open_low, open_high=open_high)
    if isinstance(value, bool | np.timedelta64) or not isinstance(value, Real):
        refuse(field, value, allowed)
    try:
        result = float(value) + 0.0  # -0.0 is 0.0
    except (OverflowError, TypeError, ValueError):
        refuse(field, value, allowed)
    if not math.isfinite(result) or result < low or result > high:
        refuse(field, value, allowed)
    if (open_low and result == low) or (open_high and result == high):
        refuse(field, value, allowed)
    if math.isinf(high) and abs(result) > LARGEST:
        refuse(field, value, f"{allowed}, and at most {LARGEST:g}")
    if open_low and low == 0 and result < _LEAST:
        refuse(field, value, f"{allowed}, and at least {_LEAST:g}")
    return result


def duration(
    field: str,
    value: object,
    *,
    low: float = 0.0,
    high: float = math.inf,
    allowed: str | None = None,
) -> float:
    """Return `value` as a float, or refuse it: a time above 0 that does not round to 0.

    Args:
        field: Name of the field.
        value: What was received, in seconds.
        low: The shortest duration allowed, in seconds. 0: any above 0.
        high: The longest duration allowed, in seconds.
        allowed: What is allowed, in words. None: the bounds.
    """
    if allowed is None:
        allowed = _range("a finite number", low, high, open_low=low == 0, open_high=False)
    seconds = number(field, value, low=low, high=high, open_low=low == 0, allowed=allowed)
    if to_ns(seconds) == 0:
        refuse(field, value, f"{allowed}, and at least 1e-09: time is in whole nanoseconds")
    return seconds


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
    if type(value) is int and low <= value <= (LONGEST_WHOLE if high is None else high):
        return value
    if allowed is None:
        top = math.inf if high is None else high
        allowed = _range("a whole number", low, top, open_low=False, open_high=False)
    if isinstance(value, bool | np.timedelta64) or not isinstance(value, Integral):
        refuse(field, value, allowed)
    result = int(value)
    if result < low or (high is not None and result > high):
        refuse(field, value, allowed)
    if high is None and result > LONGEST_WHOLE:
        refuse(field, value, f"{allowed}, and at most {LONGEST_WHOLE}")
    return result


def seed_of(field: str, value: object) -> int:
    """Return `value` as an int, or refuse it: a seed, of up to 128 bits."""
    allowed = "a whole number at least 0, of at most 128 bits"
    return integer(field, value, low=0, high=LONGEST_SEED, allowed=allowed)


def choice(field: str, value: object, choices: Collection[str]) -> str:
    """Return `value`, or refuse it: one of a few words."""
    if not isinstance(value, str) or value not in choices:
        refuse(field, value, "one of " + ", ".join(f'"{word}"' for word in choices))
    return value


def name_of(field: str, value: object, *, without: str = "") -> str:
    """Return `value`, or refuse it: a name that can be shown in a line of a diagram or an error.

    Args:
        field: Name of the field, such as "Network.node.name".
        value: The name: not blank, at most `LONGEST_NAME` characters, without control characters,
            lone surrogates and line separators.
        without: A text that the name must not contain, such as "→".
    """
    excluded = f" and without {without}" if without else ""
    if not isinstance(value, str) or not value.strip() or (without and without in value):
        refuse(field, value, f"a name, not empty{excluded}")
    if any(map(is_unseen, value)):
        refuse(field, value, f"a name of visible characters{excluded}")
    if len(value) > LONGEST_NAME:
        refuse(field, value, f"a name of at most {LONGEST_NAME} characters{excluded}")
    return str.__str__(value)


def parts(field: str, value: Any, allowed: str) -> tuple[Any, ...]:
    """Return the items of a list or another iterable; refuse a text."""
    if not isinstance(value, str | bytes):
        try:
            return tuple(value)
        except TypeError:
            pass
    refuse(field, value, allowed)


def decimal(value: float) -> Fraction:
    """Return the exact decimal that a float is written as: 0.1 is one tenth."""
    return Fraction(str(value))


def boolean(field: str, value: object) -> bool:
    """Return `value`, or refuse it: True or False. "no" would count as yes."""
    if not isinstance(value, bool):
        refuse(field, value, "True or False")
    return value


def instance(field: str, value: object, kind: type[T], allowed: str) -> T:
    """Return `value`, or refuse it: an object of a type."""
    if not isinstance(value, kind):
        refuse(field, value, allowed)
    return value


def has_method(field: str, value: V, method: str, allowed: str) -> V:
    """Return `value`, or refuse it: it lacks a method, or is a class in place of an object."""
    if isinstance(value, type) or not callable(getattr(value, method, None)):
        refuse(field, value, allowed)
    return value


def started(field: str, value: Any, argument: object, method: str) -> Any:
    """Return what `value.start(argument)` returns, or refuse `value`.

    Several kinds of object have a `start`; the methods of its result distinguish them.

    Args:
        field: Name of the field.
        value: The object with `start`.
        argument: The argument of `start`.
        method: A method that the result must have.
    """
    allowed = f"such that start(…) returns an object with `{method}`"
    try:
        result = value.start(argument)
    except Exception as error:
        why = shortened(f"{type(error).__name__}: {error}")
        raise ValueError(f"{field} must be {allowed}, got {shown(value)}: {why}") from error
    has_method(field, result, method, allowed)
    return result


def _exact(bound: float) -> str:
    """Format a bound without rounding it: 4294967295, not 4.29497e+09."""
    short = f"{bound:g}"
    return short if float(short) == bound else str(bound)


def _range(kind: str, low: float, high: float, *, open_low: bool, open_high: bool) -> str:
    """Describe a range in words: "a finite number above 0 and at most 5"."""
    parts = []
    if low != -math.inf:
        parts.append(f"{'above' if open_low else 'at least'} {_exact(low)}")
    if high != math.inf:
        parts.append(f"{'below' if open_high else 'at most'} {_exact(high)}")
    return " ".join([kind, " and ".join(parts)]).strip()
