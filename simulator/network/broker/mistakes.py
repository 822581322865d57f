"""Mistakes: what the handler of a queue raised that was no `CallFailed`.

The queue takes the message back and hands it out again, so a mistake in a handler would look like a
bad network. Each is reported once.
"""

from __future__ import annotations

import functools
import inspect
import traceback
import warnings
from collections.abc import Callable
from typing import Any

from simulator.errors import HandlerFailed


class Mistakes:
    """The mistakes of the handlers of one network that have been reported."""

    def __init__(self) -> None:
        """Start with none."""
        self._reported: list[tuple[Callable[..., Any], type[Exception]]] = []

    def warn(self, handler: Callable[..., Any], queue: str, error: Exception) -> None:
        """Report an exception of a handler, the first of its type, where the handler raised it."""
        mistake = handler, type(error)
        if mistake in self._reported:
            return
        self._reported.append(mistake)
        file, line = _place(handler, error)
        own = _unwrapped(handler)
        name = getattr(own, "__name__", type(own).__name__)
        warnings.warn_explicit(
            f"{name}, a handler of the queue {queue}, raised {error!r} in {file}, line {line}: its "
            "message goes back to the queue (where that is meant, raise Failed)",
            HandlerFailed,
            file,
            line,
        )


def _place(handler: Callable[..., Any], error: Exception) -> tuple[str, int]:
    """Return the file and the line where a handler raised: the innermost in its own file."""
    frames = traceback.walk_tb(error.__traceback__)
    places = [(frame.f_code.co_filename, line) for frame, line in frames]
    own = _unwrapped(handler)
    function = own if inspect.isroutine(own) else type(own).__call__
    code = getattr(function, "__code__", None)
    inside = [place for place in places if code is not None and place[0] == code.co_filename]
    return (inside or places)[-1]


def _unwrapped(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Return what is underneath a handler that is a partial or decorated."""
    while isinstance(handler, functools.partial):
        handler = handler.func
    underneath: Callable[..., Any] = inspect.unwrap(handler)
    return underneath
