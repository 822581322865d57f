"""A student's file: what it defines, made as a lab asks for it."""

from __future__ import annotations

import inspect
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from simulator.policies import Promise, Retry
from simulator.reading import read_text
from simulator.worlds.subject import check_backoff

MODULE: Final = "lab_of_a_student"
"""What the module of a student's file is called, so that its dataclasses find it."""


class NotALab(ValueError):
    """A file that cannot be judged: it cannot be read, or does not define what its lab asks for."""


@dataclass(frozen=True)
class Student:
    """What a student has written.

    Attributes:
        file: Where.
        source: The text of the file.
        module: What running the file has defined.
        kind: The class or the function to judge.
    """

    file: Path
    source: str
    module: ModuleType
    kind: Any

    def make(self) -> Any:
        """Return a new object of the class, or the function.

        Raises:
            NotALab: If the class cannot be made without arguments.
        """
        if not inspect.isclass(self.kind):
            return self.kind
        try:
            return self.kind()
        except Exception as error:
            problem = f"must be made without arguments: {type(error).__name__}: {error}"
            raise NotALab(f"{self.file}: the class {self.kind.__name__} {problem}") from error


def read(file: Path, asked: str | None) -> Student:
    """Run a student's file, and find in it what is to be judged.

    Args:
        file: The file.
        asked: The name that the lab asks for. None: the one class with `send` and `receive`.

    Raises:
        NotALab: If the file cannot be read or run, or does not have it.
    """
    try:
        source = read_text(file, "Python file")
        code = compile(source, str(file), "exec")
    except SyntaxError as error:
        raise NotALab(f"{file}, line {error.lineno}: {error.msg}") from error
    except ValueError as error:
        raise NotALab(str(error)) from error
    except (RecursionError, MemoryError) as error:
        raise NotALab(f"{file}: its code is nested too deep") from error
    module = ModuleType(MODULE)
    module.__file__ = str(file)
    sys.modules[MODULE] = module
    try:
        exec(code, vars(module))  # noqa: S102 - the student's own code is what is judged
    except (Exception, SystemExit) as error:
        line = line_of(error, file)
        where = f"{file}, line {line}" if line else str(file)
        raise NotALab(f"{where}: {type(error).__name__}: {error}") from error
    kind = _guarantee(module, file) if asked is None else getattr(module, asked, None)
    if not callable(kind):
        raise NotALab(f"{file} must define {asked}, as the skeleton of its lab does")
    student = Student(file, source, module, kind)
    student.make()
    return student


def check_promises(student: Student) -> None:
    """Refuse a guarantee that promises nothing, or anything but a `Promise`.

    Raises:
        NotALab: If it does not.
    """
    promises = getattr(student.make(), "promises", None)
    the_class = f"{student.file}: the class {student.kind.__name__}"
    if not isinstance(promises, set | frozenset) or not promises:
        allowed = "must promise something: set promises, or give a lab with --lab"
        raise NotALab(f"{the_class} {allowed}")
    others = sorted(repr(promise) for promise in promises if not isinstance(promise, Promise))
    if others:
        raise NotALab(f"{the_class} must promise members of Promise, got {others[0]}")


def check_guarantee(student: Student) -> None:
    """Refuse a guarantee that is no value, or whose pauses are drawn.

    Raises:
        NotALab: If it is one.
    """
    made = student.make()
    if type(made).__hash__ is None:
        allowed = "must be @dataclass(frozen=True): a guarantee is a value"
        raise NotALab(f"{student.file}: the class {student.kind.__name__} {allowed}")
    retry = getattr(made, "retry", None)
    if isinstance(retry, Retry):
        try:
            check_backoff(f"{student.file}: here the backoff", retry.backoff)
        except ValueError as error:
            raise NotALab(str(error)) from error
        except Exception:  # noqa: BLE001 - its own mistake, which is judged with its line
            return


def line_of(error: BaseException, file: Path) -> int | None:
    """Return the innermost line of a file that an exception passed through; None if none."""
    lines = [
        line
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename == str(file)
    ]
    return lines[-1] if lines else None


def _guarantee(module: ModuleType, file: Path) -> Callable[[], Any]:
    """Return the one class of a file that is a guarantee, and that none of its others extends."""
    own = [
        kind
        for kind in vars(module).values()
        if inspect.isclass(kind)
        and kind.__module__ == MODULE
        and all(callable(getattr(kind, verb, None)) for verb in ("send", "receive"))
    ]
    last = [kind for kind in own if not any(kind in other.__mro__[1:] for other in own)]
    if len(last) != 1:
        names = ", ".join(kind.__name__ for kind in last) or "none"
        hint = "" if last else " (for the labs of the queue and the account, give --lab)"
        allowed = "must have one class with the methods send and receive"
        raise NotALab(f"{file} {allowed}, got {names}{hint}")
    found: Callable[[], Any] = last[0]
    return found
