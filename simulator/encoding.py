"""Scenarios as TOML, to be stored, sent to another machine and identified.

A value becomes a table of its fields, with its `type`; a class that is the only one of its kind,
such as `Link`, says so by `is_only_kind`, and need not be named where the annotation of a field
allows no other. None is left out where it is the default, and is `inf` where it means "for ever";
what `fields.LEFT_OUT` marks is left out wherever it is the default.
"""

from __future__ import annotations

import dataclasses
import inspect
import math
import tomllib
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final, Protocol, TypeVar, get_args, get_type_hints

from simulator import conditions, policies, protocols
from simulator.fields import declared
from simulator.validation import refuse, shown

V = TypeVar("V")

_BUILT_IN: Final[dict[str, type]] = {
    name: value
    for module in (conditions, policies, protocols)
    for name, value in vars(module).items()
    if isinstance(value, type) and dataclasses.is_dataclass(value)
}
"""What a protocol such as `Delay` may stand for, by its name."""


def to_toml(value: Any) -> str:
    """Write a value as canonical TOML: equal values, equal text.

    Raises:
        ValueError: If some part is not a dataclass, and so cannot be compared.
    """
    import tomli_w  # noqa: PLC0415 - only where TOML is written

    return tomli_w.dumps(_fields(value))


def from_toml(text: str, cls: type[V], own: Mapping[str, type] = MappingProxyType({})) -> V:
    """Read a value of a type from TOML.

    Args:
        text: The TOML.
        cls: The type.
        own: A student's own types that it may name, by their full names.

    Raises:
        ValueError: If the text is not TOML, or does not describe such a value.
    """
    if not isinstance(text, str):
        refuse(f"{cls.__name__}.from_toml.text", text, "a text in TOML")
    try:
        table = tomllib.loads(text.removeprefix("\ufeff"))  # the byte-order mark of some editors
    except ValueError as error:  # also of a number of too many digits
        raise ValueError(f"{cls.__name__} must be TOML: {error}") from error
    except RecursionError as error:
        raise ValueError(f"{cls.__name__} must be TOML, got values nested too deeply") from error
    try:
        return _build(cls, table, own)
    except RecursionError as error:
        raise ValueError(f"{cls.__name__} must be TOML, got tables nested too deeply") from error


def _fields(value: Any) -> dict[str, Any]:
    """Encode the fields of a dataclass, tables last, as TOML requires."""
    table: dict[str, Any] = {}
    unnamed = _unnamed(value.__class__)
    for spec in dataclasses.fields(value):
        part = getattr(value, spec.name)
        if (part is None or "left_out" in declared(type(value), spec.name)) and _is_default(
            part, spec
        ):
            continue
        table[spec.name] = _encode(part, spec.name, unnamed.get(spec.name))
    return dict(sorted(table.items(), key=lambda item: isinstance(item[1], dict)))


def _is_default(part: Any, spec: dataclasses.Field[Any]) -> bool:
    if spec.default_factory is not dataclasses.MISSING:
        return bool(part == spec.default_factory())
    return bool(part == spec.default)


def _encode(part: Any, name: str, unnamed: type | None) -> Any:
    """Encode the value of a field, or an item of it; a value of one type needs not name it."""
    if part is None:
        return math.inf
    if isinstance(part, bool | int | float | str):
        return part
    if isinstance(part, frozenset):
        return sorted(_encode(item, name, unnamed) for item in part)
    if isinstance(part, tuple):
        return [_encode(item, name, unnamed) for item in part]
    if not dataclasses.is_dataclass(part):
        raise ValueError(
            f"{name} must be a dataclass, so that it can be compared and stored, got {shown(part)}"
        )
    kind = type(part)
    if kind is unnamed:
        return _fields(part)
    if _is_ours(kind):
        return {"type": kind.__name__, **_fields(part)}
    return {"type": f"{kind.__module__}.{kind.__qualname__}", "code": _code(kind), **_fields(part)}


def _code(kind: type) -> str:
    """Return a digest of the source of a user's class: once edited, it makes another scenario."""
    try:
        source = inspect.getsource(kind)
    except (OSError, TypeError) as error:
        raise ValueError(
            f"{kind.__qualname__} must have source that Python can find, to have an identity"
        ) from error
    return sha256(source.encode()).hexdigest()


def _build(cls: type[V], table: dict[str, Any], own: Mapping[str, type]) -> V:
    known = {spec.name: spec for spec in dataclasses.fields(cls)}  # type: ignore[arg-type]  # every type here is a dataclass
    arguments = {}
    for name, part in table.items():
        if name not in known:
            raise ValueError(
                f"{cls.__name__} has no field {shown(name)} in this TOML; it has {', '.join(known)}"
            )
        arguments[name] = _decode(part, name, cls, own)
    needed = [name for name, spec in known.items() if _is_needed(spec) and name not in table]
    if needed:
        raise ValueError(
            f"{cls.__name__} must have {', '.join(needed)} in this TOML, got {shown(table)}"
        )
    return cls(**arguments)


def _is_needed(spec: dataclasses.Field[Any]) -> bool:
    return spec.default is dataclasses.MISSING and spec.default_factory is dataclasses.MISSING


def _decode(part: Any, name: str, cls: type, own: Mapping[str, type]) -> Any:
    """Decode the value of a field of a class, or an item of it."""
    if isinstance(part, dict):
        if part.get("type") in own:
            fields = {key: value for key, value in part.items() if key not in {"type", "code"}}
            return _build(own[part["type"]], fields, own)
        return _build(*_type_of(part, name, _allowed(cls).get(name) or _BUILT_IN), own)
    if isinstance(part, list):
        return tuple(_decode(item, name, cls, own) for item in part)
    if isinstance(part, float) and part == math.inf:
        return None
    return part


def _type_of(
    table: dict[str, Any], name: str, types: dict[str, type]
) -> tuple[type, dict[str, Any]]:
    if len(types) == 1 and "type" not in table:
        return next(iter(types.values())), table
    kind = table.get("type")
    if not isinstance(kind, str) or kind not in types:
        raise ValueError(
            f"{name}.type must be one of {', '.join(sorted(types))}, got {shown(kind)}"
        )
    return types[kind], {key: part for key, part in table.items() if key != "type"}


@cache
def _unnamed(cls: type) -> dict[str, type]:
    """Return the types that fields of a class need not name: the only ones of their kinds."""
    return {
        name: kind
        for name, types in _allowed(cls).items()
        if len(types) == 1
        for kind in types.values()
        if vars(kind).get("is_only_kind")
    }


@cache
def _allowed(cls: type) -> dict[str, dict[str, type]]:
    """Return the types of ours that each field of a class allows, by their names."""
    try:
        hints = get_type_hints(cls)
    except Exception:  # noqa: BLE001 - a student's annotation may be anything, or for checkers only
        return {}
    return {name: {kind.__name__: kind for kind in _types_in(hint)} for name, hint in hints.items()}


def _types_in(hint: Any) -> list[type]:
    """Return the dataclasses of ours that a type annotation allows."""
    if inner := get_args(hint):
        return [kind for part in inner for kind in _types_in(part)]
    if Protocol in getattr(hint, "__bases__", ()):
        methods = {name for name in dir(hint) if not name.startswith("_")}
        room = hint.__module__.rpartition(".")[0]
        kinds = (kind for kind in _BUILT_IN.values() if kind.__module__.startswith(f"{room}."))
        return [kind for kind in kinds if methods.issubset(dir(kind))]
    is_one = isinstance(hint, type) and dataclasses.is_dataclass(hint)
    return [hint] if is_one and _is_ours(hint) else []


def _is_ours(kind: Any) -> bool:
    return bool(kind.__module__.startswith("simulator."))
