"""The figure of a live run: both latency distributions, and how much longer each message took."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from experiments.figures import svg
from experiments.figures.plotting import style
from experiments.reality.live_account import lateness, same_fate
from experiments.reality.live_numbers import MILLISECOND, Beside, FloatArray, latencies_ms
from experiments.reality.wording import texts
from simulator.clock import SECOND
from simulator.drawing import Theme, theme_of
from simulator.languages.numbers import numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

SIMULATED: Final = "azure"
MEASURED: Final = "vermilion"
LINEAR_MS: Final = 1.0
"""Up to here the differences have a linear scale, and a logarithmic one beyond."""

TICKS: Final = (0.5, 1, 2, 5)
"""On both."""

ROOM: Final = 2.0
"""How much higher the scale goes than what is on it: the legend stands there."""


def draw(
    beside: Beside, simulated_ms: FloatArray, path: Path, *, language: str, theme: str
) -> None:
    """Draw a live run beside its simulation.

    Args:
        beside: Both.
        simulated_ms: The simulated latencies, in milliseconds: of the same draws or of others.
        path: Of the file, .svg or .png.
        language: "en" or "fr".
        theme: "light" or "dark".
    """
    with style(theme):
        canvas = _canvas(beside, simulated_ms, language, theme_of(theme))
        if path.suffix == ".png":
            canvas.savefig(path, metadata={"Software": None})
            return
        svg.save(
            canvas,
            path,
            title=same_fate(beside, language),
            description=_description(beside, simulated_ms, language),
            language=language,
        )


def _canvas(beside: Beside, simulated_ms: FloatArray, language: str, theme: Theme) -> Canvas:
    from matplotlib.figure import Figure as Canvas  # noqa: PLC0415 - slow to import

    text, written = texts(language), numbers(language)
    canvas = Canvas(figsize=(8.8, 4.3), layout="constrained")
    left, right = canvas.subplots(1, 2)
    _distributions(left, latencies_ms(beside.measured), simulated_ms, language, theme)
    _differences(right, beside, language, theme)
    for axes, name in ((left, "left"), (right, "right")):
        axes.set_title(text("live_figure", name))
        axes.set_xlabel(text("live_figure", f"{name}_axis"))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(lambda value, _: written.short(value))
    left.yaxis.set_major_formatter(lambda value, _: written.share(written.short(100 * value)))
    title = same_fate(beside, language)
    canvas.text(0.012, 0.978, title, va="top", fontsize=14, fontweight="bold")
    caption = text("live_figure", "caption").format(
        seed=beside.scenario.seed,
        late=lateness(beside, language),
    )
    canvas.text(0.012, 0.02, caption, va="bottom", fontsize=8.5, color=theme.quiet)
    engine: Any = canvas.get_layout_engine()
    engine.set(rect=(0, 0.07, 1, 0.83), wspace=0.06)
    return canvas


def _distributions(
    axes: Axes, measured_ms: FloatArray, simulated_ms: FloatArray, language: str, theme: Theme
) -> None:
    """Plot the share of the messages that came within a time: simulated broad, measured on it."""
    text = texts(language)
    broad: dict[str, Any] = {"color": theme[SIMULATED], "linewidth": 7.0, "alpha": 0.5}
    narrow: dict[str, Any] = {"color": theme[MEASURED], "linewidth": 1.6}
    for name, found, looks in (
        ("simulated", simulated_ms, broad),
        ("measured", measured_ms, narrow),
    ):
        if len(found):
            axes.ecdf(found, label=text("live_figure", name), **looks)
    axes.set_ylim(0, 1.03)
    if axes.lines:
        axes.legend(loc="lower right")


def _differences(axes: Axes, beside: Beside, language: str, theme: Theme) -> None:
    """Plot how much longer each message took, over how late the machine was meanwhile."""
    text = texts(language)
    created_s = beside.measured["created_ns"] / SECOND
    late_ms = beside.fates.late_ns / MILLISECOND
    # Those of another fate are not late: they came by another attempt, or not at all.
    longer_ms = np.where(beside.fates.equal, beside.longer_ms, np.nan)
    order = np.argsort(created_s, kind="stable")
    axes.fill_between(
        created_s[order],
        late_ms[order],
        color=theme.shade,
        linewidth=0,
        step="mid",
        label=text("live_figure", "machine"),
    )
    axes.plot(
        created_s,
        longer_ms,
        color=theme[MEASURED],
        marker="o",
        markersize=3,
        linestyle="none",
        label=text("live_figure", "message"),
    )
    highest = max(np.nanmax(longer_ms, initial=0.0), late_ms.max(initial=0.0))
    lowest = np.nanmin(longer_ms, initial=0.0)
    axes.set_yscale("symlog", linthresh=LINEAR_MS)
    axes.set_yticks([0, *(power * tick for power in (1, 10, 100, 1000) for tick in TICKS)])
    axes.minorticks_off()
    axes.set_ylim(lowest, max(LINEAR_MS, highest) * ROOM)
    axes.legend(loc="upper right", ncols=2, columnspacing=1.2, handletextpad=0.4)


def _description(beside: Beside, simulated_ms: FloatArray, language: str) -> str:
    text, written = texts(language), numbers(language)
    longer = beside.longer_ms[beside.fates.equal & ~np.isnan(beside.longer_ms)]
    if not len(longer):
        return text("live_figure", "nothing")
    values = {
        "measured": np.median(latencies_ms(beside.measured)),
        "simulated": np.median(simulated_ms),
        "median": np.median(longer),
        "most": longer.max(),
    }
    shown = {
        name: written.quantity(written.significant(float(value), 3), "ms")
        for name, value in values.items()
    }
    return text("live_figure", "description").format(**shown)
