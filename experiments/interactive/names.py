"""Names: what an experiment calls its metrics, axes and values, for tables in a notebook.

text = names("fr", "two_generals")
text.metric("both")
"""

from __future__ import annotations

from experiments import catalogue
from experiments.figures.naming import Naming


def names(language: str, experiment: str = "delivery_guarantees") -> Naming:
    """Return what an experiment of the catalogue calls things.

    Args:
        language: "en" or "fr".
        experiment: Its name. By default the main one, which has the metrics of a scenario.

    Raises:
        ValueError: If the language or the experiment is not there.
    """
    return Naming(language, catalogue.load(experiment))
