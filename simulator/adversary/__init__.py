"""The scripted adversary: what happens to which message, node and link, as a readable value."""

from simulator.adversary.actions import Duplicate, Hold, Lose
from simulator.adversary.calm import CalmNetwork, calm
from simulator.adversary.crash_at import CrashAt
from simulator.adversary.recorder import RecordedNetwork
from simulator.adversary.script import Script
from simulator.adversary.transmissions import Action

__all__ = [
    "Action",
    "CalmNetwork",
    "CrashAt",
    "Duplicate",
    "Hold",
    "Lose",
    "RecordedNetwork",
    "Script",
    "calm",
]
