"""Stopping: SIGTERM, and a terminal that is closed, are answered like Ctrl-C.

The first of these signals raises `KeyboardInterrupt`, so that whatever is being written is cleared
away. That takes a moment, in which others change nothing: `timeout` and `make` send theirs twice.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep
from types import FrameType
from typing import Any, Final

MOMENT: Final = 1.0
"""Seconds after which another signal ends the process at once."""

AGAIN: Final = 0.02
"""Seconds between checks of whether an import is over."""

SIGNALS: Final = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]


class Stopping:
    """Which signal stopped this process, and since when.

    Attributes:
        number: Of the signal; None while nothing stops.
    """

    def __init__(self) -> None:
        """Wait for a signal."""
        self.number: int | None = None
        self._since = 0.0
        self._is_held = self._answers = False

    @property
    def status(self) -> int:
        """The exit status, by the convention of the shell: 130 after Ctrl-C, 143 after SIGTERM."""
        return 128 + (self.number or signal.SIGINT)

    def answer_signals(self) -> None:
        """Answer signals from now on, but for those that are ignored, as under `nohup`."""
        if threading.current_thread() is not threading.main_thread():
            return  # Python takes no handler there
        self._answers = True
        for number in SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._stop)
        if hasattr(signal, "SIGALRM"):
            signal.signal(signal.SIGALRM, self._raise)
            sys.unraisablehook = self._swallowed
        threading.excepthook = self._of_a_thread

    def end(self) -> None:
        """Let no signal spoil the last moment of a process, when all is said and done."""
        if self._answers:
            if hasattr(signal, "setitimer"):
                signal.setitimer(signal.ITIMER_REAL, 0)
            for number in SIGNALS:
                signal.signal(number, signal.SIG_IGN)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold signals back for a moment: processes that are started then leave Ctrl-C to this one.

        They inherit what this thread blocks; another thread may still get the signal meanwhile.
        """
        if not hasattr(signal, "pthread_sigmask"):
            yield
            return
        of_the_terminal = [number for number in SIGNALS if number != signal.SIGTERM]
        before = signal.pthread_sigmask(signal.SIG_BLOCK, of_the_terminal)
        self._is_held = True
        try:
            yield
        finally:
            self._is_held = False
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        if self.number is None:
            self.number, self._since = number, monotonic()
            self._raise(number, frame)
        elif monotonic() - self._since > MOMENT:
            os.write(2, b"pigeon: error: stopped at once; the next run clears what is left\n")
            os._exit(self.status)

    def _raise(self, _number: int, frame: FrameType | None) -> None:
        """Interrupt what goes on, but no import: NumPy would make an error of its own of that."""
        if hasattr(signal, "setitimer") and (self._is_held or _is_import(frame)):
            signal.setitimer(signal.ITIMER_REAL, AGAIN)
        else:
            raise KeyboardInterrupt

    def _swallowed(self, swallowed: Any) -> None:
        """Raise the interrupt again where nothing could catch it, as in a `__del__`."""
        if self.number and swallowed.exc_type is KeyboardInterrupt:
            signal.setitimer(signal.ITIMER_REAL, AGAIN)
        else:
            sys.__unraisablehook__(swallowed)

    def _of_a_thread(self, raised: threading.ExceptHookArgs) -> None:
        """Say nothing of a thread whose work was taken away by the stop, as of loky's may be."""
        if self.number is None:
            threading.__excepthook__(raised)


def _is_import(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def end_with(parent: int) -> None:
    """Make this process, a worker, leave Ctrl-C to its parent, and end soon after it.

    A parent that is killed cannot end its workers, which would wait for work for minutes. On
    Windows the number of the parent never changes, and they do.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        sleep(0.5)
    os._exit(1)


STOPPING: Final = Stopping()
"""What stops this process: signals are its own, as a whole."""
