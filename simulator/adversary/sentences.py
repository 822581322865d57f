"""Scripts in words: a sentence an action, in English and French."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from simulator.adversary.crash_at import CrashAt
from simulator.adversary.transmissions import Action
from simulator.drawing.journeys import Journey
from simulator.drawing.parts import parts_of
from simulator.drawing.subjects import Subject, Subjects
from simulator.drawing.words import Words
from simulator.event import TraceRow
from simulator.languages.texts import texts
from simulator.policies import Promise


def say(actions: Sequence[Any], language: str, rows: Sequence[TraceRow] = ()) -> list[str]:
    """Describe actions, one sentence each.

    Args:
        actions: What an adversary does.
        language: "en" or "fr".
        rows: The trace of the run, which knows a message that is a request or a task from another.

    Raises:
        ValueError: If the language is neither "en" nor "fr".
    """
    calm = texts(language)("script", "calm")
    journeys = [part for part in parts_of(rows, unfinished=True) if isinstance(part, Journey)]
    subjects = Subjects(rows)
    sentences = []
    for action in actions:
        met = next((one for one in journeys if _meets(action, one)), None)
        sentences.append(_sentence(action, subjects.of(met) if met else None, language))
    return sentences or [calm]


def say_broken(promise: Promise, language: str) -> str:
    """Return the sentence for a broken promise."""
    return texts(language)("script", promise.name)


def _meets(action: Any, journey: Journey) -> bool:
    """Whether an action on a transmission is about that of a journey."""
    if not isinstance(action, Action | CrashAt) or action.message is None:
        return False
    link = f"{journey.start}→{journey.end}"
    is_answer = isinstance(action, Action) and action.what == "acknowledgement"
    about = action.message, action.attempt, is_answer, action.link or link
    return about == (journey.message, journey.attempt, journey.is_answer, link)


def _sentence(action: Any, met: Subject | None, language: str) -> str:
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
        values["which"] = _which(action, met, language)
        if isinstance(action, CrashAt):
            values["of"] = _of(action, met, language)
        values["link"] = sentences["on"].format(**values) if action.link else ""
        kind += " held" if "hold" in values else ""
        kind += f" {action.point}" if isinstance(action, CrashAt) else ""
    return sentences[kind].format(**values)


def _which(action: Action | CrashAt, met: Subject | None, language: str) -> str:
    sentences = texts(language).section("script")
    what = "data" if isinstance(action, CrashAt) else action.what
    if isinstance(action, Action) and action.nth is not None:
        nth = _ordinal(action.nth, language, feminine=action.what == "data")
        return sentences[f"{action.what} nth"].format(nth=nth)
    subject = _subject(action, met, what)
    of_copy = sentences["copy of data" if what == "data" else "of the copy"] if action.copy else ""
    if action.attempt == 1:
        return Words(language).forms(subject)["the"] + of_copy
    forms = Words(language).forms(replace(subject, kind=subject.data))
    again = "data again" if what == "data" else f"{subject.kind} again"
    return sentences[again].format(attempt=action.attempt, **forms) + of_copy


def _of(crash: CrashAt, met: Subject | None, language: str) -> str:
    """Say of what an acknowledgement is one."""
    sentences = texts(language).section("script")
    of = Words(language).forms(_subject(crash, met, "data"))["of"]
    if crash.attempt > 1:
        of = sentences["of again"].format(attempt=crash.attempt, of=of)
    return of + (sentences["of the copy"] if crash.copy else "")


def _subject(action: Action | CrashAt, met: Subject | None, what: str) -> Subject:
    """Return what an action is about; the attempt and the copy have words of their own here."""
    subject = met or Subject("message" if what == "data" else what, "message", str(action.message))
    return replace(subject, attempt=0, copy=0)


def _ordinal(number: int, language: str, *, feminine: bool) -> str:
    if language == "fr":
        return ("1re" if feminine else "1er") if number == 1 else f"{number}e"
    teens = number % 100 in {11, 12, 13}
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"
