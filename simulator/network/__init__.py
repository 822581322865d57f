"""The moving parts, on SimPy: nodes, wires, channels over the wires, queues, brokers, faults."""

from simulator.network.broker import Broker
from simulator.network.channel import Channel
from simulator.network.end import Copy
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
from simulator.network.node import Node
from simulator.network.queue import MessageQueue, QueueCounts
from simulator.network.random_crashes import RandomCrashes
from simulator.network.reply_queue import ReplyQueue
from simulator.network.wire import CopyCounts, Wire
from simulator.protocols.channel import Steps

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
