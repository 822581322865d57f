"""Progress: a bar with the time left on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from time import monotonic
from types import TracebackType
from typing import Final, Self, TextIO

from tqdm import tqdm

EVERY: Final = 5.0
"""Seconds between plain lines."""


class Progress:
    """How much of long work is done, told on standard error."""

    def __init__(
        self, total: int, label: str = "", *, shown: bool = True, stream: TextIO | None = None
    ) -> None:
        """Start at nothing done of `total` runs."""
        self._stream = sys.stderr if stream is None else stream
        self._total, self._done, self._label = total, 0, label
        self._lines = shown and not self._stream.isatty()
        self._began = self._told = monotonic()
        self._bar = tqdm(
            total=total,
            desc=label,
            unit="run",
            file=self._stream,
            disable=not shown or self._lines,
            dynamic_ncols=True,
        )

    def advance(self, runs: int) -> None:
        """Note that so many more runs are done."""
        self._done += runs
        self._bar.update(runs)
        now = monotonic()
        if self._lines and runs and (self._done == self._total or now - self._told >= EVERY):
            self._told = now
            self._stream.write(self._line(now - self._began) + "\n")
            self._stream.flush()

    def _line(self, elapsed: float) -> str:
        share = self._done / self._total
        left = elapsed * (1 / share - 1)
        ending = (
            f", about {left:.0f} s left" if self._done < self._total else f" in {elapsed:.1f} s"
        )
        return f"{self._label}: {self._done:,} of {self._total:,} runs ({share:.0%}){ending}"

    def __enter__(self) -> Self:
        """Show it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        """Leave the terminal as it was."""
        self._bar.close()
