"""Every world that the network could make of a scenario: proofs and exact probabilities."""

from simulator.worlds.outcome import Worlds
from simulator.worlds.search import worlds

__all__ = ["Worlds", "worlds"]
