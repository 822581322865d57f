"""Reading files made elsewhere: text in UTF-8, and columns of numbers in CSV.

A file may come from a spreadsheet, an editor, a measurement or a program. Anything ambiguous is
refused, naming the file and the line, rather than guessed.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from pathlib import Path
from typing import Final

from simulator.validation import number, refuse, shortened

MOST_BYTES: Final = 1 << 28
"""Largest size of a file in bytes: 256 MiB, ten million numbers."""

_OTHERS: Final = {
    codecs.BOM_UTF32_LE: "UTF-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
_NUMBER: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def read_text(path: str | Path, kind: str) -> str:
    """Return the text of a file in UTF-8, without its byte-order mark if it has one.

    Args:
        path: The file.
        kind: What it is, for the error: "CSV file".

    Raises:
        ValueError: If there is no such file, or it cannot be read, or is in another encoding.
    """
    data = _bytes_of(path, kind)
    for mark, encoding in _OTHERS.items():
        if data.startswith(mark):
            raise ValueError(f"{_name_of(path)} must be a {kind}, which is UTF-8, got {encoding}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        got = f"the byte 0x{data[error.start]:02x} in line {line}"
        raise ValueError(f"{_name_of(path)} must be a {kind}, which is UTF-8, got {got}") from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        got = f"a zero byte in line {line}: binary, or UTF-16"
        raise ValueError(f"{_name_of(path)} must be a {kind}, which is UTF-8, got {got}")
    return text


def read_printed(path: str | Path, kind: str) -> str:
    """Return what a program printed into a file, whatever the system's encoding.

    That is UTF-8, UTF-16 with its mark (PowerShell's `>`), or else code page 850, that of Windows's
    console in Western Europe, in which each byte is some character.

    Args:
        path: The file.
        kind: What it is, for the error: "log of ping".

    Raises:
        ValueError: If there is no such file, or it cannot be read, or is not text.
    """
    data = _bytes_of(path, kind)
    is_utf_16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if is_utf_16 else ("utf-8-sig", "cp850"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
        break
    raise ValueError(f"{_name_of(path)} must be a {kind}, which is text, got binary data")


def read_column(
    path: str | Path, column: str, *, field: str, allowed: str, empty: float | None = None
) -> tuple[float, ...]:
    """Read a column of numbers, at least 0, of a CSV file with a header.

    Empty lines are left out, and spaces around names and numbers.

    Args:
        path: The file: values separated by commas, numbers with a decimal point.
        column: Name of the column.
        field: Name of the caller, for the error, such as "Empirical.from_csv".
        allowed: What each value is, such as "a delay in seconds".
        empty: What an empty value stands for; in a file of one column, one that is quoted, `""`.
            None: it is refused.

    Raises:
        ValueError: If the file cannot be read, the column is missing, or a line is not as long as
            the header or has anything but such a number in the column.
    """
    place, rows = (
        _name_of(path),
        csv.reader(io.StringIO(read_text(path, "CSV file"), newline=""), strict=True),
    )
    values = []
    try:
        header = next((_stripped(row) for row in rows if any(_stripped(row))), [])
        at = _place(header, column, f"{field}.column", place)
        for row in map(_stripped, rows):
            line = f"line {rows.line_num} of {place}"
            if not row or (len(row) == 1 and not row[0] and (empty is None or len(header) > 1)):
                continue
            if len(row) != len(header):
                raise ValueError(
                    f"{line} must have as many values as its header, {len(header)}, got "
                    f"{len(row)}: values are separated by commas, numbers have a decimal point"
                )
            if empty is not None and not row[at]:
                values.append(empty)
            else:
                values.append(_value(line, row[at], allowed))
    except csv.Error as error:
        raise ValueError(f"line {rows.line_num} of {place} must be CSV: {error}") from error
    if not values:
        raise ValueError(f"{place} must have at least one line below its header, got none")
    return tuple(values)


def _bytes_of(path: str | Path, kind: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except (OSError, TypeError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise ValueError(f"{_name_of(path)} must be a readable {kind}: {why}") from error
    if len(data) > MOST_BYTES:
        raise ValueError(f"{_name_of(path)} must be of at most {MOST_BYTES:,} bytes, got more")
    return data


def _place(header: list[str], column: object, field: str, place: str) -> int:
    """Return the index of a column by its name."""
    known = shortened(", ".join(header)) or "none"
    count = header.count(str(column))
    if count > 1:
        refuse(field, column, f"the name of one column of {place}, not {count} ({known})")
    if count == 0:
        apart = len(header) != 1 or not any(mark in header[0] for mark in ";\t|")
        hint = "" if apart else ", which must be separated by commas"
        refuse(field, column, f"a column of {place} ({known}){hint}")
    return header.index(str(column))


def _value(line: str, text: str, allowed: str) -> float:
    """Read a number: ASCII digits, a decimal point; no 1_000, no 0x10, no nan."""
    if not _NUMBER.fullmatch(text):
        refuse(line, text, f"a number such as 0.031, {allowed}")
    return number(line, float(text), low=0, allowed=f"at least 0, {allowed}")


def _stripped(row: list[str]) -> list[str]:
    return [value.strip() for value in row]


def _name_of(path: object) -> str:
    return shortened(str(path), 400)
