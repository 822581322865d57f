"""The same work on a network that a user builds by hand, as the tutorial does: no short cuts.

Nodes, links, a handler, and an action for each message. What is measured is what a student's own
program costs: its speed beside plain SimPy, and the memory that it takes.
"""

from __future__ import annotations

import gc
import tracemalloc
from typing import Any

import pandas as pd

from benchmarks import reference
from simulator import (
    At,
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
)
from simulator.network import Node

COLUMNS = ["what", "bytes", "asked"]
KEPT, IN_FLIGHT = 400, 2_000
"""Bytes a message that are asked for at most."""
RESENDING = AtLeastOnce(
    retry=Retry(timeout=0.2, timeout_factor=2, backoff=NoBackoff(), max_attempts=4)
)


def w1(messages: int, loss: float = reference.LOSS, *, trace: bool = False) -> float:
    """W1; return the share of messages that were acknowledged."""
    _, sender = w1_network(messages, loss, trace=trace)
    return float((sender.ledger["belief"] == "acknowledged").mean())


def w1_network(messages: int, loss: float, *, trace: bool = False) -> tuple[Network, Node]:
    """Run W1; return the network and its sender."""
    net = Network(seed=1, trace=trace)
    sender, receiver = net.node("sender"), net.node("receiver")
    net.connect(sender, receiver, Link(delay=Exponential(mean=reference.MEAN), loss=loss))

    @receiver.on("order")
    def handle(message: Any) -> None:
        pass

    def send(_: int) -> None:
        sender.send(receiver, "order", guarantee=RESENDING)

    sender.drive(Periodic(interval=reference.INTERVAL), send, messages=messages)
    net.run()
    return net, sender


def mm1(customers: int, load: float = 0.8) -> float:
    """M/M/1, whose handler does the work. Returns the mean wait times the service rate."""
    net = Network(seed=1, trace=False)
    source, server = net.node("source"), net.node("server", workers=1)
    net.connect(source, server, Link())
    service = Exponential(mean=1.0)

    @server.on("job")
    def handle(message: Any) -> Any:
        yield server.work(message.sample(service))

    def send(_: int) -> None:
        source.send(server, "job", guarantee=BestEffort())

    source.drive(Poisson(rate=load), send, messages=customers)
    net.run()
    return server.waiting.mean() * net.now / customers  # Little's law


def broker(messages: int, loss: float = reference.LOSS) -> float:
    """Messages through a queue to one subscriber; return the share that it handled."""
    net = Network(seed=1, trace=False)
    producer, broker, worker = net.node("producer"), net.broker("broker"), net.node("worker")
    link = Link(delay=Exponential(mean=reference.MEAN), loss=loss)
    net.connect(producer, broker, link)
    net.connect(broker, worker, link)
    broker.queue(
        "orders",
        visibility_timeout=reference.VISIBILITY,
        max_deliveries=reference.DELIVERIES,
    )
    handled = bytearray(messages)

    def handle(message: Any) -> None:
        handled[message.data] = 1

    def publish(number: int) -> None:
        producer.publish(broker, "orders", number, guarantee=RESENDING)

    worker.subscribe(broker, "orders", handle, prefetch=1_000)  # as many as come
    producer.drive(Periodic(interval=reference.INTERVAL), publish, messages=messages)
    net.run()
    return sum(handled) / messages


def bytes_kept(messages: int) -> float:
    """Return how many bytes a message a network keeps after W1, untraced."""
    w1_network(100, reference.LOSS)  # what is made once
    gc.collect()
    tracemalloc.start()
    kept = w1_network(messages, reference.LOSS)
    gc.collect()
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return taken / messages


def bytes_in_flight(messages: int) -> float:
    """Return how many bytes a message takes at most while all of them are in flight, untraced."""
    w1_network(100, reference.LOSS)  # what is made once
    patient = AtLeastOnce(retry=Retry(timeout=100.0))
    net = Network(seed=1, trace=False)
    sender, receiver = net.node("sender"), net.node("receiver")
    net.connect(sender, receiver, Link(delay=Constant(10.0)))
    receiver.on("order")(lambda _: None)

    def send(_: int) -> None:
        sender.send(receiver, "order", guarantee=patient)

    gc.collect()
    tracemalloc.start()
    sender.drive(At(times=(1.0,) * messages), send, messages=messages)
    net.run(until=5.0)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    in_flight = net.links["sender→receiver"].in_flight
    if in_flight != messages:
        raise AssertionError("all of them should be in flight")
    return peak / in_flight


def measure_memory(messages: int) -> pd.DataFrame:
    """Measure what a message takes, after a run and in flight; a row each: what, bytes, asked."""
    rows = [
        ("kept by a network after W1, a message", bytes_kept(messages), KEPT),
        ("at most while it is in flight, a message", bytes_in_flight(messages), IN_FLIGHT),
    ]
    return pd.DataFrame(rows, columns=COLUMNS)
