"""Facts: the numbers of each page, one file a page.

Each has `facts(measured)`, which returns what its page is written with: measurements, and the
conditions under which they were made. What a page says in words is claimed here, and refused where
the tables show something else.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from experiments.course.measured import Tables

Facts = dict[str, Any]


def facts_of(page: str, measured: Tables) -> Facts:
    """Return the facts of a page."""
    found: Facts = import_module(f"experiments.course.facts.{page}").facts(measured)
    return found
