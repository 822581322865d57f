"""Columns: a table for a terminal."""

from __future__ import annotations

from collections.abc import Sequence


def columns(rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """Return rows of words as a table whose columns are aligned.

    Args:
        rows: The rows, all of one length.
        left: How many columns, from the first, are aligned to the left; numbers are to the right.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        [
            word.ljust(width) if at < left else word.rjust(width)
            for at, (word, width) in enumerate(zip(row, widths, strict=True))
        ]
        for row in rows
    )
    return "\n".join("  ".join(line).rstrip() for line in lines)
