"""French pages, `NAME.fr`: with the spaces of French, and as French for a screen reader.

Their sources have plain spaces before : ; ! and ?, as the kit's have, and are read as files too.
"""

from typing import Any

from sphinx.application import Sphinx

from experiments.course.wording import Wording


def space(app: Sphinx, name: str, source: list[str]) -> None:
    """Put no-break spaces into the prose of a page in Markdown."""
    if _is_french(name) and app.env.doc2path(name).suffix == ".md":
        source[0] = Wording("fr").prose(source[0])


def say(app: Sphinx, name: str, template: str, context: dict[str, Any], doctree: object) -> None:
    """Say the page's language in its first tag."""
    if _is_french(name):
        context["language"] = "fr"


def _is_french(name: str) -> bool:
    return name.endswith(".fr")


def setup(app: Sphinx) -> dict[str, bool]:
    """Change pages as they are read, and as they are written."""
    app.connect("source-read", space)
    app.connect("html-page-context", say)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
