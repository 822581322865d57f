"""The notebooks, as pages: copied beside the other pages at build, in both languages."""

from pathlib import Path
from typing import Final

from sphinx.application import Sphinx
from sphinx.config import Config

SOURCE: Final = Path(__file__).parents[2] / "notebooks"
INDEX: Final = """# Notebooks

Section by section through the chapter, each with an exercise that a measurement checks. They are
shown with their outputs; `make lab` opens them in JupyterLab, to run and to change.

```{toctree}
:caption: In English
:glob:
:titlesonly:

*.en
```

```{toctree}
:caption: En français
:glob:
:titlesonly:

*.fr
```
"""


def copy(app: Sphinx, config: Config) -> None:
    """Copy what has changed, and list them all."""
    folder = Path(app.srcdir) / "notebooks"
    folder.mkdir(exist_ok=True)
    files = {folder / file.name: file.read_bytes() for file in SOURCE.glob("*.ipynb")}
    files[folder / "index.md"] = INDEX.encode()
    for stale in set(folder.iterdir()) - set(files):
        stale.unlink()
    for path, content in files.items():
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)


def setup(app: Sphinx) -> dict[str, bool]:
    """Copy before pages are looked for."""
    app.connect("config-inited", copy, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
