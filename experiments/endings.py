"""Endings: what the program says, in one line, when it ends early; and its exit status."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import click

from experiments.stopping import STOPPING

BAD_INPUT: Final = 2
STOPPED: Final = "stopped; nothing is left half-written"
STOPPED_RUN: Final = "stopped; the same command goes on where this one was"

LONG_ARGUMENT: Final = 100
"""Characters of a short argument."""
LONGEST: Final = 2_000
"""Characters of the longest error: what is allowed may be long, what was given is shortened."""
_LONG: Final = re.compile(r"'[^']{200,}'|\S{200,}")
"""What click, or the system, repeats of a command line, where it is long."""


class Stopped(KeyboardInterrupt):
    """A run was stopped, and can go on."""


def end(error: BaseException, arguments: Sequence[str]) -> int:
    """Say why the program ends, and return its exit status; raise an error that is a bug.

    Args:
        error: What ended it.
        arguments: Those of its command line.
    """
    from simulator.validation import shortened  # noqa: PLC0415 - it is slow to import

    message, status = _ending(error)
    if isinstance(error, click.ClickException):
        message = _short(message, arguments)
    message = _LONG.sub(lambda word: shortened(word[0]), message)
    click.echo("pigeon: error: " + shortened(message, LONGEST), err=True)
    return status


def _ending(error: BaseException) -> tuple[str, int]:
    from simulator.validation import shortened  # noqa: PLC0415 - it is slow to import

    if STOPPING.number or isinstance(error, click.Abort | KeyboardInterrupt):
        can_go_on = isinstance(error.__cause__, Stopped)
        return STOPPED_RUN if can_go_on else STOPPED, STOPPING.status
    if isinstance(error, click.ClickException):
        return error.format_message(), error.exit_code  # 2 for bad input, 1 for cells that failed
    if isinstance(error, OSError) and error.filename is not None and error.strerror is not None:
        return f"{shortened(str(error.filename), 200)}: {error.strerror}", BAD_INPUT
    if isinstance(error, OSError | ValueError):
        return str(error), BAD_INPUT
    raise error


def _short(message: str, arguments: Sequence[str]) -> str:
    """Return what click says of a command line, without repeating a long argument whole."""
    from simulator.validation import shortened  # noqa: PLC0415 - it is slow to import

    for argument in arguments:
        for part in (argument, argument.partition("=")[2]):
            if len(part) > LONG_ARGUMENT:
                message = message.replace(part, shortened(part))
    return message
