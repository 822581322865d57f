"""A worker of a Redis stream, as a process of its own: `python -m … PORT NAME IDLE WORK`.

It waits for its signal, takes what is in the stream (new tasks, or those that another worker has
had for IDLE milliseconds and more), works for WORK seconds on each, and acknowledges it.
"""

from __future__ import annotations

import sys
import time
from typing import Any, Final

import redis

from experiments.reality.servers import HOST, PATIENCE

STREAM: Final = "tasks"
GROUP: Final = "workers"
NEW: Final = "new"
"""What stands in the place of IDLE for a worker that takes new tasks."""

BEGUN: Final = "begun"
DONE: Final = "done"
"""The counts of handlings, of any worker."""

READY: Final = "ready"
"""The list of workers that wait for their signal."""


def connect(port: int) -> Any:
    """Return a client of Redis; its types do not say what is answered in which mode."""
    waits = 2 * PATIENCE  # longer than any answer that blocks
    return redis.Redis(host=HOST, port=port, decode_responses=True, socket_timeout=waits)


def signal(name: str) -> str:
    """Return the list that a worker waits on."""
    return f"signal:{name}"


def at_work(name: str) -> str:
    """Return the list that says that a worker has begun."""
    return f"at work:{name}"


def main(port: str, name: str, idle: str, work: str) -> None:
    """Work once."""
    with connect(int(port)) as store:
        store.rpush(READY, name)
        if store.blpop(signal(name), timeout=PATIENCE) is None:
            return
        for number, _ in _taken(store, name, idle):
            store.incr(BEGUN)
            store.rpush(at_work(name), number)
            time.sleep(float(work))
            store.incr(DONE)
            store.xack(STREAM, GROUP, number)


def _taken(store: Any, name: str, idle: str) -> Any:
    """Return the numbers of tasks, each with its content."""
    if idle == NEW:
        return store.xreadgroup(GROUP, name, {STREAM: ">"}, count=1)[0][1]
    return store.xautoclaim(STREAM, GROUP, name, min_idle_time=int(idle), count=1)[1]


if __name__ == "__main__":
    main(*sys.argv[1:])
