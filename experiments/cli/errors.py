"""Errors of the command line: one line on standard error, which repeats nothing long whole."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import click

from simulator.validation import shortened

LONG_ARGUMENT: Final = 100
"""Characters of a short argument."""

LONGEST: Final = 2_000
"""Characters of the longest error: what is allowed may be long, what was given is shortened."""

_LONG: Final = re.compile(r"'[^']{200,}'|\S{200,}")


def say(message: str) -> None:
    """Write an error to the terminal."""
    line = shortened(_LONG.sub(lambda word: shortened(word[0]), message), LONGEST)
    click.echo(f"pigeon: error: {line}", err=True)


def without_long(message: str, arguments: Iterable[str]) -> str:
    """Return what click says of a command line, without repeating a long argument whole."""
    for argument in arguments:
        for part in (argument, argument.partition("=")[2]):
            if len(part) > LONG_ARGUMENT:
                message = message.replace(part, shortened(part))
    return message


def of_the_system(error: OSError) -> str:
    """Return what the system says of a file, with the file's name."""
    if error.filename is None or error.strerror is None:
        return str(error)
    return f"{shortened(str(error.filename), 200)}: {error.strerror}"
