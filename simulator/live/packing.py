"""Packing: a scenario as text for another process, which imports a student's own classes."""

from __future__ import annotations

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
    text = scenario.to_toml()
    for name in own_classes(tomllib.loads(text)):
        find(name)
    if unpack(text) != scenario:
        raise ValueError("it does not come out of TOML as it went in")
    return text


def unpack(text: str) -> Scenario:
    """Read a scenario, with the classes that it names."""
    own = {name: find(name) for name in own_classes(tomllib.loads(text))}
    return encoding.from_toml(text, Scenario, own)


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


def own_classes(table: Any) -> Iterator[str]:
    """Yield the full names of the classes in a table of TOML that are not the simulator's."""
    parts = table.values() if isinstance(table, dict) else table if isinstance(table, list) else ()
    if isinstance(table, dict) and "." in str(table.get("type", "")):
        yield table["type"]
    for part in parts:
        yield from own_classes(part)
