"""Payloads: nodes share nothing, so what crosses the network is copied, as if it were serialized.

A message carries its data as they were when it was sent, and each handover hands over a copy of its
own; so does each reply. Copied are lists, dictionaries, sets, deques, byte arrays, NumPy arrays and
dataclasses, also inside one another and in tuples. What cannot change is not copied; any other
object, such as an instance of a plain class, is shared.
"""

from __future__ import annotations

import copy
import dataclasses
import operator
import pickle
from collections import deque
from contextlib import suppress
from types import NoneType
from typing import Any, Final, TypeVar

import numpy as np

from simulator.errors import Failed
from simulator.message import Message
from simulator.network.failures import fields_of, remade

Value = TypeVar("Value")

ATOMS: Final = frozenset({NoneType, bool, int, float, complex, str, bytes})
"""Types whose values cannot change: most of what messages carry."""


def own_copy(value: Value) -> Value:
    """Return a copy that shares nothing that can change; the value itself if nothing can."""
    if type(value) not in ATOMS and not (isinstance(value, Message) and type(value.data) in ATOMS):
        value = _copy(value, {})
    return value


def with_own_data(message: Message) -> Message:
    """Return a message whose data nobody else has."""
    if type(message.data) in ATOMS:
        return message
    data = own_copy(message.data)
    return message if data is message.data else message._replace(data=data)


def are_equal(one: Message, other: Message) -> bool:
    """Whether two messages carry the same, by value or once serialized; copies of one do."""
    if one.id == other.id:
        return True
    with suppress(Exception):  # arrays are compared item by item, and what holds itself for ever
        if one.data == other.data:
            return True
    with suppress(Exception):  # it may be nothing that can be serialized
        return pickle.dumps(one.data) == pickle.dumps(other.data)
    return False


def as_sent(failure: Failed) -> Failed:
    """Return the copy of a handler's failure that its answer carries: class, text and fields."""
    twin = remade(failure)
    if twin is failure:  # no other can be made of its class
        twin = Failed(str(failure))
    BaseException.__setattr__(twin, "args", own_copy(twin.args))
    for name, value in fields_of(failure).items():
        with suppress(AttributeError):
            BaseException.__setattr__(twin, name, own_copy(value))
    return twin


def _copy(value: Any, copies: dict[int, Any]) -> Any:
    """Copy a value; what occurs in it twice, or inside itself, is copied once."""
    if type(value) in ATOMS:
        return value
    if id(value) in copies:
        return copies[id(value)]
    if isinstance(value, Message):  # as a broker delivers it
        return with_own_data(value)
    if isinstance(value, tuple):
        return _copy_tuple(value, copies)
    twin: Any
    if isinstance(value, set | bytearray | np.ndarray):
        twin = copies[id(value)] = copy.copy(value)
        return twin
    if isinstance(value, list | deque | dict):
        twin = copies[id(value)] = copy.copy(value)
        for place, item in value.items() if isinstance(value, dict) else enumerate(value):
            twin[place] = _copy(item, copies)
        return twin
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _copy_dataclass(value, copies)
    return value


def _copy_tuple(value: tuple[Any, ...], copies: dict[int, Any]) -> tuple[Any, ...]:
    items = [_copy(item, copies) for item in value]
    if all(map(operator.is_, items, value)):
        return value
    make = getattr(type(value), "_make", tuple)  # a named tuple is made from its fields
    twin: tuple[Any, ...] = make(items)
    return twin


def _copy_dataclass(value: Any, copies: dict[int, Any]) -> Any:
    twin = copies[id(value)] = copy.copy(value)
    is_same = type(value).__dataclass_params__.frozen
    for field in dataclasses.fields(value):
        item = getattr(value, field.name)
        own = _copy(item, copies)
        if own is not item:
            object.__setattr__(twin, field.name, own)
            is_same = False
    if is_same:
        copies[id(value)] = value
    return copies[id(value)]
