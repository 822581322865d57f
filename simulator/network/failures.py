"""Failures: what ends a run, with what it takes to find its cause.

An exception that nobody catches leaves the run as it was raised, with notes (PEP 678): which
request, which handler, which line of which generator. SimPy raises a copy instead, without them.
"""

from __future__ import annotations

import inspect
import math
import traceback
from pathlib import Path
from types import FrameType, GeneratorType
from typing import TYPE_CHECKING, Any, Final

import simpy

from simulator.validation import refuse

if TYPE_CHECKING:
    from simulator.message import Message

LIBRARIES: Final = tuple(str(Path(file).parent) for file in (simpy.__file__, Path(__file__).parent))
"""Where code stands that is not the student's."""

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


def place_of_call() -> Place:
    """Return where the function that calls this one was called."""
    here = inspect.currentframe()
    assert here is not None  # noqa: S101 - CPython has frames
    assert here.f_back is not None  # noqa: S101
    caller = here.f_back.f_back
    return ("?", 0) if caller is None else (caller.f_code.co_filename, caller.f_lineno)


def explain(error: Exception) -> Exception:
    """Return the exception with which a run ends, for the one that came out of SimPy's loop.

    Args:
        error: An exception that was raised while an event was processed.

    Returns:
        For what SimPy raised because a process failed, the exception that the process failed of.
        For what SimPy raised because a process yielded no event, a `ValueError` that says where.
        Else the exception itself.
    """
    frame = _innermost(error)
    if frame is not None and frame.f_code is simpy.Process._resume.__code__:  # noqa: SLF001
        return _no_event(error, frame.f_locals)
    if frame is not None and frame.f_code is simpy.Environment.step.__code__:
        event = frame.f_locals.get("event")
        if (
            isinstance(event, simpy.Event)
            and event.triggered
            and isinstance(event.value, Exception)
        ):
            error = event.value
            _gather_notes(error)
            if isinstance(event, simpy.Process):
                _say_which_process(error)
    return error


def _innermost(error: Exception) -> FrameType | None:
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return frames[-1] if frames else None


def _no_event(error: Exception, names: dict[str, Any]) -> Exception:
    """Say which generator yielded what is no event, and where."""
    if not isinstance(error, RuntimeError) or hasattr(names.get("event"), "callbacks"):
        return error
    value, generator = names["event"], names["self"]._generator  # noqa: SLF001
    while hasattr(generator.gi_yieldfrom, "gi_frame"):
        generator = generator.gi_yieldfrom
    file, line = generator.gi_code.co_filename, generator.gi_frame.f_lineno
    allowed = "an event to wait for, such as net.timeout(0.5)"
    if isinstance(value, GeneratorType):
        name = value.gi_code.co_name
        allowed = f"an event to wait for: `yield from {name}(…)`, or `yield net.process({name}(…))`"
    elif isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf:
        allowed = f"an event to wait for, such as net.timeout({value!r})"
    try:
        refuse(f"what {generator.__name__} yields ({file}, line {line})", value, allowed)
    except ValueError as refusal:
        refusal.__suppress_context__ = True  # SimPy's own says the same, of a frame of ours
        return refusal.with_traceback(None)


def _gather_notes(error: Exception) -> None:
    """Give an exception the notes of those that it is SimPy's copy of."""
    notes: list[str] = []
    copied: BaseException | None = error
    while copied is not None and _is_copy(error, copied):
        notes = [*getattr(copied, "__notes__", ()), *notes]
        copied = copied.__cause__
    if notes:
        error.__notes__ = list(dict.fromkeys(notes))


def _is_copy(error: BaseException, of: BaseException) -> bool:
    same = type(error) is type(of) and len(error.args) == len(of.args)
    return same and all(map(lambda a, b: a is b, error.args, of.args))


def _say_which_process(error: Exception) -> None:
    """Note the outermost generator that a failure left, where it is not ours."""
    for frame, line in traceback.walk_tb(error.__traceback__):
        code = frame.f_code
        if not code.co_filename.startswith(LIBRARIES):
            add_note(error, f"it left {code.co_name} ({code.co_filename}, line {line}) uncaught")
            return
    add_note(error, "nobody waited for it: yield what was started, and catch there what may fail")
