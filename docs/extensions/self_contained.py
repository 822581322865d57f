"""Warn of each page that would fetch something from elsewhere: the site is read without a network.

A link that a reader may follow is no request; what a page loads by itself is.
"""

import re
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util import logging

LOADS = re.compile(
    r"""<(?:script|img|iframe|source|video|audio|embed|object)\b[^>]*\b(?:src|data)=["'](?:https?:)?//"""
    r"""|<link\b(?![^>]*rel=["']canonical)[^>]*\bhref=["'](?:https?:)?//"""
    r"""|@import\s+(?:url\()?["']?(?:https?:)?//|url\(["']?(?:https?:)?//""",
    re.IGNORECASE,
)


def check(app: Sphinx, error: Exception | None) -> None:
    """Look through what was built."""
    if error is not None:
        return
    for path in sorted(Path(app.outdir).rglob("*")):
        if path.suffix in {".html", ".css", ".svg"}:
            found = LOADS.search(path.read_text(encoding="utf-8"))
            if found:
                name = path.relative_to(app.outdir)
                logging.getLogger(__name__).warning("%s would load %s", name, found.group())


def setup(app: Sphinx) -> dict[str, bool]:
    """Look when all is built."""
    app.connect("build-finished", check)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
