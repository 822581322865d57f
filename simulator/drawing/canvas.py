"""Canvas: a Matplotlib figure that a notebook shows by itself.

A bare `Figure` is shown only once pyplot has been at work in the notebook.
"""

from __future__ import annotations

from io import BytesIO
from typing import Final

from matplotlib.figure import Figure

DPI: Final = 90
"""Pixels an inch in a notebook: sharp enough to read, small enough to keep."""


def png(figure: Figure) -> bytes:
    """Draw a figure as PNG, the same bytes each time."""
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
    return buffer.getvalue()


class Canvas(Figure):
    """A figure that shows itself where it is the value of a cell.

    Attributes:
        description: What it shows, in words, for who does not see it.
    """

    description: str = ""

    def __repr__(self) -> str:
        """Say what it shows: a notebook keeps that beside the picture."""
        return self.description or super().__repr__()

    def _repr_png_(self) -> bytes:
        return png(self)
