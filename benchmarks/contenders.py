"""Who is compared: Pigeon, other simulators, plain SimPy, and what no simulator gets past."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks import by_hand, peers, reference
from simulator import (
    AtLeastOnce,
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
    worlds,
)
from simulator.ledger import NEVER

Contenders = dict[str, tuple[Callable[[int], object], int]]
"""By name: what does the work for so many messages, and a number that takes it part of a second."""


BY_HAND = "pigeon_by_hand", "pigeon_by_hand_traced", "pigeon_worlds"
"""Networks that a user builds by hand, and the search that runs such a network for each world."""


def w1(messages: int, loss: float = reference.LOSS) -> Scenario:
    """Return the reference work as a scenario."""
    retry = Retry(timeout=0.2, timeout_factor=2, backoff=NoBackoff(), max_attempts=4)
    return Scenario(
        guarantee=AtLeastOnce(retry=retry),
        link=Link(delay=Exponential(mean=reference.MEAN), loss=loss),
        workload=Periodic(interval=reference.INTERVAL),
        messages=messages,
    )


def pigeon_w1(messages: int, loss: float = reference.LOSS, **how: Any) -> float:
    """Run W1 in Pigeon; return the share of messages that were acknowledged."""
    outcome = simulate(w1(messages, loss), **how)
    if how.get("keep") == "summary":
        return 1 - outcome.summary["loss_rate"] - outcome.summary["in_doubt_rate"]
    return float((outcome.ledger.kept("acknowledged_after") != NEVER).mean())


def pigeon_worlds(count: int) -> int:
    """Go through the worlds of one message, sent up to 8 times; over and over, to so many."""
    scenario = Scenario(
        guarantee=AtLeastOnce(retry=Retry(max_attempts=8)),
        link=Link(delay=Constant(0.05)),
        messages=1,
    )
    return sum(worlds(scenario).count for _ in range(round(count / 511)))


def pigeon_mm1(customers: int, load: float = 0.8) -> float:
    """M/M/1 through a node with one worker. Returns the mean wait times the service rate."""
    net = Network(seed=1, trace=False)
    source, server = net.node("source"), net.node("server", workers=1)
    net.connect(source, server, Link())
    server.serve("job", Exponential(mean=1.0))
    source.send_each(Poisson(rate=load), server, "job", messages=customers)
    net.run()
    return server.waiting.mean() * net.now / customers  # Little's law


def works(loss_rates: tuple[float, ...] = (reference.LOSS, 0.0, 0.3)) -> dict[str, Contenders]:
    """Return who does what: W1 at each loss rate, M/M/1, and messages through a broker."""
    w1s = {
        f"w1_{round(100 * loss)}": of_w1(loss, with_peers=loss == reference.LOSS)
        for loss in loss_rates
    }
    return {**w1s, "mm1": of_mm1(), "broker": of_broker()}


def written_by_hand() -> dict[str, Contenders]:
    """Return the networks that a user builds by hand, each after plain SimPy."""
    return {
        work: {name: one for name, one in who.items() if name in ("simpy_processes", *BY_HAND)}
        for work, who in works((reference.LOSS,)).items()
    }


def of_w1(loss: float, *, with_peers: bool) -> Contenders:
    """Return who does W1 at a loss rate; plain SimPy first."""
    found: Contenders = {
        "simpy_processes": (partial(reference.simpy_processes, loss=loss), 20_000),
        "simpy_callbacks": (partial(reference.simpy_callbacks, loss=loss), 50_000),
        "heapq": (partial(reference.heapq_loop, loss=loss), 50_000),
        "pigeon_ledger": (partial(pigeon_w1, loss=loss, engine="vectorized"), 1_000_000),
        "pigeon_summary": (
            partial(pigeon_w1, loss=loss, engine="vectorized", keep="summary"),
            1_000_000,
        ),
        "pigeon_events": (partial(pigeon_w1, loss=loss, engine="discrete-event"), 10_000),
        "pigeon_traced": (partial(pigeon_w1, loss=loss, trace=True), 4_000),
        "pigeon_by_hand": (partial(by_hand.w1, loss=loss), 10_000),
        "pigeon_by_hand_traced": (partial(by_hand.w1, loss=loss, trace=True), 5_000),
    }
    if with_peers:
        found["pigeon_worlds"] = pigeon_worlds, 5_110
    loop = reference.c_loop()
    if loop is not None:
        found["c"] = partial(loop, loss=loss), 2_000_000
    if with_peers:
        found |= {name: (work, 4_000) for name, work in peers.W1.items()}
    return found


def of_mm1() -> Contenders:
    """Return who does M/M/1; plain SimPy first."""
    return {
        "simpy_processes": (reference.mm1_processes, 20_000),
        "simpy_callbacks": (reference.mm1_callbacks, 50_000),
        "pigeon_node": (pigeon_mm1, 40_000),
        "pigeon_by_hand": (by_hand.mm1, 10_000),
        **{name: (work, 10_000) for name, work in peers.MM1.items()},
    }


def of_broker() -> Contenders:
    """Return who sends messages through a broker; plain SimPy, with the same legs, first."""
    return {
        "simpy_processes": (reference.simpy_broker, 10_000),
        "pigeon_by_hand": (by_hand.broker, 4_000),
    }
