"""The discrete-event engine: a scenario as a network of two nodes, event by event, on SimPy.

It answers every scenario, and is the network that a student would write by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from simulator.clock import END_OF_TIME, to_ns
from simulator.engines.creation import IntArray, creation_blocks
from simulator.engines.run import Keep, Run, gather
from simulator.message import Message
from simulator.network import Network, Node
from simulator.network.node.driver import Driver
from simulator.protocols.channel import Steps
from simulator.scenario import RECEIVER, SENDER, Scenario

TOPIC = "message"


def run(
    scenario: Scenario, *, replication: int = 0, trace: bool = False, keep: Keep = "ledger"
) -> Run:
    """Run a scenario, event by event."""
    net = Network(scenario.seed, replication=replication, trace=trace, adversary=scenario.adversary)
    sender = play(scenario, net, creation_blocks(scenario, replication))
    gathered = gather(scenario, [sender.ledger], keep)
    return Run(*gathered, net.links, net.trace if trace else None, net.missed)


def play(scenario: Scenario, net: Network, blocks: Iterable[IntArray]) -> Node:
    """Run a scenario on an empty network.

    Args:
        scenario: What to run.
        net: The network.
        blocks: When messages are created, in nanoseconds, block by block.

    Returns:
        The sender.
    """
    sender, _ = stage(scenario, net, blocks)
    horizon = scenario.horizon
    net.run(until=horizon if horizon and to_ns(horizon) < END_OF_TIME else None)
    return sender


def stage(scenario: Scenario, net: Network, blocks: Iterable[IntArray]) -> tuple[Node, Node]:
    """Set up a scenario on an empty network, up to its first event.

    Args:
        scenario: What to run.
        net: The network.
        blocks: When messages are created, in nanoseconds, block by block.

    Returns:
        The sender and the receiver.
    """
    sender, receiver = net.node(SENDER), net.node(RECEIVER)
    net.connect(sender, receiver, scenario.link, one_way=True)
    net.connect(receiver, sender, scenario.link_back, one_way=True)
    receiver.on(TOPIC, idempotent=scenario.idempotent)(handler_of(scenario, receiver))

    def send(_: int) -> None:
        sender.send(
            receiver,
            TOPIC,
            guarantee=scenario.guarantee,
            size_bytes=scenario.workload.size_bytes,
        )

    Driver(sender, (instant for block in blocks for instant in block.tolist()), send)
    return sender, receiver


def handler_of(scenario: Scenario, receiver: Node) -> Callable[[Message], Steps | None]:
    """Return what the receiver does with a message."""
    handling = scenario.handling
    if handling is None:
        return lambda _: None

    def handle(message: Message) -> Steps:
        yield receiver.work(message.sample(handling))

    return handle
