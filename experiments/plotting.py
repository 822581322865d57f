"""Plotting: from the tables of an experiment to its figures, in a language.

A figure is a title, a legend, one panel or several, and what the reader needs to know of how it was
made.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pandas as pd

from experiments.base import Bars, Differences, Experiment, Figure, Lines, Timeline
from experiments.labels import Labels, labels
from experiments.model import unit_of
from experiments.panels import PLOTS, lines_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

STYLE: Final = Path(__file__).parent / "style.mplstyle"


class Tables(NamedTuple):
    """What the figures of an experiment are drawn from; see `tables`."""

    summary: pd.DataFrame
    differences: pd.DataFrame | None = None
    series: pd.DataFrame | None = None

    def of(self, panel: Lines) -> pd.DataFrame | None:
        """Return the table that a panel shows."""
        if isinstance(panel, Timeline):
            return self.series
        return self.differences if isinstance(panel, Differences) else self.summary


def draw(
    name: str, experiment: Experiment, tables: Tables, folder: Path, *, language: str
) -> list[Path]:
    """Draw every figure of an experiment, as SVG and PNG.

    Returns:
        The files, `<figure>.<language>.svg` and `.png`.
    """
    import matplotlib as mpl  # noqa: PLC0415 - slow to import, and not always needed

    text = labels(language)
    files = []
    with mpl.rc_context(fname=STYLE):
        for figure in experiment.figures:
            if not _has_lines(figure, experiment, tables):
                continue  # an axis was cut short by hand, and left nothing of it
            canvas = draw_figure(name, experiment, figure, tables, text)
            for kind, metadata in (("svg", {"Date": None}), ("png", {"Software": None})):
                file = folder / f"{figure.name}.{language}.{kind}"
                canvas.savefig(file, metadata=metadata)
                files.append(file)
    return files


def draw_figure(
    name: str, experiment: Experiment, figure: Figure, tables: Tables, text: Labels
) -> Canvas:
    """Draw one figure: its panels, two a row, a title and a legend."""
    from matplotlib.figure import Figure as Canvas  # noqa: PLC0415 - see `draw`

    columns = min(2, len(figure.panels))
    rows = math.ceil(len(figure.panels) / columns)
    width = 5.0 * columns + 0.4 if columns > 1 else 7.4
    caption = _caption(name, figure, experiment, text, letters=int(15.5 * width))
    bottom = 0.27 + 0.14 * (1 + caption.count("\n"))
    inches = 3.2 * rows + 0.95 + bottom
    canvas = Canvas(figsize=(width, inches), layout="constrained")
    grid: Any = canvas.subplots(rows, columns, squeeze=False)
    for panel, axes in zip(figure.panels, grid.flat, strict=False):
        table = tables.of(panel)
        assert table is not None  # noqa: S101 - Experiment holds that
        PLOTS[type(panel)](table, axes, panel, experiment, text)
    for axes in grid.flat[len(figure.panels) :]:
        axes.set_visible(False)
    # Above the panels the title, then the legend; below them the conditions.
    title = text("titles", f"{name}.{figure.name}")
    canvas.text(0.012, 1 - 0.1 / inches, title, va="top", fontsize=14, fontweight="bold")
    handles = _legend(grid.flat)
    most = 4 if columns > 1 else 2  # names that fit in a row
    ncols = max(1, min(most, len(handles)))
    canvas.legend(
        handles.values(),
        handles,
        loc="upper left",
        bbox_to_anchor=(0.0, 1 - 0.36 / inches),
        ncols=ncols,
        columnspacing=1.4,
        handletextpad=0.3,
    )
    top = 0.45 + 0.22 * math.ceil(len(handles) / ncols)
    canvas.text(0.012, 0.08 / inches, caption, va="bottom", fontsize=8.5, color="#555555")
    engine: Any = canvas.get_layout_engine()
    engine.set(rect=(0, bottom / inches, 1, 1 - (top + bottom) / inches), hspace=0.06)
    return canvas


def _legend(panels: Iterable[Axes]) -> dict[str, Any]:
    """Return a handle for each name in the panels: its marker, without an interval."""
    handles: dict[str, Any] = {}
    for axes in panels:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            parts: Any = getattr(handle, "lines", None)  # of a point with an interval
            handles.setdefault(label, parts[0] if parts else handle)
    return handles


def _has_lines(figure: Figure, experiment: Experiment, tables: Tables) -> bool:
    shown = ((tables.of(panel), panel) for panel in figure.panels)
    return any(
        table is not None and any(lines_of(table, panel, experiment)) for table, panel in shown
    )


def _caption(
    name: str, figure: Figure, experiment: Experiment, text: Labels, *, letters: int
) -> str:
    """Return what the reader needs to know of how the figure was made, in lines of that length."""
    messages = f"{experiment.base.messages:,}".replace(",", text("words", "thousands"))
    conditions = text("captions", f"{name}.{figure.name}", "") or text("captions", name)
    made = text("words", "made_of_many" if "messages" in experiment.sweep else "made")
    unit = text("units", unit_of(experiment.base))
    how = [made.format(messages=messages, unit=unit, count=experiment.replications)]
    if any(type(p) in {Lines, Bars} and p.y in experiment.theory for p in figure.panels):
        how.append(text("words", "theory"))
    if any(
        type(p) is Differences or (type(p) is Lines and p.y not in experiment.theory)
        for p in figure.panels
    ):
        how.append(text("words", "joined"))
    return "\n".join(fill(sentence, letters) for sentence in (conditions, " ".join(how)))
