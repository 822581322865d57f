"""Values on the command line, written as in Python: `0.2`, `None`, `Exponential(mean=0.05)`.

Nothing is run but the constructors of what `simulator` exports.
"""

from __future__ import annotations

import ast
import dataclasses
from typing import Any, NoReturn

import simulator


def read(place: str, text: str) -> Any:
    """Return the value that a text says.

    Args:
        place: What it is for, for the error: "link.loss".
        text: A number, a string, True, False, None, a list of these, or the call of a class that
            `simulator` exports; `ExactlyOnce` alone is short for `ExactlyOnce()`.

    Raises:
        ValueError: If it is none of these, or the class refuses it.
    """
    try:
        return _value(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, TypeError) as error:
        _refuse(place, text, error)
    except ValueError as error:
        if "malformed node" in str(error):  # Python's own word for what is no literal
            _refuse(place, text, "neither a literal nor a class of simulator")
        raise


def _value(node: ast.expr) -> Any:
    if isinstance(node, ast.Call):
        kind = _kind(node.func)
        named = {str(word.arg): _value(word.value) for word in node.keywords}
        return kind(*map(_value, node.args), **named)
    if isinstance(node, ast.Name):
        return _kind(node)()
    if isinstance(node, ast.List | ast.Tuple):
        return tuple(map(_value, node.elts))
    return ast.literal_eval(node)


def _kind(node: ast.expr) -> Any:
    name = ast.unparse(node)
    kind = getattr(simulator, name, None) if name in simulator.__all__ else None
    if not (isinstance(kind, type) and dataclasses.is_dataclass(kind)):
        raise TypeError(f"{name} is no value of simulator")
    return kind


def _refuse(place: str, text: str, why: object) -> NoReturn:
    allowed = "a value as in Python, such as 0.2, None or Exponential(mean=0.05)"
    raise ValueError(f"--set {place} must be {allowed}, got {text!r}: {why}")
