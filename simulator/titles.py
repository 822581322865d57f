"""Titles: what stands above a run where it is played, such as "At least once · 30% loss"."""

from __future__ import annotations

from simulator.languages import LANGUAGES
from simulator.languages.numbers import numbers
from simulator.languages.texts import texts
from simulator.scenario import Scenario


def titles_of(scenario: Scenario) -> dict[str, str]:
    """Return the guarantee of a scenario and how much its links lose, by language.

    A guarantee that is not the library's has the name of its class. Of losses that have no rate,
    such as scripted ones, nothing is said.
    """
    return {language: _title(scenario, language) for language in LANGUAGES}


def _title(scenario: Scenario, language: str) -> str:
    text, write = texts(language), numbers(language)
    name = type(scenario.guarantee).__name__
    parts = [text("titles", name, name)]
    there, back = (
        getattr(link.loss_model, "rate", None) for link in (scenario.link, scenario.link_back)
    )
    for way, rate in (("there", there), ("back", back)):
        if rate is not None and (way == "there" or rate != there):
            share = write.share(write.short(100 * rate, 3))
            parts.append(text("titles", f"{way} {'some' if rate else 'none'}").format(share))
    return " · ".join(parts)
