"""Charts by hand: axes in the project's style, whose numbers are written as the language does.

    from experiments.interactive.chart import chart
    figure, axes = chart("fr", "Une parabole", x="Temps (s)")
    axes.plot([0, 0.5, 1], [0, 0.25, 1])
    figure

A notebook shows the figure; `explore` puts it under controls.
"""

from __future__ import annotations

from typing import Any, Final

from experiments.figures.plotting import style
from experiments.interactive.names import called
from simulator.drawing import theme_of
from simulator.drawing.canvas import Canvas
from simulator.languages.numbers import numbers

LINES: Final = ("blue", "vermilion", "green", "pink", "amber", "azure", "moss", "grey")
"""Colors of the lines, in their order: ink is for theory."""


def chart(
    language: str,
    *titles: str,
    x: str = "",
    experiment: str = "delivery_guarantees",
    theme: str = "light",
) -> tuple[Canvas, Any]:
    """Return a figure, and its axes: one for each title, an array if there are several.

    Args:
        language: "en" or "fr": how the numbers along the axes are written.
        titles: What each shows: a text, or a name that the experiment has a text for.
        x: What stands along its foot, likewise.
        experiment: Whose names they are; see `called`.
        theme: "light" or "dark".

    Raises:
        ValueError: If the language or the theme is another.
    """
    titles = tuple(called(title, language, experiment) for title in titles)
    x = called(x, language, experiment)
    written, palette = numbers(language), theme_of(theme)
    columns = max(1, len(titles))
    with style(theme):
        figure = Canvas(figsize=(2.0 + 4.2 * columns, 3.2), layout="constrained")
        axes = figure.subplots(1, columns)
        for one, title in zip(figure.axes, titles or [""], strict=True):
            one.set_prop_cycle(color=[palette[name] for name in LINES])
            one.set_title(title, y=1.0)  # else all is measured once more, to see what is above
            one.set_xlabel(x)
            for side in (one.xaxis, one.yaxis):
                side.set_major_formatter(lambda value, _: written.short(round(value, 9)))
                side.isDefault_majfmt = True  # names, and other scales, may bring their own
    figure.description = "; ".join(filter(None, (*titles, x)))
    return figure, axes
