"""SVG: a figure as a file that a screen reader can read, the same bytes each time.

Sources: W3C, "SVG Accessibility API Mappings", 2018; L. Watson, "Tips for Creating Accessible SVG",
SitePoint, 2014: `role="img"`, named by a title and a description inside.
"""

from __future__ import annotations

import re
from html import escape
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NOT_XML: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML cannot have, of which a node's name may have some."""


def save(
    figure: Figure,
    path: Path,
    *,
    title: str,
    description: str,
    language: str,
    like: Figure | None = None,
) -> None:
    """Write a figure, with a title and a description for those who do not see it.

    Args:
        figure: It is laid out for good.
        path: Of the file.
        title: In a few words.
        description: What it shows.
        language: "en" or "fr".
        like: The same figure in other colors, saved before: it is not laid out a second time.
    """
    import matplotlib as mpl  # noqa: PLC0415 - slow to import, and not always needed

    _settle(figure, like)
    buffer = StringIO()
    with mpl.rc_context({"svg.hashsalt": "pigeon", "svg.fonttype": "path"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    drawing, name = buffer.getvalue(), path.name.removesuffix(".svg")
    drawing = named(drawing, name, title=title, description=description, language=language)
    drawing = NOT_XML.sub("\N{REPLACEMENT CHARACTER}", drawing)
    path.write_text(drawing, encoding="utf-8", newline="\n")


def _settle(figure: Figure, like: Figure | None) -> None:
    """Lay a figure out for good, its axes at round places.

    The last bits of a layout differ from one process to another, and would be in the bytes. With a
    layout engine left, even one that does nothing, Matplotlib draws twice whatever it saves.
    """
    import matplotlib as mpl  # noqa: PLC0415 - as above

    engine = figure.get_layout_engine()
    if like is None and engine is not None:
        engine.execute(figure)
    with mpl.rc_context({"figure.autolayout": False, "figure.constrained_layout.use": False}):
        figure.set_layout_engine(None)
    for axes, placed in zip(figure.axes, (like or figure).axes, strict=True):
        left, bottom, width, height = placed.get_position(original=True).bounds
        axes.set_position((round(left, 6), round(bottom, 6), round(width, 6), round(height, 6)))


def named(drawing: str, name: str, *, title: str, description: str, language: str) -> str:
    """Return an SVG with a title and a description; `name` keeps their ids apart on a page."""
    stem = re.sub(r"\W+", "-", name)
    head = (
        f' lang="{language}" role="img" aria-labelledby="{stem}-title"'
        f' aria-describedby="{stem}-desc">\n'
        f' <title id="{stem}-title">{escape(title, quote=False)}</title>\n'
        f' <desc id="{stem}-desc">{escape(description, quote=False)}</desc>'
    )
    return re.sub(r"(<svg\b[^>]*)>", lambda found: found[1] + head, drawing, count=1)
