"""The delivery guarantees: each a value, with its sender process and its receiver process."""

from simulator.protocols.at_least_once import AtLeastOnce
from simulator.protocols.at_most_once import AtMostOnce
from simulator.protocols.best_effort import BestEffort
from simulator.protocols.channel import (
    Attempt,
    Copy,
    Endpoint,
    Guarantee,
    ReceiverEnd,
    SenderEnd,
    Steps,
)
from simulator.protocols.exactly_once import ExactlyOnce
from simulator.protocols.handshake import Handshake
from simulator.protocols.store_and_forward import StoreAndForward

__all__ = [
    "AtLeastOnce",
    "AtMostOnce",
    "Attempt",
    "BestEffort",
    "Copy",
    "Endpoint",
    "ExactlyOnce",
    "Guarantee",
    "Handshake",
    "ReceiverEnd",
    "SenderEnd",
    "Steps",
    "StoreAndForward",
]
