"""Random values of every kind, for constructors and command lines that must survive them all.

A case is a number: the same number gives the same case on every machine, so that a failure can be
repeated by its number alone.
"""

import contextlib
import dataclasses
import enum
import math
import os
import random
import signal
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

import simulator

MANY = int(os.environ.get("PIGEON_FUZZ", "0"))
"""How many random values to try; 0: a sample that takes seconds."""

PATIENCE = 10
"""Seconds that a case may take."""


class TooLong(BaseException):
    """A case took longer than it may. No `except Exception` catches it."""


@contextlib.contextmanager
def patience(seconds=PATIENCE):
    """End what takes too long."""

    def stop(*_):
        raise TooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class Color(enum.StrEnum):
    RED = "none"


class Count(enum.IntEnum):
    ONE = 1


class Word(str):
    __slots__ = ()


class Odd:
    """An object of which nothing can be known."""

    def __repr__(self):
        raise RuntimeError("nothing to show")

    def __eq__(self, other):
        raise RuntimeError("nothing to compare")

    __hash__ = None  # type: ignore[assignment]  # how a class says that it has none


class Starts:
    """Starts what is of no use."""

    def start(self, argument):
        return argument


class Returns:
    """A delay, a backoff or a workload that returns what it likes."""

    size_bytes = 3

    def __init__(self, value):
        self.value = value

    def quantile(self, u):
        return self.value


NUMBERS = [
    0, 1, 2, 3, -1, 0.0, -0.0, 0.1, 0.5, 1.0, -0.1, 5e-324, 1e-300, 1e-30, 1e-10, 5e-10, 1e-9,
    1 - 2**-53, 1e9, 4e9, 1e18, 1e30, 1e31, 1e300, 1.8e308, math.inf, -math.inf, math.nan,
    2**31, 2**32, 2**53 + 1, 2**63 - 1, 2**63, 2**64, 2**128, 10**30, 10**400, -(10**400),
    10**5_000,
]  # fmt: skip
TEXTS = ["", " ", "a", "none", "→", "a→b", "\ud800", "\x00", "\n", "x" * 5_000, "0.5", "1e5", "é"]
OTHERS = [
    None, True, False, 1j, b"", b"\xff", bytearray(3), ..., NotImplemented, object, int, len,
    Decimal("0.1"), Decimal("NaN"), Decimal("1e999"), Fraction(1, 3), Fraction(10**400, 3),
    Fraction(1, 10**400), Color.RED, Count.ONE, Word("full"), range(3), slice(1), Starts(), Odd(),
    np.array(0.5), np.array([0.5]), np.array([]), np.datetime64("2020"), np.timedelta64(3),
    np.timedelta64(3, "s"), np.str_("none"), np.bytes_(b"a"), np.bool_(1), np.complex128(1),
    np.void(b"a"), np.float64("nan"), np.float32("inf"), np.float16(0.1), np.longdouble("1e400"),
    np.int8(-3), np.uint64(2**64 - 1), np.int64(5), np.float64(0.25),
]  # fmt: skip


def rng_of(case):
    """Return the draws of a case."""
    return random.Random(f"pigeon {case}")  # noqa: S311 - no secrets here


def number(rng):
    """Return a number: an extreme one, or of any size."""
    how = rng.random()
    if how < 0.5:
        return rng.choice(NUMBERS)
    if how < 0.7:
        return rng.choice([1, 1, -1]) * 10.0 ** rng.uniform(-40, 40)
    if how < 0.85:
        return rng.getrandbits(rng.choice([2, 4, 8, 33, 70, 200]))
    return rng.choice([np.float64, np.float32, np.longdouble])(rng.random())


def shown_number(value):
    """Return a number as a command line has it, as far as Python writes it."""
    return "9" * 5_000 if isinstance(value, int) and abs(value) >= 10**4_000 else f"{value!s}"


def text(rng):
    """Return a text of any characters."""
    if rng.random() < 0.5:
        return rng.choice(TEXTS)
    tops = [0x80, 0x300, 0x3000, 0x110000]
    return "".join(chr(rng.randrange(rng.choice(tops))) for _ in range(rng.randrange(12)))


def anything(rng, depth=0):
    """Return a value of any kind."""
    how = rng.random()
    if how < 0.45:
        return number(rng)
    if how < 0.6:
        return text(rng)
    if how < 0.8 or depth > 2:
        return rng.choice(OTHERS)
    if how < 0.9:
        return built(rng, depth + 1)
    parts = [anything(rng, depth + 1) for _ in range(rng.randrange(4))]
    kind = rng.choice([list, tuple, iter, set, frozenset, dict, "deep"])
    if kind == "deep":
        nested = []
        for _ in range(rng.choice([10, 2_000])):
            nested = [nested]
        return nested
    with contextlib.suppress(TypeError, ValueError, RuntimeError):  # what cannot be hashed
        return {part: part for part in parts} if kind is dict else kind(parts)
    return parts


LEFT_OUT = {"Message", "Outcome", "Worlds"}
"""What a network or a run makes itself."""

KINDS: dict[str, Any] = {
    name: kind
    for name in simulator.__all__
    if isinstance(kind := getattr(simulator, name), type)
    and dataclasses.is_dataclass(kind)
    and name not in LEFT_OUT
}
"""The values that the simulator exports, by name."""

FAMILIES = {
    "Delay": ["Constant", "Uniform", "Exponential", "Normal", "LogNormal", "Pareto", "Weibull"],
    "Loss": ["Bernoulli", "Scripted", "Outages", "GilbertElliott"],
    "Backoff": ["NoBackoff", "ConstantBackoff", "LinearBackoff", "ExponentialBackoff"],
    "Guarantee": ["AtLeastOnce", "ExactlyOnce", "BestEffort", "Handshake", "StoreAndForward"],
    "Periodic": ["Periodic", "Poisson", "Bursts", "At"],
    "Link": ["Link"],
    "AdaptiveTimeout": ["AdaptiveTimeout"],
    "RetryBudget": ["RetryBudget"],
    "CircuitBreaker": ["CircuitBreaker"],
    "Retry": ["Retry"],
    "Adversary": ["Script"],
}


def plausible(rng, spec, depth):  # noqa: C901 - a kind of field a line
    """Return what may well be allowed in a field."""
    kinds = [
        name for family, names in FAMILIES.items() if family in str(spec.type) for name in names
    ]
    kind = str(spec.type)
    choices = [lambda: built(rng, depth + 1, rng.choice(kinds))] if kinds and depth < 4 else []
    if "float" in kind:
        choices.append(lambda: rng.choice([0.05, 0.1, 0.3, 1, 2.0, 10.0 ** rng.uniform(-12, 12)]))
    if "int" in kind:
        choices.append(lambda: rng.choice([0, 1, 2, 3, 10, rng.getrandbits(40)]))
    if "bool" in kind:
        choices.append(lambda: rng.random() < 0.5)
    if "None" in kind:
        choices.append(lambda: None)
    if spec.name in {"node", "sender", "receiver", "link"} and "str" in kind:
        choices.append(lambda: rng.choice(["sender", "receiver", "sender→receiver", "a->b"]))
    if spec.name in {"between", "groups"}:
        choices = [lambda: ("sender", "receiver"), lambda: (("sender",), ("receiver",))]
    if spec.name == "lost":
        choices.append(lambda: [(rng.randrange(3), rng.randrange(1, 3))])
    if spec.name == "windows":
        choices.append(lambda: [(rng.random(), 1 + number(rng) if rng.random() < 0.2 else 2)])
    if spec.name in {"times", "samples"}:
        choices.append(lambda: sorted(abs(rng.gauss(0, 1)) for _ in range(rng.randrange(1, 4))))
    if spec.name == "actions":
        names = ["Lose", "Hold", "Duplicate", "Crash", "Cut"]
        choices.append(lambda: [built(rng, depth + 1, rng.choice(names)) for _ in range(2)])
    if spec.name in {"jitter", "acknowledge", "what"}:
        words = ["none", "full", "equal", "before", "after", "data", "acknowledgement"]
        choices.append(lambda: rng.choice(words))
    return rng.choice(choices)() if choices else anything(rng, depth + 1)


def arguments(rng, kind, depth=0):
    """Return arguments for a class: those it needs, and some of the others."""
    wild = rng.choice([0.0, 0.0, 0.1, 0.5])
    return {
        spec.name: anything(rng, depth + 1) if rng.random() < wild else plausible(rng, spec, depth)
        for spec in dataclasses.fields(kind)
        if is_needed(spec) or rng.random() < 0.4
    }


def is_needed(spec):
    """Whether a field has no default."""
    return spec.default is dataclasses.MISSING and spec.default_factory is dataclasses.MISSING


def built(rng, depth=0, name=None):
    """Return a value that the simulator exports, or None if it refuses the arguments."""
    kind = KINDS[name or rng.choice(sorted(KINDS))]
    try:
        return kind(**arguments(rng, kind, depth))
    except ValueError:
        return None
