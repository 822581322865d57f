"""Scenarios as TOML, to be stored, sent to another machine and identified.

A value becomes a table of its fields, with its `type` where a field allows several. None is left
out where it is the default, and is `inf` where it means "for ever".

A dataclass in a higher layer declares the types that a field of its own allows, in
`metadata={"holds": (A, B)}`. Values of such a field are written without their defaults.
"""

from __future__ import annotations

import dataclasses
import inspect
import math
import tomllib
from hashlib import sha256
from types import ModuleType
from typing import Any, Final, TypeVar

from simulator import conditions, policies, protocols
from simulator.conditions import Link
from simulator.policies import Retry
from simulator.validation import refuse, shown

V = TypeVar("V")

_BUILT_IN: Final[dict[str, type]] = {
    name: value
    for module in (conditions, policies, protocols)
    for name, value in vars(module).items()
    if isinstance(value, type) and dataclasses.is_dataclass(value)
}
_ONLY_TYPE: Final[dict[str, type]] = {"link": Link, "return_link": Link, "retry": Retry}
"""Fields that allow a single type, so that their tables need not name it."""
_FAMILIES: Final[dict[str, tuple[ModuleType, set[str]]]] = {
    "guarantee": (protocols, {"send"}),
    "workload": (conditions, {"times_ns"}),
    "delay": (conditions, {"quantile"}),
    "loss": (conditions, {"loses", "start"}),
    "backoff": (policies, {"pause_after"}),
}
"""The module of the types that a field allows, and the methods of which each type has one."""


def to_toml(value: Any) -> str:
    """Write a value as canonical TOML: equal values, equal text.

    Raises:
        ValueError: If some part is not a dataclass, and so cannot be compared.
    """
    import tomli_w  # noqa: PLC0415 - only where TOML is written

    return tomli_w.dumps(_fields(value))


def from_toml(text: str, cls: type[V]) -> V:
    """Read a value of a type from TOML.

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
        return _build(cls, table)
    except RecursionError as error:
        raise ValueError(f"{cls.__name__} must be TOML, got tables nested too deeply") from error


def _fields(value: Any, *, short: bool = False) -> dict[str, Any]:
    """Encode the fields of a dataclass, tables last, as TOML requires."""
    table: dict[str, Any] = {}
    for spec in dataclasses.fields(value):
        part = getattr(value, spec.name)
        if (part is None and spec.default is None) or (short and part == spec.default):
            continue
        table[spec.name] = _encode(part, spec.name, spec.metadata.get("holds", ()))
    return dict(sorted(table.items(), key=lambda item: isinstance(item[1], dict)))


def _encode(part: Any, name: str, holds: tuple[type, ...] = ()) -> Any:
    if part is None:
        return math.inf
    if isinstance(part, bool | int | float | str):
        return part
    if isinstance(part, frozenset):
        return sorted(_encode(item, name) for item in part)
    if isinstance(part, tuple):
        return [_encode(item, name, holds) for item in part]
    if not dataclasses.is_dataclass(part):
        raise ValueError(
            f"{name} must be a dataclass, so that it can be compared and stored, got {shown(part)}"
        )
    kind = type(part)
    if kind in holds:
        fields = _fields(part, short=True)
        return fields if len(holds) == 1 else {"type": kind.__name__, **fields}
    if _ONLY_TYPE.get(name) is kind:
        return _fields(part)
    if _BUILT_IN.get(kind.__name__) is kind:
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


def _build(cls: type[V], table: dict[str, Any]) -> V:
    known = {spec.name: spec for spec in dataclasses.fields(cls)}  # type: ignore[arg-type]  # every type here is a dataclass
    arguments = {}
    for name, part in table.items():
        if name not in known:
            raise ValueError(
                f"{cls.__name__} has no field {shown(name)} in this TOML; it has {', '.join(known)}"
            )
        arguments[name] = _decode(part, name, known[name].metadata.get("holds", ()))
    needed = [name for name, spec in known.items() if _is_needed(spec) and name not in table]
    if needed:
        raise ValueError(
            f"{cls.__name__} must have {', '.join(needed)} in this TOML, got {shown(table)}"
        )
    return cls(**arguments)


def _is_needed(spec: dataclasses.Field[Any]) -> bool:
    return spec.default is dataclasses.MISSING and spec.default_factory is dataclasses.MISSING


def _decode(part: Any, name: str, holds: tuple[type, ...] = ()) -> Any:
    if isinstance(part, dict):
        return _build(*_type_of(part, name, holds))
    if isinstance(part, list):
        return tuple(_decode(item, name, holds) for item in part)
    if isinstance(part, float) and part == math.inf:
        return None
    return part


def _type_of(
    table: dict[str, Any], name: str, holds: tuple[type, ...]
) -> tuple[type, dict[str, Any]]:
    if name in _ONLY_TYPE and "type" not in table:
        return _ONLY_TYPE[name], table
    if len(holds) == 1 and "type" not in table:
        return holds[0], table
    types = {kind.__name__: kind for kind in holds} or _types_for(name)
    kind = table.get("type")
    if not isinstance(kind, str) or kind not in types:
        raise ValueError(
            f"{name}.type must be one of {', '.join(sorted(types))}, got {shown(kind)}"
        )
    return types[kind], {key: part for key, part in table.items() if key != "type"}


def _types_for(name: str) -> dict[str, type]:
    """Return the types that a field allows, if it does not declare them itself."""
    if name not in _FAMILIES:
        return _BUILT_IN
    module, methods = _FAMILIES[name]
    return {
        word: kind
        for word, kind in _BUILT_IN.items()
        if word in vars(module) and not methods.isdisjoint(dir(kind))
    }
