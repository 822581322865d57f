"""Progress: a bar with the time left on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from time import monotonic
from types import TracebackType
from typing import Final, NamedTuple, Self, TextIO

from tqdm import tqdm

from simulator.languages.numbers import numbers

EVERY: Final = 5.0
"""Seconds between plain lines."""


class Size(NamedTuple):
    """How much work there is.

    Attributes:
        runs: How many runs.
        messages: How many messages in all of them.
        unit: What is counted as messages: requests, customers…
    """

    runs: int
    messages: int
    unit: str = "messages"


class Progress:
    """How much of long work is done, on standard error."""

    def __init__(
        self, total: Size, label: str = "", *, shown: bool = True, stream: TextIO | None = None
    ) -> None:
        """Start at nothing done."""
        self._stream = sys.stderr if stream is None else stream
        self._total, self._label = total, label
        self._runs = self._messages = 0
        self._lines = shown and not self._stream.isatty()
        self._began = self._told = monotonic()
        self._bar = tqdm(
            total=total.messages,
            desc=label,
            unit=f" {total.unit}",
            unit_scale=True,
            file=self._stream,
            disable=not shown or self._lines,
            dynamic_ncols=True,
        )

    @property
    def is_bar(self) -> bool:
        """Whether it is shown by a bar, rather than by lines."""
        return not self._bar.disable

    def advance(self, runs: int, messages: int) -> None:
        """Note that so many more runs, of so many messages in all, are done."""
        self._runs += runs
        self._messages += messages
        self._bar.update(messages)
        now = monotonic()
        is_over = self._runs == self._total.runs
        if self._lines and runs and (is_over or now - self._told >= EVERY):
            self._told = now
            self._stream.write(self._line(now - self._began) + "\n")
            self._stream.flush()

    def _line(self, elapsed: float) -> str:
        total = self._total
        share = self._messages / total.messages
        left = elapsed * (1 / share - 1)
        is_over = self._runs == total.runs
        ending = f" in {elapsed:.1f} s" if is_over else f", about {left:.0f} s left"
        runs, of, messages = map(numbers("en").count, (self._runs, total.runs, self._messages))
        done = f"{runs} of {of} runs, {messages} {total.unit}"
        return f"{self._label}: {done} ({share:.0%}){ending}"

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
