"""Panels: a table and an `Axes` in, the `Axes` with the panel drawn out.

Points are means over replications, with 95 % intervals; theory is a thin line under them. Each
delivery guarantee keeps its color and marker in every figure.

Source of the palette: M. Okabe, K. Ito, "Color Universal Design", 2008.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pandas as pd

from experiments.base import ABSENT, Bars, Differences, Experiment, Key, Lines, Timeline
from experiments.labels import Labels

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PERCENT: Final = {
    "link.loss",
    "loss_rate",
    "duplicated_rate",
    "in_doubt_rate",
    "undecided_rate",
    "loss",
    "poison",
    "both",
    "exactly_one",
    "none",
    "refused",
    "pings_failed",
    "orders_failed",
    "orders_done",
    "answered",
    "effects_twice",
    "wasted",
    "dead",
    "handled",
}
"""Axes and metrics that are shares, shown in percent."""


class Look(NamedTuple):
    """How one line looks: color, marker, whether the marker is filled, its size."""

    color: str
    marker: str
    filled: bool = True
    size: float = 6


# Two guarantees often coincide (one loses what the other loses): the one's marker is hollow and
# larger, so that both are seen, in grey too.
GUARANTEES: Final = {
    "best_effort": Look("#8c8c8c", "x"),
    "at_most_once": Look("#D55E00", "o", filled=False, size=9),
    "at_least_once": Look("#0072B2", "^", size=5.5),
    "exactly_once": Look("#009E73", "s", filled=False, size=9),
}
# First the colors that no guarantee has.
OTHERS: Final = (
    Look("#000000", "o"),
    Look("#E69F00", "s"),
    Look("#56B4E9", "^"),
    Look("#CC79A7", "D", size=5),
    Look("#8A7A00", "v"),
    Look("#0072B2", "P"),
    Look("#D55E00", "x"),
    Look("#009E73", "*", size=8),
)


def plot_lines(
    summary: pd.DataFrame, axes: Axes, panel: Lines, experiment: Experiment, text: Labels
) -> Axes:
    """Plot a metric against an axis, with its intervals, over theory.

    Args:
        summary: The table that `tables.summary_table` makes, of this experiment.
        axes: Where to draw.
        panel: What to draw.
        experiment: For the order of the lines.
        text: The words.
    """
    for key, look, rows in lines_of(summary, panel, experiment):
        theory = rows["theory"].notna()
        axes.plot(rows[panel.x], rows["theory"], color=look.color, zorder=2)
        style = "none" if theory.any() else (0, (4, 2))
        _points(axes, rows, panel, look, style, _name(panel.color, key, text))
    _finish(axes, panel, text, text("metrics", panel.y))
    if panel.scale == "linear":
        axes.set_ylim(bottom=0)
    return axes


def plot_differences(
    differences: pd.DataFrame, axes: Axes, panel: Lines, experiment: Experiment, text: Labels
) -> Axes:
    """Plot how far each line is from the baseline, in pairs on the same luck.

    Args:
        differences: The table that `tables.difference_table` makes, of this experiment.
        axes: Where to draw.
        panel: What to draw.
        experiment: For the baseline and the order of the lines.
        text: The words.
    """
    assert experiment.compare is not None  # noqa: S101 - a table of differences says so
    axes.axhline(0, color="#555555", linewidth=1)
    for key, look, rows in lines_of(differences, panel, experiment):
        _points(axes, rows, panel, look, (0, (4, 2)), _name(panel.color, key, text))
    baseline = _name(panel.color, experiment.compare.baseline, text)
    metric = text("metrics", panel.y)
    _finish(axes, panel, text, text("words", "difference").format(metric=metric, baseline=baseline))
    return axes


def plot_bars(
    summary: pd.DataFrame, axes: Axes, panel: Lines, experiment: Experiment, text: Labels
) -> Axes:
    """Plot a metric for each name of an axis, as bars from left to right, with intervals.

    Theory, where there is some, is a short upright line at each bar.

    Args:
        summary: The table that `tables.summary_table` makes, of this experiment.
        axes: Where to draw.
        panel: What to draw.
        experiment: For the order of the bars.
        text: The words.
    """
    lines = list(lines_of(summary, panel, experiment))
    names = [
        key for key in experiment.sweep[panel.x] if any(key in set(r[panel.x]) for *_, r in lines)
    ]
    alone = panel.x == panel.color
    height = 0.8 if alone else 0.8 / len(lines)
    for index, (key, look, rows) in enumerate(lines):
        shift = 0.0 if alone else (index - (len(lines) - 1) / 2) * height
        places = [names.index(name) + shift for name in rows[panel.x]]
        margins = _margins(rows, least=0.0)
        axes.barh(
            places,
            rows["mean"],
            height * 0.92,
            xerr=margins if rows["low"].notna().any() else None,
            color=look.color,
            error_kw={"ecolor": "#222222", "capsize": 2, "elinewidth": 1},
            label=None if alone else _name(panel.color, key, text),
        )
        for place, expected in zip(places, rows["theory"], strict=True):
            if not math.isnan(expected):
                ends = [place - height * 0.46, place + height * 0.46]
                axes.plot([expected, expected], ends, color="black", linewidth=1.6)
    axes.set_yticks(range(len(names)), [_name(panel.x, name, text) for name in names])
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.set_title(text("metrics", panel.y))
    axes.set_xscale(panel.scale)
    axes.xaxis.set_major_formatter(_formatter(panel.y, text))
    axes.xaxis.set_minor_formatter(lambda *_: "")
    return axes


def plot_timeline(
    series: pd.DataFrame, axes: Axes, panel: Lines, experiment: Experiment, text: Labels
) -> Axes:
    """Plot a series over time, with a band for its interval.

    Args:
        series: The table that `tables.series_table` makes, of this experiment.
        axes: Where to draw.
        panel: What to draw.
        experiment: For the order of the lines.
        text: The words.
    """
    shade = getattr(panel, "shade", None)
    if shade:
        axes.axvspan(*shade, color="#e8e8e8", zorder=0)
    for key, look, rows in lines_of(series, panel, experiment):
        axes.plot(
            rows["time"],
            rows["mean"],
            color=look.color,
            label=_name(panel.color, key, text),
            linewidth=1.6,
        )
        axes.fill_between(
            rows["time"], rows["low"], rows["high"], color=look.color, alpha=0.25, linewidth=0
        )
    _finish(axes, panel, text, text("metrics", panel.y))
    if panel.scale == "linear":
        axes.set_ylim(bottom=0)
    return axes


PLOTS: Final[dict[type[Lines], Callable[..., Axes]]] = {
    Lines: plot_lines,
    Differences: plot_differences,
    Bars: plot_bars,
    Timeline: plot_timeline,
}
"""What draws each kind of panel."""


def lines_of(
    table: pd.DataFrame, panel: Lines, experiment: Experiment
) -> Iterator[tuple[Key, Look, pd.DataFrame]]:
    """Go through the lines of a panel: key, look, and rows."""
    table = table[table["metric"] == panel.y]
    for path, shown in panel.where.items():
        table = table[table[path].isin([*shown, ABSENT])]
    for index, key in enumerate(experiment.sweep[panel.color]):
        rows = table[table[panel.color] == key]
        if len(rows):
            yield key, GUARANTEES.get(str(key), OTHERS[index % len(OTHERS)]), rows


def _points(  # noqa: PLR0917 - what to draw, and how
    axes: Axes, rows: pd.DataFrame, panel: Lines, look: Look, style: Any, label: str
) -> None:
    known = rows["low"].notna().any()
    least = None if isinstance(panel, Differences) else 0.1 if panel.scale == "log" else 0.0
    axes.errorbar(
        rows[panel.x],
        rows["mean"],
        yerr=_margins(rows, least) if known else None,
        color=look.color,
        marker=look.marker,
        markersize=look.size,
        markerfacecolor=look.color if look.filled else "none",
        linestyle=style,
        label=label,
        zorder=3,
        clip_on=False,  # a marker at 0 is seen whole
    )


def _margins(rows: pd.DataFrame, least: float | None) -> list[pd.Series[float]]:
    """Return how far intervals reach below and above their means.

    What is never negative is drawn to reach no lower than `least` times its mean.
    """
    mean = rows["mean"]
    low = rows["low"] if least is None else rows["low"].clip(lower=least * mean)
    return [(mean - low).clip(lower=0), (rows["high"] - mean).clip(lower=0)]


def _finish(axes: Axes, panel: Lines, text: Labels, title: str) -> None:
    axes.set_title(title)
    x_label = panel.x_label or panel.x
    axes.set_xlabel(text("axes", x_label))
    axes.set_xscale(panel.x_scale)
    axes.set_yscale(panel.scale)
    for side, what in ((axes.xaxis, x_label), (axes.yaxis, panel.y)):
        side.set_major_formatter(_formatter(what, text))
        side.set_minor_formatter(lambda *_: "")
    if panel.x_scale == "log":
        ticks = [2.0**k for k in range(12)]
        low, high = axes.get_xlim()
        axes.set_xticks([tick for tick in ticks if low <= tick <= high])


def _formatter(what: str, text: Labels) -> Callable[[float, float], str]:
    return lambda value, _: _tick(what, value, text)


def _tick(what: str, value: float, text: Labels) -> str:
    if what in PERCENT:
        return text("words", "percent").format(text.number(round(100 * value, 6)))
    return text.number(round(value, 9))


def _name(axis: str, key: Key, text: Labels) -> str:
    """Return the name of a line."""
    if isinstance(key, str):
        return text("values", key)
    return text("axes", axis + ".short") + " " + _tick(axis, key, text)
