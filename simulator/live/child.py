"""A process of a live run: the sender, the receiver, or the proxy between them.

    python -P -m simulator.live.child

Its setup is one line of JSON on standard input, which stays open as long as whoever started the
process lives: at its end, the process ends too. It answers in lines of JSON on standard output;
what a student's own code prints is one of these, to be printed by whoever started the process.
"""

from __future__ import annotations

import gc
import io
import json
import os
import signal
import sys
import threading
from contextlib import suppress
from typing import Any

from simulator.live.peer_process import play_peer
from simulator.live.proxy_process import play_proxy


def main() -> None:
    """Play the part that standard input says."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it decides
    setup = json.loads(sys.stdin.readline())
    threading.Thread(target=end_with_who_started_it, daemon=True).start()
    outside = sys.stdout

    def say(words: dict[str, Any]) -> None:
        outside.write(json.dumps(words) + "\n")
        outside.flush()

    sys.stdout = Printed(say)
    be_on_time()
    if setup["role"] == "proxy":
        play_proxy(setup, say)
    else:
        play_peer(setup)
    os._exit(0)  # at once: nobody has a use for its memory, or for its thread


class Printed(io.TextIOBase):
    """What is printed here, said to whoever started this process."""

    def __init__(self, say: Any) -> None:
        """Say it by `say`."""
        self._say = say

    def writable(self) -> bool:
        """Whether one can write: one can."""
        return True

    def write(self, text: str) -> int:
        """Pass a text on."""
        self._say({"printed": text})
        return len(text)


def end_with_who_started_it() -> None:
    """End this process when whoever started it has ended, however."""
    while sys.stdin.read(1):
        pass
    os._exit(1)


def be_on_time() -> None:
    """Let nothing of this process be in the way of what is due."""
    gc.collect()
    gc.freeze()
    gc.disable()  # a collection takes as long as a fast link
    with suppress(AttributeError, OSError):  # before other processes, where the machine lets us
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))


if __name__ == "__main__":
    main()
