"""Canvas: a Matplotlib figure that a notebook displays.

A bare `Figure` is displayed only once pyplot has been used in the notebook.
"""

from __future__ import annotations

from io import BytesIO
from typing import Final

from matplotlib.figure import Figure

DPI: Final = 90
"""Pixels per inch in a notebook: sharp enough to read, small enough to keep."""


def png(figure: Figure) -> bytes:
    """Draw a figure as PNG, the same bytes each time."""
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
    return buffer.getvalue()


class Canvas(Figure):
    """A figure that a notebook displays where it is the value of a cell.

    Attributes:
        description: What it shows, in words, for readers who do not see it.
    """

    description: str = ""

    def __repr__(self) -> str:
        """Return the description, which a notebook keeps beside the picture."""
        return self.description or super().__repr__()

    def _repr_png_(self) -> bytes:
        return png(self)
