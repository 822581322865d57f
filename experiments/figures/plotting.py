"""Plotting: from the tables of an experiment to its figures, in a language and a theme.

A figure is a title, one panel or several, and what the reader needs to know of how it was made.
Lines are named where they end; only many of them need a legend. On a slide 1,280 pixels wide no
letter is smaller than 18 pixels. Beside a figure stands its alternative text.
"""

from __future__ import annotations

import math
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from experiments.figures import svg
from experiments.figures.alternative_texts import describe
from experiments.figures.labels import as_sentence
from experiments.figures.line_ends import name_line_ends
from experiments.figures.naming import Naming, folded
from experiments.figures.panels import PLOTS
from experiments.figures.rows import lines_of
from experiments.framework.experiment import Experiment
from experiments.framework.figure import Bars, Differences, Figure, Lines, Timeline
from experiments.framework.tables import Tables
from simulator.drawing import theme_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

STYLE: Final = Path(__file__).parent / "style.mplstyle"

WIDTH: Final = 8.4
"""Of a figure, in inches: letters of 9 points, the smallest, are 19 pixels high on 1,280."""

TITLE_LETTERS: Final = 70
CAPTION_LETTERS: Final = 122
LETTERS: Final = 74
"""How many letters fit on a line: of the title, of the caption, of what is around a wide panel."""

BARS: Final = 9
"""How many fewer around bars, whose names take room."""

NAMED: Final = 5
"""How many lines of a panel are named at their ends; more have a legend."""

AROUND: Final = 1.05
"""How much of a panel's height, in inches, its title and what is under it take at most."""


def draw(experiment: Experiment, tables: Tables, folder: Path, *, language: str) -> list[Path]:
    """Draw every figure of an experiment, with its alternative text.

    Returns:
        The files: `<figure>.<language>.svg`, `.png` and `.dark.svg`, and the text, `.txt`.
    """
    naming = Naming(language, experiment)
    files = []
    for figure in experiment.figures:
        if not _shown(figure, tables, experiment):
            continue
        light, bitmap, dark, words = (
            folder / f"{figure.name}.{language}.{kind}"
            for kind in ("svg", "png", "dark.svg", "txt")
        )
        title = naming.figure_title(figure)
        account = describe(figure, tables, naming)
        words.write_text(f"{as_sentence(title)} {account}\n", encoding="utf-8", newline="\n")
        about = " ".join((account, *_caption(figure, tables, naming).split("\n")))
        said: dict[str, Any] = {"title": title, "description": about, "language": language}
        with style("light"):
            canvas = draw_figure(figure, tables, naming)
            svg.save(canvas, light, **said)
            canvas.savefig(bitmap, metadata={"Software": None})
        with style("dark"):
            again = draw_figure(figure, tables, naming, theme="dark")
            svg.save(again, dark, **said, like=canvas)
        files += [light, bitmap, dark, words]
    return files


def style(theme: str) -> AbstractContextManager[None]:
    """Return a context in which Matplotlib draws as the figures are drawn.

    Args:
        theme: "light" or "dark".
    """
    import matplotlib as mpl  # noqa: PLC0415 - slow to import, and not always needed

    return mpl.rc_context(theme_of(theme).rc, fname=STYLE)


def draw_figure(
    figure: Figure,
    tables: Tables,
    naming: Naming,
    *,
    theme: str = "light",
) -> Canvas:
    """Draw one figure: its title, its panels with the names of their lines, and its caption."""
    colors = theme_of(theme)
    from matplotlib.figure import Figure as Canvas  # noqa: PLC0415 - see `draw`

    title = folded(naming.figure_title(figure), TITLE_LETTERS)
    said = _caption(figure, tables, naming).split("\n")
    caption = "\n".join(folded(part, CAPTION_LETTERS, even=False) for part in said)
    rows = _rows(_shown(figure, tables, naming.experiment))
    heights = [max(_height(panel, naming) for panel in row) for row in rows]
    bottom = 0.15 + 0.155 * (1 + caption.count("\n"))
    top = 0.2 + 0.25 * (1 + title.count("\n"))
    canvas = Canvas(figsize=(WIDTH, 1.0), layout="constrained")
    grid = canvas.add_gridspec(len(rows), 2, height_ratios=heights)
    handles: dict[str, Any] = {}
    for place, (row, height) in enumerate(zip(rows, heights, strict=True)):
        for column, panel in enumerate(row):
            axes = canvas.add_subplot(grid[place, column if len(row) > 1 else slice(None)])
            table = tables.of(panel)
            PLOTS[type(panel)](table, axes, panel, naming, theme=colors)
            _fold(axes, LETTERS // len(row) - (BARS if isinstance(panel, Bars) else 0))
            lines = len(list(lines_of(table, panel, naming.experiment)))
            if not isinstance(panel, Bars) and lines <= NAMED:
                room = 72 * (height - AROUND)
                name_line_ends(table, axes, panel, naming, theme=colors, height=room)
            else:
                handles |= _legend(axes)
        if len(row) > 1 and _same_names(row):
            canvas.axes[-1].tick_params(labelleft=False)
    ncols = max(1, min(3, len(handles)))
    below = top + 0.22 * math.ceil(len(handles) / ncols)
    inches = sum(heights) + below + bottom
    canvas.set_size_inches(WIDTH, inches)
    # Above the panels the title, and a legend where there is one; below them the conditions.
    canvas.text(0.012, 1 - 0.1 / inches, title, va="top", fontsize=14, fontweight="bold")
    if handles:
        canvas.legend(
            handles.values(),
            handles,
            loc="upper left",
            bbox_to_anchor=(0.0, 1 - (top - 0.06) / inches),
            ncols=ncols,
            columnspacing=1.4,
            handletextpad=0.3,
        )
    canvas.text(0.012, 0.08 / inches, caption, va="bottom", fontsize=9, color=colors.quiet)
    engine: Any = canvas.get_layout_engine()
    engine.set(rect=(0, bottom / inches, 1, 1 - (below + bottom) / inches), hspace=0.05)
    return canvas


def _fold(axes: Axes, letters: int) -> None:
    """Fold what stands around a panel into lines of so many letters."""
    axes.set_title(folded(axes.get_title("left"), letters))
    axes.set_xlabel(folded(axes.get_xlabel(), letters))


def _same_names(row: tuple[Lines, ...]) -> bool:
    """Return whether the panels of a row are bars of the same names."""
    names = {(panel.x, str(panel.where.get(panel.x))) for panel in row}
    return len(names) == 1 and all(isinstance(panel, Bars) for panel in row)


def _legend(axes: Axes) -> dict[str, Any]:
    """Return a handle for each name in a panel: its marker, without an interval."""
    handles: dict[str, Any] = {}
    for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
        parts: Any = getattr(handle, "lines", None)  # of a point with an interval
        handles.setdefault(label, parts[0] if parts else handle)
    return handles


def _rows(panels: tuple[Lines, ...]) -> list[tuple[Lines, ...]]:
    """Return the panels row by row."""
    each = 1 if all(isinstance(panel, Timeline) for panel in panels) else 2
    return [panels[k : k + each] for k in range(0, len(panels), each)]


def _height(panel: Lines, naming: Naming) -> float:
    """Return how high a panel is, in inches, with what is around it."""
    if not isinstance(panel, Bars):
        return 2.9
    shown = panel.where.get(panel.x, tuple(naming.experiment.sweep[panel.x]))
    return max(1.8, 0.65 + 0.38 * len(shown))


def _shown(figure: Figure, tables: Tables, experiment: Experiment) -> tuple[Lines, ...]:
    """Return the panels of which something is left, after an axis was cut short by hand."""
    return tuple(p for p in figure.panels if any(lines_of(tables.of(p), p, experiment)))


def _caption(figure: Figure, tables: Tables, naming: Naming) -> str:
    """Return what the reader needs to know: the conditions, and how the figure was made."""
    experiment, text = naming.experiment, naming.text
    messages = naming.numbers.count(experiment.base.messages)
    made = text("words", "made_of_many" if "messages" in experiment.sweep else "made")
    how = [made.format(messages=messages, unit=naming.size(), count=experiment.replications)]
    known = [
        (rows["theory"].notna(), isinstance(panel, Bars))
        for panel in figure.panels
        if not isinstance(panel, Timeline | Differences)
        for *_, rows in lines_of(tables.of(panel), panel, experiment)
    ]
    if any(points.any() for points, _ in known):
        how.append(text("words", "theory"))
    if any(points.any() and not points.all() for points, bars in known if not bars):
        how.append(text("words", "silent"))
    if not all(points.any() or bars for points, bars in known) or any(
        isinstance(panel, Differences) for panel in figure.panels
    ):
        how.append(text("words", "joined"))
    return "\n".join((naming.caption(figure), " ".join(how)))
