"""Scripts in words: a sentence an action, in English and French."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from simulator.adversary.transmissions import Action
from simulator.drawing.words import Words
from simulator.policies import Promise
from simulator.validation import choice

SENTENCES: Final = {
    "en": {
        "calm": "The network is calm: the adversary does nothing.",
        "NEVER_TWICE": "A message is handed over twice.",
        "NEVER_LOST_IN_SILENCE": "A message is never handed over, and its sender does not know.",
        "Lose": "The network loses {which}{link}.",
        "Duplicate": "The network duplicates {which}{link}.",
        "Duplicate held": "The network duplicates {which}{link}, and holds the copy for {hold} s.",
        "Hold": "The network holds {which}{link} for {seconds} s.",
        "Crash": "Node {node} crashes at {at} s, for {lasts} s.",
        "Crash refusing": "Node {node} crashes at {at} s, for {lasts} s; senders are told.",
        "Cut": "The link {sender}→{receiver} is cut at {at} s, for {lasts} s.",
        "LinkOutage": "The links between {between} are cut at {at} s, for {lasts} s.",
        "Partition": "The network is partitioned at {at} s, for {lasts} s: {groups}.",
        "SlowNode": "Node {node} is slow from {at} s, for {lasts} s: all takes {factor} times as "
        "long.",
        "data": "message {message}",
        "data again": "attempt {attempt} of message {message}",
        "data nth": "the {nth} transmission",
        "acknowledgement": "the acknowledgement of message {message}",
        "acknowledgement again": "the acknowledgement of attempt {attempt} of message {message}",
        "acknowledgement nth": "the {nth} acknowledgement",
        "of the copy": " (of the network's copy)",
        "on": " on the link {link}",
        "and": " and ",
    },
    "fr": {
        "calm": "Le réseau est calme : l'adversaire ne fait rien.",
        "NEVER_TWICE": "Un message est remis deux fois.",
        "NEVER_LOST_IN_SILENCE": "Un message n'est jamais remis, et son expéditeur ne le sait pas.",
        "Lose": "Le réseau perd {which}{link}.",
        "Duplicate": "Le réseau duplique {which}{link}.",
        "Duplicate held": "Le réseau duplique {which}{link} et retient la copie pendant {hold} s.",
        "Hold": "Le réseau retient {which}{link} pendant {seconds} s.",
        "Crash": "Panne du nœud {node} à {at} s, pendant {lasts} s.",
        "Crash refusing": "Panne du nœud {node} à {at} s, pendant {lasts} s ; les expéditeurs en "
        "sont avertis.",
        "Cut": "Le lien {sender}→{receiver} est coupé à {at} s, pendant {lasts} s.",
        "LinkOutage": "Les liens entre {between} sont coupés à {at} s, pendant {lasts} s.",
        "Partition": "Le réseau est partitionné à {at} s, pendant {lasts} s : {groups}.",
        "SlowNode": "Le nœud {node} est lent à partir de {at} s, pendant {lasts} s : tout y prend "
        "{factor} fois plus de temps.",
        "data": "le message {message}",
        "data again": "la tentative {attempt} du message {message}",
        "data nth": "la {nth} transmission",
        "acknowledgement": "l'accusé de réception du message {message}",
        "acknowledgement again": "l'accusé de réception de la tentative {attempt} du message "
        "{message}",
        "acknowledgement nth": "le {nth} accusé de réception",
        "of the copy": " (de la copie due au réseau)",
        "on": " sur le lien {link}",
        "and": " et ",
    },
}


def say(actions: Sequence[Any], language: str) -> list[str]:
    """Describe actions, one sentence each.

    Raises:
        ValueError: If the language is neither "en" nor "fr".
    """
    choice("language", language, tuple(SENTENCES))
    sentences = [_sentence(action, language) for action in actions]
    return sentences or [SENTENCES[language]["calm"]]


def say_broken(promise: Promise, language: str) -> str:
    """Return the sentence for a broken promise."""
    choice("language", language, tuple(SENTENCES))
    return SENTENCES[language][promise.name]


def _sentence(action: Any, language: str) -> str:
    sentences, words = SENTENCES[language], Words(language)
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
    if isinstance(action, Action):
        values["which"] = _which(action, values, language)
        values["link"] = sentences["on"].format(**values) if action.link else ""
        kind += " held" if "hold" in values else ""
    return sentences[kind].format(**values)


def _which(action: Action, values: dict[str, str], language: str) -> str:
    sentences = SENTENCES[language]
    if action.nth is not None:
        nth = _ordinal(action.nth, language, feminine=action.what == "data")
        return sentences[f"{action.what} nth"].format(nth=nth)
    again = " again" if action.attempt > 1 else ""
    of_copy = sentences["of the copy"] if action.copy else ""
    return sentences[action.what + again].format(**values) + of_copy


def _ordinal(number: int, language: str, *, feminine: bool) -> str:
    if language == "fr":
        return ("1re" if feminine else "1er") if number == 1 else f"{number}e"
    teens = number % 100 in {11, 12, 13}
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"
