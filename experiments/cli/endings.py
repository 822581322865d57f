"""Endings: what the program says when it ends early, and its exit status."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import click

from experiments.cli.errors import of_the_system, say, without_long
from experiments.framework.stopping import STOPPING
from simulator import LiveFailed

FAILED: Final = 1
BAD_INPUT: Final = 2
STOPPED: Final = "stopped; nothing is left half-written"
STOPPED_RUN: Final = "stopped; the same command goes on where this one was"


class Stopped(KeyboardInterrupt):
    """A run was stopped, and can go on."""


def end(error: BaseException, arguments: Sequence[str]) -> int:
    """Say why the program ends, and return its exit status; raise an error that is a bug.

    Args:
        error: What ended it.
        arguments: Those of its command line.
    """
    if STOPPING.number or isinstance(error, click.Abort | KeyboardInterrupt):
        can_go_on = isinstance(error.__cause__, Stopped)
        say(STOPPED_RUN if can_go_on else STOPPED)
        return STOPPING.status
    if isinstance(error, click.ClickException):
        say(without_long(error.format_message(), arguments))
        return error.exit_code  # 2 for bad input, 1 for cells that failed
    if isinstance(error, OSError):
        say(of_the_system(error))
        return BAD_INPUT
    if isinstance(error, LiveFailed):
        say(str(error))
        return FAILED
    if isinstance(error, ValueError):
        say(str(error))
        return BAD_INPUT
    raise error
