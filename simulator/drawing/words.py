"""The words in pictures of a trace, in English or in French."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from simulator.drawing.subjects import Subject
from simulator.languages.numbers import numbers
from simulator.languages.texts import texts

NODES: Final = ("sender", "receiver", "broker")
"""Nodes named after their role, as in a scenario: these names are translated."""

FORMS: Final = ("name", "the", "of")
"""Forms of a name: bare, with its article, and as what something else is about."""

OF: Final = "{of}"
"""Where the name of an answer says what it answers."""


class Words:
    """The words of one language.

    Attributes:
        decimals: How many decimals of a second an instant has.
    """

    def __init__(self, language: str, *, usual_ns: float = 0) -> None:
        """Look up the words of a language.

        Args:
            language: "en" or "fr".
            usual_ns: The usual delay in the picture, which sets the decimals of instants, at least
                three.

        Raises:
            ValueError: If the language is neither "en" nor "fr".
        """
        self._texts = texts(language)
        self._words = self._texts.section("words")
        self._numbers = numbers(language)
        self.decimals = min(max(3, 11 - len(str(int(usual_ns)))), 9) if usual_ns else 3

    def __call__(self, name: str, about: str = "") -> str:
        """Return a phrase, filled in with what it is about."""
        return self._words[name].format(about)

    def say(self, event: str, subject: Subject, section: str = "words", **names: str) -> str:
        """Return the phrase of an event, filled in with its subject."""
        phrase = self._phrase(event, subject, section)
        return phrase.format(**self.forms(subject), **names).rstrip()

    def _phrase(self, event: str, subject: Subject, section: str) -> str:
        """Return the phrase for a delivery of such a kind, or for that kind, or for all."""
        phrases = self._texts.section(section)
        about = f"{event} {subject.kind}"
        keys = (f"{about} delivery", about, event) if subject.delivery else (about, event)
        return next(phrases[key] for key in keys if key in phrases)

    def legend(self, event: str, subject: Subject | None = None) -> str:
        """Return the phrase of an event of such a subject, for a legend."""
        phrase = self._phrase(event, subject, "words") if subject else self._words[event]
        some = self._texts("some", subject.kind if subject else "message")
        forms = dict.fromkeys(("name", "the", "of", "data"), some)
        return capital(phrase.format("", which="", **forms).partition(":")[0].rstrip())

    def kind(self, kind: str) -> str:
        """Return the bare name of a kind, for a legend."""
        return capital(self._texts("name", kind).format(of="").rstrip())

    def forms(self, subject: Subject) -> Mapping[str, str]:
        """Return the forms of a subject's name.

        Returns:
            The bare name; "the", with its article; "of", as what something else is about; "data",
            the bare name of the data, of an answer to them; "which", the name where it tells the
            subject from another, else nothing.
        """
        tail = self("attempt", str(subject.attempt)) if subject.attempt > 1 else ""
        tail += self("delivery", str(subject.delivery)) if subject.delivery > 1 else ""
        tail += self("copied") if subject.copy else ""
        forms = {form: self._form(form, subject.kind, subject) + tail for form in FORMS}
        forms["data"] = self._form("name", subject.data, subject) + tail
        return {**forms, "which": forms["name"] if subject.label or tail else ""}

    def _form(self, form: str, kind: str, subject: Subject) -> str:
        """Return a form of the name of a subject of some kind, with its label."""
        plain = self._texts(form, kind)
        if OF in plain:  # an answer to data, or a release of data
            return plain.format(of=self._form("of", subject.data, subject))
        if not subject.label:
            return plain
        if subject.is_correlated:
            return plain + self("correlated", subject.label)
        if form == "name":
            return f"{plain} {subject.label}"
        return self._texts(f"{form} labelled", kind).format(subject.label)

    def short(self, subject: Subject) -> str:
        """Return the label of a subject, and in brackets which attempt or delivery it is."""
        again = max(subject.attempt, subject.delivery)
        return subject.label + (f" ({again})" if again > 1 else "")

    def between(self, nodes: Sequence[str]) -> str:
        """Return a title for messages between some nodes."""
        names = list(map(self.node, nodes))
        listed = self("and").join(filter(None, (", ".join(names[:-1]), names[-1])))
        return self("between", listed)

    def node(self, name: str) -> str:
        """Return the name of a node, translated if it is one of `NODES`."""
        return self._words[name] if name in NODES else name

    def place(self, name: str) -> str:
        """Return the name of a node or a link."""
        return "→".join(map(self.node, name.split("→")))

    def seconds(self, nanoseconds: int) -> str:
        """Format an instant in seconds, with `decimals` decimals."""
        return self._numbers.fixed(nanoseconds / 1e9, self.decimals)

    def number(self, value: float) -> str:
        """Format a number to the ninth decimal, a nanosecond, without trailing zeros."""
        return self._numbers.trimmed(value)


def capital(text: str) -> str:
    """Return a text that begins with a capital."""
    return text[:1].upper() + text[1:]
