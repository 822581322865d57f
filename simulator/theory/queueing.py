"""Queues: closed forms for customers who arrive at random and wait for a server.

Arrivals are Poisson of rate λ; services take 1/μ on average; a = λ/μ is the load in erlangs, and
ρ = a/c the utilization of c servers. Times are in seconds, rates in customers a second.

Source: D. Gross, J. Shortle, J. Thompson, C. Harris, "Fundamentals of Queueing Theory", 4th ed.,
    Wiley, 2008: sections 2.2 (M/M/1), 2.3 (M/M/c), 2.4 (M/M/c/K), 5.1 (M/G/1, Pollaczek–Khinchine).
"""

from __future__ import annotations

from typing import NamedTuple


class QueueTheory(NamedTuple):
    """The expected values of a queue in the long run.

    Attributes:
        wait: Mean time that an admitted customer waits for a server, in seconds.
        number: Mean number of customers in the system, waiting or served.
        refused: Share of customers who find no room.
    """

    wait: float
    number: float
    refused: float


def mmc(arrival_rate: float, service_rate: float, servers: int = 1) -> QueueTheory:
    """Return M/M/c: exponential services, c servers, an unbounded queue. Needs ρ below 1."""
    load = arrival_rate / service_rate
    _check_stable(load / servers)
    busy = 1.0  # Erlang B by its recursion, then Erlang C from it
    for k in range(1, servers + 1):
        busy = load * busy / (k + load * busy)
    must_wait = busy / (1 - load / servers * (1 - busy))
    wait = must_wait / (servers * service_rate - arrival_rate)
    return QueueTheory(wait, arrival_rate * wait + load, 0.0)


def mm1k(arrival_rate: float, service_rate: float, places: int) -> QueueTheory:
    """Return M/M/1/K: exponential services, one server, K places including that in service."""
    load = arrival_rate / service_rate
    weights = [load**n for n in range(places + 1)]
    shares = [weight / sum(weights) for weight in weights]
    number = sum(n * share for n, share in enumerate(shares))
    let_in = arrival_rate * (1 - shares[-1])
    return QueueTheory(number / let_in - 1 / service_rate, number, shares[-1])


def md1(arrival_rate: float, service_rate: float) -> QueueTheory:
    """Return M/D/1: services that all take 1/μ, one server, an unbounded queue."""
    load = arrival_rate / service_rate
    _check_stable(load)
    wait = load / (2 * service_rate * (1 - load))
    return QueueTheory(wait, arrival_rate * wait + load, 0.0)


def _check_stable(utilization: float) -> None:
    if utilization >= 1:
        raise ValueError(
            f"utilization must be below 1, or the queue grows without end, got {utilization:g}"
        )
