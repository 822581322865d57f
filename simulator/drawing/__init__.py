"""Drawing: what a trace tells, as pictures."""

from simulator.drawing.mermaid import sequence_diagram

__all__ = ["sequence_diagram"]
