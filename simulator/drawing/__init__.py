"""Drawing: what a trace tells, as pictures."""

from simulator.drawing.mermaid import sequence_diagram
from simulator.drawing.player import Player, play
from simulator.drawing.space_time import space_time_diagram
from simulator.drawing.telling import tell

__all__ = ["Player", "play", "sequence_diagram", "space_time_diagram", "tell"]
