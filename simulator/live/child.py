"""A process of a live run: the sender, the receiver, or the proxy between them.

    python -P -m simulator.live.child

Its setup is one line of JSON on standard input, which stays open as long as whoever started the
process lives: at its end, the process ends too.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import threading
from contextlib import suppress

from simulator.live.peer_process import play_peer
from simulator.live.proxy_process import play_proxy


def main() -> None:
    """Play the part that standard input says."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it decides
    setup = json.loads(sys.stdin.readline())
    threading.Thread(target=end_with_who_started_it, daemon=True).start()
    be_on_time()
    play = play_proxy if setup["role"] == "proxy" else play_peer
    play(setup)
    sys.stdout.flush()
    os._exit(0)  # at once: nobody has a use for its memory, or for its thread


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
