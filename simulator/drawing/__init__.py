"""Drawing: a trace as diagrams, as sentences and as a page that plays it."""

from simulator.drawing.description import describe
from simulator.drawing.mermaid import sequence_diagram
from simulator.drawing.narration import narrate
from simulator.drawing.player import Player, play
from simulator.drawing.space_time import space_time_diagram
from simulator.drawing.themes import THEMES, Theme, theme_of

__all__ = [
    "THEMES",
    "Player",
    "Theme",
    "describe",
    "narrate",
    "play",
    "sequence_diagram",
    "space_time_diagram",
    "theme_of",
]
