"""Plotting: from the tables of an experiment to its figures, in a language and a theme.

A figure is a title, a legend, one panel or several, and what the reader needs to know of how it was
made. Beside it stands its alternative text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any, Final

from experiments.figures import svg
from experiments.figures.alternative_texts import describe
from experiments.figures.labels import as_sentence
from experiments.figures.naming import Naming
from experiments.figures.panels import PLOTS, lines_of
from experiments.framework.experiment import Experiment
from experiments.framework.figure import Bars, Differences, Figure, Lines
from experiments.framework.tables import Tables
from simulator.drawing import theme_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

STYLE: Final = Path(__file__).parent / "style.mplstyle"


def draw(experiment: Experiment, tables: Tables, folder: Path, *, language: str) -> list[Path]:
    """Draw every figure of an experiment, with its alternative text.

    Returns:
        The files: `<figure>.<language>.svg`, `.png` and `.dark.svg`, and the text, `.txt`.
    """
    naming = Naming(language, experiment)
    files = []
    for figure in experiment.figures:
        if not _has_lines(figure, experiment, tables):
            continue  # an axis was cut short by hand, and left nothing of it
        light, bitmap, dark, words = (
            folder / f"{figure.name}.{language}.{kind}"
            for kind in ("svg", "png", "dark.svg", "txt")
        )
        title = naming.figure_title(figure)
        account = describe(figure, tables, naming)
        words.write_text(f"{as_sentence(title)} {account}\n", encoding="utf-8", newline="\n")
        about = " ".join((account, *_caption(figure, naming).split("\n")))
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
    """Draw one figure: its panels, two a row, a title and a legend."""
    colors = theme_of(theme)
    from matplotlib.figure import Figure as Canvas  # noqa: PLC0415 - see `draw`

    columns = min(2, len(figure.panels))
    rows = math.ceil(len(figure.panels) / columns)
    width = 5.0 * columns + 0.4 if columns > 1 else 7.4
    letters = int(15.5 * width)
    account = _caption(figure, naming)
    together = re.sub(r"(?<=\d) ", "\u00a0", account)  # a number, and what it counts
    caption = "\n".join(fill(sentence, letters) for sentence in together.split("\n"))
    bottom = 0.27 + 0.14 * (1 + caption.count("\n"))
    inches = 3.2 * rows + 0.95 + bottom
    canvas = Canvas(figsize=(width, inches), layout="constrained")
    grid: Any = canvas.subplots(rows, columns, squeeze=False)
    for panel, axes in zip(figure.panels, grid.flat, strict=False):
        PLOTS[type(panel)](tables.of(panel), axes, panel, naming, theme=colors)
    for axes in grid.flat[len(figure.panels) :]:
        axes.set_visible(False)
    # Above the panels the title, then the legend; below them the conditions.
    title = naming.figure_title(figure)
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
    canvas.text(0.012, 0.08 / inches, caption, va="bottom", fontsize=8.5, color=colors.quiet)
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
    return any(any(lines_of(tables.of(panel), panel, experiment)) for panel in figure.panels)


def _caption(figure: Figure, naming: Naming) -> str:
    """Return what the reader needs to know: the conditions, and how the figure was made."""
    experiment, text = naming.experiment, naming.text
    messages = naming.numbers.count(experiment.base.messages)
    made = text("words", "made_of_many" if "messages" in experiment.sweep else "made")
    how = [made.format(messages=messages, unit=naming.size(), count=experiment.replications)]
    if any(type(p) in {Lines, Bars} and p.y in experiment.theory for p in figure.panels):
        how.append(text("words", "theory"))
    if any(
        type(p) is Differences or (type(p) is Lines and p.y not in experiment.theory)
        for p in figure.panels
    ):
        how.append(text("words", "joined"))
    return "\n".join((naming.caption(figure), " ".join(how)))
