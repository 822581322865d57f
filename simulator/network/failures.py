"""Failures: what ends a run, with what it takes to find its cause.

An exception that nobody catches leaves the run as it was raised, with notes (PEP 678): which
request, which handler, which line of which generator. SimPy raises a copy instead, without them.
"""

from __future__ import annotations

import traceback
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, Final, TypeVar

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
    """Add a note to an exception, once."""
    if note not in getattr(error, "__notes__", ()):
        error.add_note(note)


def twin_of(error: E) -> E:
    """Return an exception of one's own for one that others may get too, with its notes and fields.

    A class's own `__init__` is not called: its arguments need not be those of the exception.
    """
    kind = type(error)
    make = kind.__new__ if isinstance(kind.__init__, FunctionType) else type.__call__
    try:
        twin: E = make(kind, *error.args)
    except Exception:  # noqa: BLE001 - it is not made of its arguments
        return error
    vars(twin).update(vars(error))
    if hasattr(error, "__notes__"):
        twin.__notes__ = list(error.__notes__)
    twin.__cause__ = error
    return twin


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
