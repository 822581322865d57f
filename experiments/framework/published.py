"""What is published with the project: its results, and its notebooks.

A wheel holds them inside the package. In a checkout they stand beside it, where the course links
to them, and an editable install finds them there.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Literal


def published(what: Literal["results", "notebooks"]) -> Path:
    """Return the folder of what is published, to read: nothing is written there."""
    package = Path(str(files("experiments")))
    inside = package / "published" / what
    return inside if inside.is_dir() else package.parent / what
