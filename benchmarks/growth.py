"""How cost and memory grow with the number of messages: each measure in a process of its own."""

from __future__ import annotations

import gc
import json
import resource
import subprocess
import sys
import tracemalloc
from pathlib import Path
from statistics import median
from time import perf_counter

import pandas as pd

from benchmarks.contenders import w1
from simulator import simulate

LEAST = 2_000_000
"""Messages that a measure takes at least: a small run is repeated."""
STATUS = Path("/proc/self/status")


def measure(messages: int) -> tuple[float, float]:
    """Return nanoseconds a message of a summary run of W1, and the peak memory in MiB."""
    scenario = w1(messages)
    simulate(w1(1_000), engine="vectorized", keep="summary")  # what is loaded once
    times = []
    for _ in range(max(1, LEAST // messages)):
        began = perf_counter()
        simulate(scenario, engine="vectorized", keep="summary")
        times.append(perf_counter() - began)
    return median(times) / messages * 1e9, peak_mib()


def peak_mib() -> float:
    """Return the most memory that this process has had, in MiB."""
    if STATUS.exists():  # Linux, whose getrusage counts what its parent had
        return int(STATUS.read_text().partition("VmHWM:")[2].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # macOS counts bytes


def grow(sizes: list[int], rounds: int) -> pd.DataFrame:
    """Measure sizes in turn; a row a size: messages, ns a message, peak in MiB (the highest)."""
    seen: dict[int, list[tuple[float, float]]] = {size: [] for size in sizes}
    for turn in range(rounds):
        for size in sizes:
            print(f"growth: {size:,} messages, round {turn + 1} of {rounds}", file=sys.stderr)
            command = [sys.executable, "-m", "benchmarks.growth", str(size)]
            printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            seen[size].append(tuple(json.loads(printed)))
    rows = [
        (size, median(cost for cost, _ in found), max(peak for _, peak in found))
        for size, found in seen.items()
    ]
    return pd.DataFrame(rows, columns=["messages", "ns_per_message", "peak_mib"])


def trace_bytes(messages: int) -> tuple[int, float]:
    """Return how many events a full trace of W1 has, and how many bytes each takes."""
    tracemalloc.start()
    trace = simulate(w1(messages), trace=True).trace
    gc.collect()
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert trace is not None
    return len(trace), taken / len(trace)


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
