"""The notebooks, as pages: copied beside the other pages at build, in both languages."""

import shutil
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config

SOURCE = Path(__file__).parents[2] / "notebooks"
LANGUAGES = {"en": "In English", "fr": "En français"}


def copy(app: Sphinx, config: Config) -> None:
    """Copy what has changed, and list them all."""
    folder = Path(app.srcdir) / "notebooks"
    folder.mkdir(exist_ok=True)
    for notebook in SOURCE.glob("*.ipynb"):
        target = folder / notebook.name
        if not target.exists() or target.read_bytes() != notebook.read_bytes():
            shutil.copyfile(notebook, target)
    for stale in folder.glob("*.ipynb"):
        if not (SOURCE / stale.name).exists():
            stale.unlink()


def setup(app: Sphinx) -> dict[str, bool]:
    """Copy before pages are looked for."""
    app.connect("config-inited", copy, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
