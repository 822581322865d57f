"""The moving parts, on SimPy: nodes, wires, channels over the wires, queues, brokers, faults."""

from simulator.network.broker.broker import Broker
from simulator.network.broker.counts import QueueCounts
from simulator.network.broker.queue import MessageQueue
from simulator.network.channel.channel import Channel
from simulator.network.channel.copies import Copy
from simulator.network.faults import (
    Crash,
    Cut,
    Fault,
    LinkOutage,
    Partition,
    SlowNode,
)
from simulator.network.gauge import Gauge
from simulator.network.interference import Adversary, Interference
from simulator.network.network import Network
from simulator.network.node.node import Node
from simulator.network.node.reply_queue import ReplyQueue
from simulator.network.random_crashes import RandomCrashes
from simulator.network.wire import CopyCounts, Wire
from simulator.protocols.channel import Guarantee, Steps

__all__ = [
    "Adversary",
    "Broker",
    "Channel",
    "Copy",
    "CopyCounts",
    "Crash",
    "Cut",
    "Fault",
    "Gauge",
    "Guarantee",
    "Interference",
    "LinkOutage",
    "MessageQueue",
    "Network",
    "Node",
    "Partition",
    "QueueCounts",
    "RandomCrashes",
    "ReplyQueue",
    "SlowNode",
    "Steps",
    "Wire",
]
