"""Values on the command line, written as in Python: `0.2`, `None`, `Exponential(mean=0.05)`.

Nothing is run but the constructors of what `simulator` exports.
"""

from __future__ import annotations

import ast
import dataclasses
import warnings
from difflib import get_close_matches
from typing import Any, NoReturn

import simulator
from simulator.validation import shortened, shown


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
        with warnings.catch_warnings():  # Python's own, of a text that is odd but can be read
            warnings.simplefilter("ignore")
            body = ast.parse(text.strip(), mode="eval").body
    except (RecursionError, MemoryError):
        _refuse(place, text, "nested too deeply")
    except (SyntaxError, ValueError) as error:
        _refuse(place, text, error)
    try:
        return _value(body)
    except RecursionError:
        _refuse(place, text, "nested too deeply")
    except TypeError as error:
        _refuse(place, text, error)
    except ValueError as error:
        if "malformed node" in str(error):  # Python's own word for what is no literal
            _refuse(place, text, "neither a literal nor a class of simulator")
        raise


def _value(node: ast.expr) -> Any:
    if isinstance(node, ast.Call):
        kind = _kind(node.func)
        fields = [field.name for field in dataclasses.fields(kind)]
        for word in node.keywords:
            if word.arg not in fields:
                has = ", ".join(fields) or "none"
                raise TypeError(f"{kind.__name__} has no field {word.arg}; it has {has}")
        named = {str(word.arg): _value(word.value) for word in node.keywords}
        return kind(*map(_value, node.args), **named)
    if isinstance(node, ast.Name):
        return _kind(node)()
    if isinstance(node, ast.List | ast.Tuple):
        return tuple(map(_value, node.elts))
    return ast.literal_eval(node)


def _kind(node: ast.expr) -> Any:
    name = ast.unparse(node)
    kinds = {kind: getattr(simulator, kind) for kind in simulator.__all__}
    values = {
        name: kind
        for name, kind in kinds.items()
        if isinstance(kind, type) and dataclasses.is_dataclass(kind)
    }
    if name not in values:
        close = get_close_matches(name, values, n=1)
        hint = f" (did you mean {close[0]}?)" if close else ""
        raise TypeError(f"{name} is no value of simulator{hint}")
    return values[name]


def _refuse(place: str, text: str, why: object) -> NoReturn:
    allowed = "a value as in Python, such as 0.2, None or Exponential(mean=0.05)"
    raise ValueError(
        f"--set {shortened(place)} must be {allowed}, got {shown(text)}: {shortened(str(why), 400)}"
    )
