"""A watchdog: it ends a process whose student's code does not come to an end, and says where.

A thread looks at the main one from time to time. If code outside Python keeps all threads from
running, `faulthandler` ends the process from outside, and leaves the lines in a file.
"""

from __future__ import annotations

import faulthandler
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep
from types import FrameType
from typing import Final

SECONDS: Final = 5.0
"""The longest that one run may take."""

LOOK: Final = 0.25
"""Seconds between two looks."""


class Watchdog:
    """What ends this process when one run takes too long."""

    def __init__(
        self, seconds: float, stuck: Path, tell: Callable[[FrameType | None], object]
    ) -> None:
        """Begin to watch the calling thread.

        Args:
            seconds: The longest that a run may take.
            stuck: Where the lines are left if no thread can run.
            tell: Called with the frame of the thread, just before the process ends.
        """
        self._seconds, self._tell = seconds, tell
        self._watched = threading.get_ident()
        self._stuck = stuck.open("w", encoding="utf-8")
        self.begin()
        threading.Thread(target=self._look, daemon=True).start()

    def begin(self) -> None:
        """Note that a run begins."""
        self._since = monotonic()

    def _look(self) -> None:
        while True:
            faulthandler.dump_traceback_later(2 * self._seconds, exit=True, file=self._stuck)
            sleep(LOOK)
            if monotonic() - self._since > self._seconds:
                self._tell(sys._current_frames().get(self._watched))  # noqa: SLF001 - Python's way
                os._exit(0)
