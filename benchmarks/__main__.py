"""Run the benchmarks: `python -m benchmarks`.

Contenders take turns, round after round, so that a busy machine is busy for all; what counts is the
ratio to plain SimPy in the same round, and of these the median.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks import peers, reference
from simulator import (
    AtLeastOnce,
    BestEffort,
    Constant,
    Exponential,
    Link,
    Network,
    NoBackoff,
    Periodic,
    Poisson,
    Retry,
    Scenario,
    simulate,
)

Contenders = dict[str, tuple[Callable[[int], object], int]]


def w1(messages: int) -> Scenario:
    """Return the reference work as a scenario."""
    retry = Retry(timeout=0.2, timeout_factor=2, backoff=NoBackoff(), max_attempts=4)
    return Scenario(
        guarantee=AtLeastOnce(retry=retry),
        link=Link(delay=Exponential(mean=reference.MEAN), loss=reference.LOSS),
        workload=Periodic(interval=reference.INTERVAL),
        messages=messages,
    )


def node_mm1(customers: int) -> None:
    """M/M/1 through a node with one worker."""
    net = Network(seed=1, trace=False)
    source, server = net.node("source"), net.node("server", workers=1)
    net.connect(source, server, Link(delay=Constant(0.0)))

    @server.on("job")
    def serve(message):
        yield server.work(message.sample(Exponential(mean=1.0)))

    def send(_: int) -> None:
        source.send(server, "job", guarantee=BestEffort())

    source.drive(Poisson(rate=0.8), send, messages=customers)
    net.run()


def w1_contenders() -> Contenders:
    """Return who does W1, each with a number of messages that takes it a fraction of a second."""
    found: Contenders = {
        "SimPy, a process a message": (reference.simpy_processes, 20_000),
        "SimPy, callbacks": (reference.simpy_callbacks, 50_000),
        "heapq loop": (reference.heapq_loop, 50_000),
        "Pigeon, vectorized, ledger": (lambda n: simulate(w1(n), engine="vectorized"), 1_000_000),
        "Pigeon, vectorized, summary": (
            lambda n: simulate(w1(n), engine="vectorized", keep="summary"),
            1_000_000,
        ),
        "Pigeon, discrete-event": (lambda n: simulate(w1(n), engine="discrete-event"), 50_000),
        "Pigeon, network, traced": (lambda n: simulate(w1(n), trace=True), 4_000),
    }
    loop = reference.c_loop()
    if loop is not None:
        found["C loop"] = loop, 2_000_000
    return found | {name: (work, 4_000) for name, work in peers.W1.items()}


def mm1_contenders() -> Contenders:
    """Return who does M/M/1."""
    found: Contenders = {
        "SimPy, a process a customer": (reference.mm1_processes, 20_000),
        "Pigeon, a node with one worker": (node_mm1, 5_000),
    }
    return found | {name: (work, 10_000) for name, work in peers.MM1.items()}


def compare(title: str, contenders: Contenders, rounds: int) -> None:
    """Let contenders take turns, and print how many units a second each does, and the ratio."""
    base = next(iter(contenders))
    rates: dict[str, list[float]] = {name: [] for name in contenders}
    for name, (work, size) in list(contenders.items()):
        try:
            work(size)  # to warm up, and to see whether it is there
        except ImportError as error:
            print(f"skipped: {name} ({error}); see benchmarks/peers.lock", file=sys.stderr)
            del rates[name], contenders[name]
    for turn in range(rounds):
        print(f"{title}: round {turn + 1} of {rounds}", file=sys.stderr)
        for name, (work, size) in contenders.items():
            began = perf_counter()
            work(size)
            rates[name].append(size / (perf_counter() - began))
    print(f"\n| {title} | a second | × {base} |\n|---|---:|---:|")
    for name, seen in sorted(rates.items(), key=lambda item: median(item[1])):
        ratio = median(rate / other for rate, other in zip(seen, rates[base], strict=True))
        print(f"| {name} | {median(seen):,.0f} | {ratio:,.2f} |")


def main() -> None:
    """Run them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7, help="how often each has its turn")
    parser.add_argument("--peers", type=Path, help="folder in which the peers are installed")
    arguments = parser.parse_args()
    if arguments.peers is not None:
        sys.path.append(str(arguments.peers))
    compare("W1, messages", w1_contenders(), arguments.rounds)
    compare("M/M/1, customers", mm1_contenders(), arguments.rounds)
    for name, why in peers.NOT_COMPARED.items():
        print(f"not compared: {name} ({why})", file=sys.stderr)


if __name__ == "__main__":
    main()
