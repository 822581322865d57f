"""Polynomials with whole-number coefficients, the lowest power first."""

from __future__ import annotations

from itertools import zip_longest
from math import comb
from typing import Final

from simulator.languages.numbers import MINUS

Polynomial = tuple[int, ...]

RAISED: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def loss_weight(lost: int, kept: int) -> Polynomial:
    """Return p to the power of `lost`, times 1 − p to the power of `kept`."""
    return (0,) * lost + tuple((-1) ** k * comb(kept, k) for k in range(kept + 1))


def add(one: Polynomial, other: Polynomial) -> Polynomial:
    """Return the sum."""
    return trimmed(tuple(a + b for a, b in zip_longest(one, other, fillvalue=0)))


def scale(polynomial: Polynomial, factor: int) -> Polynomial:
    """Return a multiple."""
    return trimmed(tuple(factor * coefficient for coefficient in polynomial))


def multiply(one: Polynomial, other: Polynomial) -> Polynomial:
    """Return the product."""
    product = [0] * (len(one) + len(other) - 1)
    for i, a in enumerate(one):
        for j, b in enumerate(other):
            product[i + j] += a * b
    return trimmed(tuple(product))


def of_at_least_one(polynomial: Polynomial, count: int) -> Polynomial:
    """Return 1 − (1 − P)^count: that of an event of at least one of several."""
    none = add((1,), scale(polynomial, -1))
    all_of_them: Polynomial = (1,)
    for _ in range(count):
        all_of_them = multiply(all_of_them, none)
    return add((1,), scale(all_of_them, -1))


def trimmed(polynomial: Polynomial) -> Polynomial:
    """Leave out the zeros at the end; the polynomial 0 is (0,)."""
    size = len(polynomial)
    while size > 1 and polynomial[size - 1] == 0:
        size -= 1
    return polynomial[:size] or (0,)


def in_words(polynomial: Polynomial) -> str:
    """Write a polynomial in p: "2p − p² + p¹⁰"."""
    written = ""
    for place, coefficient in enumerate(polynomial):
        if coefficient:
            size = "" if place and abs(coefficient) == 1 else str(abs(coefficient))
            power = f"p{str(place).translate(RAISED)}" if place > 1 else "p" * place
            sign = MINUS if coefficient < 0 else "+"
            written += f" {sign} {size}{power}" if written else f"{sign}{size}{power}".lstrip("+")
    return written or "0"
