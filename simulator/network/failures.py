"""Failures: what ends a run, with what it takes to find its cause.

An exception that nobody catches leaves the run as it was raised, with notes (PEP 678): which
request, which handler, which line of which generator. SimPy raises a copy instead, without them.
"""

from __future__ import annotations

import traceback
from contextlib import suppress
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final, TypeVar

import simpy

if TYPE_CHECKING:
    from simulator.message import Message

LIBRARIES: Final = tuple(str(Path(file).parent) for file in (simpy.__file__, Path(__file__).parent))
"""Where code stands that is not the student's."""

E = TypeVar("E", bound=BaseException)

Place = tuple[str, int]
"""A file, and a line of it."""


def describe(message: Message) -> str:
    """Name a message: its identifier, its ends, its topic and its creation."""
    return (
        f'{message.id} ({message.sender}→{message.receiver}, topic "{message.topic}", '
        f"created at {message.created_s:g} s)"
    )


def add_note(error: BaseException, note: str) -> None:
    """Add a note to an exception, once; not to one that lets nothing be added."""
    if note not in getattr(error, "__notes__", ()):
        with suppress(AttributeError):
            error.add_note(note)


def twin_of(error: E) -> E:
    """Return an exception of one's own for one that others may get too, with its notes and fields.

    A class's own `__init__` is not called: its arguments need not be those of the exception.
    """
    twin = remade(error)
    if twin is error:
        return error
    for name, value in fields_of(error).items():
        BaseException.__setattr__(twin, name, list(value) if name == "__notes__" else value)
    BaseException.__setattr__(twin, "__cause__", error)
    return twin


def remade(error: E) -> E:
    """Return another exception of a class, of the same arguments; the same if there can be none."""
    kind = type(error)
    own_init = isinstance(kind.__init__, FunctionType)
    for make in (kind.__new__ if own_init else type.__call__, BaseException.__new__):
        with suppress(Exception):
            twin: E = make(kind, *error.args)
            BaseException.__setattr__(twin, "args", error.args)
            return twin
    return error


def fields_of(error: BaseException) -> dict[str, Any]:
    """Return what an exception holds beside its arguments, in slots too."""
    slots = [name for kind in type(error).__mro__ for name in _slots(kind)]
    held = {name: getattr(error, name) for name in slots if hasattr(error, name)}
    return held | vars(error)


def _slots(kind: type) -> tuple[str, ...]:
    named = vars(kind).get("__slots__", ())
    return (named,) if isinstance(named, str) else tuple(named)


def uncaught(event: simpy.Event) -> BaseException:
    """Return the exception of an event that failed, and with which nobody coped."""
    error: BaseException = event._value  # noqa: SLF001 - an event that failed says why nowhere else
    if isinstance(event, simpy.Process):
        say_where_it_left(error)
    return error


def say_where_it_left(error: BaseException) -> None:
    """Note the outermost generator that a failure left, where it is not ours."""
    for frame, line in traceback.walk_tb(error.__traceback__):
        code = frame.f_code
        if not code.co_filename.startswith(LIBRARIES):
            add_note(error, f"it left {code.co_name} ({code.co_filename}, line {line}) uncaught")
            return
    add_note(error, "nobody waited for it: yield what was started, and catch there what may fail")
