"""State: what a student's code keeps where no crash takes it, and no message brings it.

A guarantee is a value and holds parameters only. What it changes on itself, on its class, in its
module or in a default argument is shared by the sender and the receiver behind the channel's back.
Two snapshots, before and after a world, tell.
"""

from __future__ import annotations

import ast
import inspect
from collections import deque
from collections.abc import Mapping
from types import ModuleType
from typing import Any, Final

DEEP: Final = 8
"""How deep values are looked into."""


def snapshot(made: object, module: ModuleType) -> dict[str, str]:
    """Return what is kept, by where: on an object, its class, in a module, as a default.

    Args:
        made: The object; None if it may change.
        module: What the student's file has defined.
    """
    places: dict[str, Any] = {}
    if not inspect.isfunction(made):
        places |= {f"self.{name}": value for name, value in _attributes(made).items()}
    for name, value in vars(module).items():
        if name.startswith("__") or inspect.ismodule(value):
            continue
        if inspect.isfunction(value):
            places |= _defaults(value)
        elif not inspect.isclass(value):
            places[name] = value
        elif value.__module__ == module.__name__:
            for attribute, held in vars(value).items():
                if inspect.isfunction(held):
                    places |= _defaults(held)
                elif not attribute.startswith("__") and not _is_code(held):
                    places[f"{name}.{attribute}"] = held
    return {place: _written(value, DEEP) for place, value in places.items()}


def line_of(place: str, source: str) -> int | None:
    """Return the first line in a function of the source that names a place; None if none does."""
    name = place.rpartition(".")[2]
    lines = [
        node.lineno
        for function in ast.walk(ast.parse(source))
        if isinstance(function, ast.FunctionDef) and function.name != "__init__"
        for node in ast.walk(function)
        if (isinstance(node, ast.Attribute) and node.attr == name)
        or (isinstance(node, ast.Name) and node.id == name)
    ]
    return min(lines, default=None)


def _attributes(made: object) -> dict[str, Any]:
    kept = dict(getattr(made, "__dict__", {}))
    for kind in type(made).__mro__:
        slots = vars(kind).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if hasattr(made, name):
                kept[name] = getattr(made, name)
    return kept


def _defaults(function: Any) -> dict[str, Any]:
    """Return the default arguments of a function that could change."""
    parameters = inspect.signature(function).parameters.values()
    return {
        f"{function.__name__}.{parameter.name}": parameter.default
        for parameter in parameters
        if parameter.default is not parameter.empty
    }


def _is_code(value: object) -> bool:
    descriptors = property, classmethod, staticmethod
    return callable(value) or isinstance(value, descriptors) or inspect.ismemberdescriptor(value)


def _written(value: Any, deep: int) -> str:
    """Write a value so that equal states give equal texts."""
    if deep == 0 or inspect.isroutine(value) or inspect.isclass(value) or inspect.ismodule(value):
        return type(value).__name__
    if isinstance(value, Mapping):
        pairs = (f"{_written(k, deep - 1)}:{_written(v, deep - 1)}" for k, v in value.items())
        return f"{{{','.join(pairs)}}}"
    if isinstance(value, set | frozenset):
        return f"{{{','.join(sorted(_written(one, deep - 1) for one in value))}}}"
    if isinstance(value, list | tuple | deque):
        return f"[{','.join(_written(one, deep - 1) for one in value)}]"
    kept = _attributes(value)
    return f"{type(value).__name__}{_written(kept, deep - 1)}" if kept else repr(value)
