"""Packing: a scenario as text for another process, which imports a student's own classes."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from simulator import encoding
from simulator.scenario import Scenario


def pack(scenario: Scenario) -> str:
    """Write a scenario for another process.

    Raises:
        ValueError: If some part of it cannot be written, or another process cannot import it.
    """
    for kind in own_types(scenario):
        name = f"{kind.__module__}.{kind.__qualname__}"
        if find(name) is not kind:
            raise ValueError(f"another process would import another {name}")
    return scenario.to_toml()


def unpack(text: str) -> Scenario:
    """Read a scenario, with the classes that it names."""
    own = {name: find(name) for name in names_in(tomllib.loads(text))}
    return encoding.from_toml(text, Scenario, own)


def own_types(value: Any) -> Iterator[type]:
    """Yield the types of all parts of a value that are dataclasses, and not the simulator's."""
    if isinstance(value, tuple | frozenset):
        for part in value:
            yield from own_types(part)
    elif dataclasses.is_dataclass(value):
        kind = type(value)
        if not kind.__module__.startswith("simulator."):
            yield kind
        for spec in dataclasses.fields(value):
            yield from own_types(getattr(value, spec.name))


def find(name: str) -> type:
    """Return a class by its full name.

    Raises:
        ValueError: If another process could not find it so.
    """
    module, _, qualified = name.rpartition(".")
    if module == "__main__":
        raise ValueError(
            f"{qualified} is defined in the program or notebook itself, which another process "
            "cannot import: put it into a file of its own"
        )
    try:
        found: Any = getattr(import_module(module), qualified)
    except (ImportError, AttributeError) as error:
        raise ValueError(f"another process cannot import {name}: {error}") from error
    kind: type = found
    return kind


def names_in(table: Any) -> Iterator[str]:
    """Yield the full names of the classes in a table of TOML that are not the simulator's."""
    parts = table.values() if isinstance(table, dict) else table if isinstance(table, list) else ()
    if isinstance(table, dict) and "." in str(table.get("type", "")):
        yield table["type"]
    for part in parts:
        yield from names_in(part)
