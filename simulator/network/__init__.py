"""The moving parts, on SimPy: a network of nodes, wires between them, channels over the wires."""

from simulator.network.channel import Channel, Copy
from simulator.network.guarantee import Guarantee, Steps
from simulator.network.network import Network
from simulator.network.node import Node
from simulator.network.wire import CopyCounts, Wire

__all__ = ["Channel", "Copy", "CopyCounts", "Guarantee", "Network", "Node", "Steps", "Wire"]
