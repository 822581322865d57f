"""Scripts in words: a sentence an action, in English and French."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simulator.adversary.crash_at import CrashAt
from simulator.adversary.transmissions import Action
from simulator.drawing.words import Words
from simulator.languages.texts import texts
from simulator.policies import Promise


def say(actions: Sequence[Any], language: str) -> list[str]:
    """Describe actions, one sentence each.

    Raises:
        ValueError: If the language is neither "en" nor "fr".
    """
    calm = texts(language)("script", "calm")
    sentences = [_sentence(action, language) for action in actions]
    return sentences or [calm]


def say_broken(promise: Promise, language: str) -> str:
    """Return the sentence for a broken promise."""
    return texts(language)("script", promise.name)


def _sentence(action: Any, language: str) -> str:
    sentences, words = texts(language).section("script"), Words(language)
    values: dict[str, str] = {}
    for name in type(action).__dataclass_fields__:
        value = getattr(action, name)
        if isinstance(value, bool | int):
            values[name] = str(value)
        elif isinstance(value, float):
            values[name] = words.number(value)
        elif isinstance(value, str):
            values[name] = "→".join(map(words.node, value.split("→")))
        elif name == "between":
            values[name] = sentences["and"].join(map(words.node, value))
        elif name == "groups":
            values[name] = " | ".join(", ".join(map(words.node, group)) for group in value)
    kind = type(action).__name__ + (" refusing" if getattr(action, "refuses", False) else "")
    if isinstance(action, Action | CrashAt):
        values["which"] = _which(action, values, language)
        values["link"] = sentences["on"].format(**values) if action.link else ""
        kind += " held" if "hold" in values else ""
        kind += f" {action.point}" if isinstance(action, CrashAt) else ""
    return sentences[kind].format(**values)


def _which(action: Action | CrashAt, values: dict[str, str], language: str) -> str:
    sentences = texts(language).section("script")
    what = "data" if isinstance(action, CrashAt) else action.what
    if isinstance(action, Action) and action.nth is not None:
        nth = _ordinal(action.nth, language, feminine=action.what == "data")
        return sentences[f"{action.what} nth"].format(nth=nth)
    again = " again" if action.attempt > 1 else ""
    of_copy = sentences["of the copy"] if action.copy else ""
    return sentences[what + again].format(**values) + of_copy


def _ordinal(number: int, language: str, *, feminine: bool) -> str:
    if language == "fr":
        return ("1re" if feminine else "1er") if number == 1 else f"{number}e"
    teens = number % 100 in {11, 12, 13}
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"
