"""Fields of values: what each allows is declared once, beside it.

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Patience(Checked):
        limit: float = field(default=1.0, metadata=DURATION)
        rounds: int | None = field(default=None, metadata=or_none(integer, low=1))

A check is a function of the field's name, for its error, and of the value: it returns what the
field keeps, or raises. Most are in `validation`. What concerns several fields stands in a
`__post_init__` of the class, which begins with `check_fields(self)`.

`encoding` reads annotations, and the note `LEFT_OUT`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Concatenate, Final, ParamSpec, TypeAlias

from simulator.validation import boolean, duration, integer, number, probability

P = ParamSpec("P")
Check: TypeAlias = Callable[[str, Any], object]


class Declaration(dict[str, Any]):
    """The `metadata` of a field: its check, and notes, joined to it by |."""

    def __or__(self, other: Any) -> Declaration:  # type: ignore[override]  # never with another dict
        """Join a note.

        Raises:
            TypeError: If both have a check.
        """
        if "check" in self and "check" in other:
            raise TypeError("a field has one check: write a function that makes both")
        return Declaration({**self, **other})


_CHECKS: Final[dict[type, list[tuple[str, str, Check, bool]]]] = {}
"""By class: each field, its name in errors, its check, and whether None passes unchecked."""


def checked(
    check: Callable[Concatenate[str, Any, P], object], *args: P.args, **kwargs: P.kwargs
) -> Declaration:
    """Declare a field by its check, and by what else this is called with."""
    if args:
        return Declaration(check=lambda name, value: check(name, value, *args, **kwargs))
    return Declaration(check=partial(check, **kwargs))


def or_none(
    check: Callable[Concatenate[str, Any, P], object], *args: P.args, **kwargs: P.kwargs
) -> Declaration:
    """Declare a field that may be None, by the check for anything else."""
    return checked(check, *args, **kwargs) | Declaration(may_be_none=True)


AT_LEAST_0: Final = checked(number, low=0)
ABOVE_0: Final = checked(number, low=0, open_low=True)
PROBABILITY: Final = checked(probability)
DURATION: Final = checked(duration)
COUNT: Final = checked(integer, low=1)
BOOLEAN: Final = checked(boolean)

LEFT_OUT: Final = Declaration(left_out=True)
"""The default is not written to TOML: what was written before the field existed stays the same."""


class Checked:
    """A frozen dataclass whose fields are checked as they are declared."""

    __slots__ = ()

    def __post_init__(self) -> None:
        """Refuse bad parameters."""
        check_fields(self)


def check_fields(value: object, name: str | None = None) -> None:
    """Check the fields of a frozen dataclass as they are declared, and keep what the checks return.

    Args:
        value: The dataclass, as its `__post_init__` gets it.
        name: What errors call it. None: by its type.
    """
    kind = type(value)
    checks = _CHECKS.get(kind)
    if checks is None:  # they are the same for all values of a class
        checks = _CHECKS[kind] = _checks(kind, name or kind.__name__)
    for field, full_name, check, may_be_none in checks:
        given = getattr(value, field)
        if given is None and may_be_none:
            continue
        kept = check(full_name, given)
        if kept is not given:
            object.__setattr__(value, field, kept)


def keep(
    value: object,
    field: str,
    check: Callable[Concatenate[str, Any, P], object],
    *args: P.args,
    **kwargs: P.kwargs,
) -> None:
    """Check one more field in a `__post_init__`, with bounds that are values of other fields."""
    name = f"{type(value).__name__}.{field}"
    object.__setattr__(value, field, check(name, getattr(value, field), *args, **kwargs))


def _checks(kind: type[Any], name: str) -> list[tuple[str, str, Check, bool]]:
    fields = {spec.name: declared(kind, spec.name) for spec in dataclasses.fields(kind)}
    return [
        (field, f"{name}.{field}", metadata["check"], "may_be_none" in metadata)
        for field, metadata in fields.items()
        if "check" in metadata
    ]


def declared(kind: type, field: str) -> Mapping[Any, Any]:
    """Return the metadata of a field, or of the one of a base that it gives another default."""
    for base in kind.__mro__:
        spec = vars(base).get("__dataclass_fields__", {}).get(field)
        if spec is not None and spec.metadata:
            metadata: Mapping[Any, Any] = spec.metadata
            return metadata
    return {}
