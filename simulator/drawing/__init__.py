"""Drawing: what a trace tells, as pictures."""

from simulator.drawing.mermaid import sequence_diagram
from simulator.drawing.space_time import space_time_diagram

__all__ = ["sequence_diagram", "space_time_diagram"]
