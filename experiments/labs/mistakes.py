"""Mistakes: exceptions, wrong yields, endless loops, hidden state, each with the student's line."""

from __future__ import annotations

import ast
import gc
import linecache
import re
from pathlib import Path
from types import FrameType, GeneratorType
from typing import Any

from experiments.labs import state
from experiments.labs.student import Student, line_of
from experiments.labs.wording import texts
from simulator.errors import EndlessRun

Snapshot = dict[str, str]

RANDOM = "random", "secrets", "uuid", "numpy", "np", "time", "datetime", "os"
"""Names of what differs from run to run."""


class Mistake(Exception):
    """A mistake that ends the search: what it would find after that means nothing."""


def of_chance(student: Student, language: str) -> str:
    """Return the sentence for code that does not do the same in the same world."""
    lines = (state.line_of(name, student.source) for name in RANDOM)
    line = next(filter(None, lines), None) or _first_line(student)
    return at_line("random", student.file, line, language)


def of_exception(error: BaseException, student: Student, language: str) -> str:
    """Return the sentence for an exception that a world ended with.

    Raises:
        Mistake: If the world had no end.
    """
    line = line_of(error, student.file) or _line_in_words(error, student) or _first_line(student)
    place = rf" (\(|in ){re.escape(str(student.file))}, line \d+\)?"
    said = " ".join(re.sub(place, "", str(error)).split())
    if isinstance(error, EndlessRun):
        line = next(iter(_lines_that_wait(student.file, "send")), line)  # answers do not begin it
        told = at_line("endless", student.file, line, language, error=said)
        raise Mistake(_with_hint(told, student.file, language)) from error
    kind = type(error).__name__
    return at_line("exception", student.file, line, language, kind=kind, error=said)


def check_state(before: Snapshot, after: Snapshot, student: Student, language: str) -> None:
    """Refuse state that has changed in a world.

    Raises:
        Mistake: If some has.
    """
    for place, written in after.items():
        if before.get(place) != written:
            line = state.line_of(place, student.source) or _first_line(student)
            raise Mistake(at_line("state", student.file, line, language, place=place))


def of_endless_loop(frame: FrameType | None, file: Path, language: str, seconds: float) -> str:
    """Return the sentence for a world that takes too long.

    Args:
        frame: Where it is.
        file: The student's file.
        language: "en" or "fr".
        seconds: How long it has taken.
    """
    lines = [*_lines_above(frame, file), *_lines_that_wait(file), 1]
    told = at_line("slow", file, lines[0], language, seconds=f"{seconds:g}")
    return _with_hint(told, file, language)


def at_line(what: str, file: Path, line: int, language: str, **values: Any) -> str:
    """Return a sentence with a line of a file, and what stands there."""
    said = texts(language)
    code = linecache.getline(str(file), line).strip()
    where = said("mistakes", "where").format(file=file.name, line=line, code=code)
    return said("mistakes", what).format(where=where, **values)


def _line_in_words(error: BaseException, student: Student) -> int | None:
    """Return the line of the file that the text of an exception, or a note to it, names."""
    told = "\n".join((str(error), *getattr(error, "__notes__", ())))
    found = re.search(re.escape(str(student.file)) + r", line (\d+)", told)
    if found:
        return int(found[1])
    method = re.search(r"Guarantee\.(send|receive)\b", told)
    code = getattr(getattr(student.kind, method[1], None), "__code__", None) if method else None
    return None if code is None else int(code.co_firstlineno)


def _first_line(student: Student) -> int:
    """Return the line where what is judged is defined."""
    for node in ast.walk(ast.parse(student.source)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == student.kind.__name__:
            return node.lineno
    return 1


def _with_hint(told: str, file: Path, language: str) -> str:
    """Return a sentence with a hint, if a loop of a file sends with the same number each time."""
    sent = [
        [*call.args[1:], *(given.value for given in call.keywords)]
        for loop in ast.walk(ast.parse("".join(linecache.getlines(str(file)))))
        if isinstance(loop, ast.For | ast.While)
        for call in ast.walk(loop)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "transmit"
    ]
    is_same = any(isinstance(number, ast.Constant) for given in sent for number in given[:1])
    if not is_same:
        return told
    return f"{told.removesuffix('.')}. {texts(language)('mistakes', 'unnumbered')}"


def _lines_above(frame: FrameType | None, file: Path) -> list[int]:
    """Return the lines of a file that are carried out, the innermost first."""
    lines = []
    while frame is not None:
        if frame.f_code.co_filename == str(file):
            lines.append(frame.f_lineno)
        frame = frame.f_back
    return lines


def _lines_that_wait(file: Path, function: str = "") -> list[int]:
    """Return the lines at which generators of a file wait, or those of one function alone."""
    waiting = [made for made in gc.get_objects() if isinstance(made, GeneratorType)]
    return [
        made.gi_frame.f_lineno
        for made in waiting
        if made.gi_frame is not None
        and made.gi_code.co_filename == str(file)
        and function in {"", made.gi_code.co_name}
    ]
