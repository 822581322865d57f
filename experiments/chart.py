"""Charts by hand: axes in the project's style, whose numbers are written as the language does.

    from experiments.chart import chart
    figure, axes = chart("fr")
    axes.plot([0, 0.5, 1], [0, 0.25, 1])
    figure

A notebook shows the figure; `explore` puts it under controls.
"""

from __future__ import annotations

from typing import Any

import matplotlib as mpl

from experiments.labels import labels
from experiments.plotting import STYLE
from simulator.drawing.canvas import Canvas


def chart(
    language: str = "en", columns: int = 1, *, size: tuple[float, float] | None = None
) -> tuple[Canvas, Any]:
    """Return a figure, and its axes: one, or an array of several beside each other.

    Args:
        language: "en" or "fr": how the numbers along the axes are written.
        columns: How many axes.
        size: Width and height, in inches. None: what suits a notebook.

    Raises:
        ValueError: If the language is another.
    """
    text = labels(language)
    with mpl.rc_context(fname=STYLE):
        figure = Canvas(figsize=size or (2.0 + 4.2 * columns, 3.2), layout="constrained")
        axes = figure.subplots(1, columns)
        for one in figure.axes:
            for side in (one.xaxis, one.yaxis):
                side.set_major_formatter(lambda value, _: text.number(round(value, 9)))
    return figure, axes
