"""Links that are right in the repository become links to the site's own pages.

A page links to `../results/NAME/figures/FIGURE.fr.png` or to `../notebooks/NAME.fr.ipynb`, so that
it can be read as a file. On the site the first is in the gallery, the second a page. And a folder's
README, beside which its files stand, lists them here.
"""

import re

from sphinx.application import Sphinx

FIGURE = re.compile(r"(?<!!)\[([^\]]*)\]\((?:\.\./)+results/(\w+)/figures/[\w.]+\.(en|fr)\.png\)")
LISTS = {"decisions/README": "\n```{toctree}\n:glob:\n\n0*\n```\n"}
HEADINGS = {"en": "english", "fr": "français"}
NOTEBOOK = re.compile(r"\]\((?:\.\./)+notebooks/([\w.]+)\.ipynb\)")


def redirect(app: Sphinx, name: str, source: list[str]) -> None:
    """Change the links of a page."""
    source[0] = FIGURE.sub(lambda link: _in_gallery(*link.groups()), source[0])
    source[0] = NOTEBOOK.sub(r"](/notebooks/\1.ipynb)", source[0])
    source[0] += LISTS.get(name, "")


def _in_gallery(text: str, experiment: str, language: str) -> str:
    return f"[{text}](/gallery/{experiment}.md#{HEADINGS[language]})"


def setup(app: Sphinx) -> dict[str, bool]:
    """Change links as pages are read."""
    app.connect("source-read", redirect)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
