"""The figure of three guarantees: lost and duplicated, measured beside simulated."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from experiments.figures import svg
from experiments.figures.labels import labels
from experiments.figures.plotting import style
from experiments.figures.styles import GUARANTEES
from experiments.reality.comparison import Comparison, Line
from experiments.reality.wording import texts
from simulator.drawing import Theme, theme_of
from simulator.languages.numbers import numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

NAMES: Final = ("at_most_once", "at_least_once", "exactly_once")
"""The guarantees, in the order of what was found: of QoS 0, 1 and 2."""

PANELS: Final = ("lost", "duplicates")

APART: Final = 0.13
"""How far the two are from the middle of their guarantee."""

STANDARD_DEVIATIONS: Final = 2

WHOLE: Final[dict[str, Any]] = {"linestyle": "none", "clip_on": False, "zorder": 3}
"""A marker at 0 is seen whole, over the axis."""

SIMULATED: Final = {**WHOLE, "markersize": 8}
MEASURED: Final = {**WHOLE, "marker": "D"}


def draw(found: Sequence[Comparison], path: Path, *, language: str, theme: str) -> None:
    """Draw what was found of the three.

    Args:
        found: A comparison a guarantee, with a line for each of `PANELS`.
        path: Of the file, .svg or .png.
        language: "en" or "fr".
        theme: "light" or "dark".
    """
    with style(theme):
        canvas = _canvas(found, language, theme_of(theme))
        if path.suffix == ".png":
            canvas.savefig(path, metadata={"Software": None})
            return
        text = texts(language)
        sentences = " ".join(_sentence(comparison, language) for comparison in found)
        svg.save(
            canvas,
            path,
            title=text("guarantees_figure", "title"),
            description=text("guarantees_figure", "description").format(numbers=sentences),
            language=language,
        )


def _canvas(found: Sequence[Comparison], language: str, theme: Theme) -> Canvas:
    from matplotlib.figure import Figure as Canvas  # noqa: PLC0415 - slow to import
    from matplotlib.lines import Line2D  # noqa: PLC0415 - likewise

    text = texts(language)
    canvas = Canvas(figsize=(8.6, 4.4), layout="constrained")
    both: Any = canvas.subplots(1, len(PANELS), sharey=True)
    ticks = [
        f"QoS {dict(comparison.values)['qos']}\n{labels(language)('values', name)}"
        for comparison, name in zip(found, NAMES, strict=True)
    ]
    for panel, axes in zip(PANELS, both, strict=True):
        _plot([_line(comparison, panel) for comparison in found], axes, theme)
        axes.set_title(text("guarantees_figure", panel))
        axes.set_xticks(range(len(ticks)), ticks)
    both[0].set_ylim(bottom=0)  # now that both are plotted
    both[0].yaxis.set_major_formatter(lambda value, _: numbers(language).short(value))
    canvas.text(
        0.012, 0.978, text("guarantees_figure", "title"), va="top", fontsize=14, fontweight="bold"
    )
    handles = [
        Line2D([], [], label=text("guarantees_figure", key), color=color, **marks)
        for key, color, marks in (
            ("simulated", theme.quiet, {**SIMULATED, "marker": "|", "markersize": 11}),
            ("measured", theme.ink, MEASURED),
        )
    ]
    canvas.legend(handles=handles, loc="upper left", bbox_to_anchor=(0, 0.925), ncols=2)
    caption = text("guarantees_figure", "caption").format(**dict(found[0].values))
    canvas.text(0.012, 0.02, caption, va="bottom", fontsize=8.5, color=theme.quiet)
    engine: Any = canvas.get_layout_engine()
    engine.set(rect=(0, 0.07, 1, 0.77))
    return canvas


def _plot(lines: Sequence[Line], axes: Axes, theme: Theme) -> None:
    """Plot one number of each guarantee: simulated, with its bar, and measured beside it."""
    for place, (line, name) in enumerate(zip(lines, NAMES, strict=True)):
        look = GUARANTEES[name]
        margin = STANDARD_DEVIATIONS * (line.spread or 0.0)
        axes.errorbar(
            place - APART,
            line.simulated,
            yerr=[[min(margin, line.simulated)], [margin]],  # no count is below 0
            color=theme[look.color],
            marker=look.marker,
            markerfacecolor=theme.paper,
            **SIMULATED,
        )
    places = [place + APART for place in range(len(lines))]
    axes.plot(
        places,
        [line.measured for line in lines],
        color=theme.ink,
        **MEASURED,
    )
    axes.set_xlim(-0.5, len(lines) - 0.5)
    axes.grid(visible=False, axis="x")


def _line(comparison: Comparison, name: str) -> Line:
    return next(line for line in comparison.lines if isinstance(line, Line) and line.name == name)


def _sentence(comparison: Comparison, language: str) -> str:
    write = numbers(language).short
    lost, duplicates = (_line(comparison, panel) for panel in PANELS)
    name = NAMES[int(dict(comparison.values)["qos"])]
    return texts(language)("guarantees_figure", "numbers").format(
        qos=dict(comparison.values)["qos"],
        guarantee=labels(language)("values", name),
        lost=write(lost.measured),
        lost_simulated=write(lost.simulated, 3),
        duplicates=write(duplicates.measured),
        duplicates_simulated=write(duplicates.simulated, 3),
    )
