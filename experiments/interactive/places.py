"""Places: where the panels of a picture stand, kept from one redraw to the next.

To find them Matplotlib measures every letter twice, which takes longer than to draw. While a slider
moves, the panels of its view stay where they were: they do not jump, and the picture is there while
the hand is still on it.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imsave

from simulator.drawing.canvas import DPI

Shape = tuple[float, float, int, int]
"""Width, height, panels, and letters of the longest number up a side."""


class Places:
    """Draws the pictures of one view, one after the other."""

    def __init__(self) -> None:
        """Know no places yet."""
        self._canvas: Any = FigureCanvasAgg(Figure())  # one for all: it knows letters already drawn
        self._known: dict[Shape, list[Any]] = {}
        self._letters = 0

    def png(self, figure: Figure) -> bytes:
        """Draw a figure as PNG, its panels where those of an earlier one of its shape stood."""
        figure.set_dpi(DPI)
        self._canvas.figure = figure
        figure.set_canvas(self._canvas)
        engine = figure.get_layout_engine()
        self._draw(figure, engine)
        letters = _longest(figure)
        if letters != self._letters:  # the numbers up a side need more room, or less
            self._letters = letters
            self._draw(figure, engine)
        return encoded(self._canvas)

    def _draw(self, figure: Figure, engine: Any) -> None:
        """Draw a figure with the places of its shape, which are found if they are not known."""
        width, height = figure.get_size_inches()
        shape = (width, height, len(figure.axes), self._letters)
        known = self._known.get(shape)
        figure.set_layout_engine(engine if known is None else "none")
        for at, axes in enumerate(figure.axes):
            if known is None:
                axes.set_in_layout(True)
            else:
                axes.set_position(known[at])
        self._canvas.draw()
        if known is None and _longest(figure) == self._letters:
            self._known[shape] = [axes.get_position(original=True) for axes in figure.axes]


def encoded(canvas: FigureCanvasAgg) -> bytes:
    """Return what is drawn as PNG, quickly rather than small."""
    buffer = BytesIO()
    pixels = canvas.buffer_rgba()  # type: ignore[no-untyped-call]  # matplotlib's
    imsave(buffer, pixels, format="png", pil_kwargs={"compress_level": 1})
    return buffer.getvalue()


def _longest(figure: Figure) -> int:
    """Return how many letters the longest number up a side has."""
    longest = 0
    for axes in figure.axes:
        low, high = sorted(axes.get_ylim())
        for label in axes.get_yticklabels():
            if low <= label.get_position()[1] <= high:  # Matplotlib has some beyond the ends
                longest = max(longest, len(label.get_text()))
    return longest
