"""Names: what an experiment calls its metrics, axes and values, for a notebook.

called("both", "fr", "two_generals")
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


def called(name: str, language: str = "en", experiment: str = "delivery_guarantees") -> str:
    """Return what a metric, an axis, a value, or what a slider moves is called.

    Args:
        name: Its name in the code. What has no other name keeps it.
        language: "en" or "fr".
        experiment: Whose it is. By default the main one, which has the metrics of a scenario.

    Raises:
        ValueError: If the language or the experiment is not there.
    """
    naming = names(language, experiment)
    if naming.text("metrics", name, ""):
        return naming.metric(name)
    if naming.text("axes", name, ""):
        return naming.axis(name)
    sections = (naming.text(section, name, "") for section in ("values", "controls", "units"))
    return next(filter(None, sections), name)
