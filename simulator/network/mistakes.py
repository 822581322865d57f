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
        name = getattr(handler, "__name__", type(handler).__name__)
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
    code = getattr(_function(handler), "__code__", None)
    own = [(file, line) for file, line in places if code is not None and file == code.co_filename]
    return (own or places)[-1]


def _function(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function underneath a handler: of a partial, a decorated one, an object."""
    while isinstance(handler, functools.partial):
        handler = handler.func
    handler = inspect.unwrap(handler)
    return handler if inspect.isroutine(handler) else type(handler).__call__
