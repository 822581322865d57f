"""The quiz, in the course's own format: that of mdbook-quiz.

Source of the format: the crate mdbook-quiz-schema, https://docs.rs/mdbook-quiz-schema.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Collection
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from experiments.course.measured import Measure, least, most
from experiments.course.pages import Writer, quoted
from experiments.course.wording import Wording
from experiments.framework.axis import Key
from simulator.languages.numbers import NO_BREAK
from simulator.validation import refuse

NAMESPACE: Final = uuid5(NAMESPACE_URL, "pigeon-sim:kit:quiz")
NEARLY_EXACT: Final = 9
"""Decimals of a number before it is rounded: 0.5 × 3 is not 1.4999999999999998."""


class Form:
    """The form of a question: its identity, its choices, the answers that are accepted."""

    def __init__(self, language: str) -> None:
        """Write in that language."""
        self.language = language
        self._wording = Wording(language)

    def identity(self, question: str) -> str:
        """Return the question's UUID, the same for ever."""
        return quoted(str(uuid5(NAMESPACE, f"{question}.{self.language}")))

    def choices(self, answer: str, *others: str) -> str:
        """Write the answer, and the distractors.

        Raises:
            ValueError: If two of them read alike.
        """
        if len({answer, *others}) < 1 + len(others):
            refuse("quiz choices", [answer, *others], "different from each other")
        distractors = ",\n  ".join(map(quoted, others))
        return f"prompt.distractors = [\n  {distractors},\n]\nanswer.answer = {quoted(answer)}"

    def ranked(
        self,
        measures: dict[Key, Measure],
        *,
        best: str,
        among: Collection[Key] | None = None,
        of: str = "delivery_guarantees",
    ) -> str:
        """Write choices whose answer is the key with the least, or the most, in a table.

        Args:
            measures: By their keys on an axis.
            best: "least" or "most".
            among: The keys to choose from. None: all.
            of: The experiment whose axis it is.
        """
        answer = {"least": least, "most": most}[best](measures, among)
        others = [key for key in among or measures if key != answer]
        return self.choices(*(self._wording.name(str(key), of) for key in (answer, *others)))

    def worse(self, measures: dict[str, Measure], *others: str) -> str:
        """Write choices whose answer is the sentence with the largest measurement."""
        answer = max(measures, key=lambda sentence: measures[sentence].mean)
        return self.choices(answer, *(said for said in measures if said != answer), *others)

    def short(self, value: Measure | float, *units: str, scale: int = 1, **also: float) -> str:
        """Write a whole number as the answer, and the other ways to write it that are accepted.

        mdbook-quiz compares what is typed with each way, capitals and spaces around it aside.
        The answer is what theory says, where it says something. Who measures with `--quick` need
        not find it: each whole number within the interval of such a run is accepted.

        Args:
            value: The number.
            units: What may follow it: "%", "percent".
            scale: What it is multiplied with.
            also: The same number in a larger unit, by the unit's name: 0.7, in s.
        """
        margin = 0.0
        if isinstance(value, Measure):
            margin = scale * value.quick
            value = value.mean if math.isnan(value.theory) else value.theory
        exact = round(scale * value, NEARLY_EXACT)
        answer, spelled = round(exact), self._wording.spelled
        near = range(round(exact - margin), round(exact + margin) + 1)
        wholes = sorted({answer, *near}, key=lambda whole: abs(whole - exact))
        ways = [str(whole) for whole in wholes]
        ways += [f"{exact:.{places}f}" for places in (1, 2) if exact != answer]
        ways += [spelled[whole] for whole in wholes if 0 <= whole < len(spelled)]
        measured = [(way, unit) for unit in units for way in ways]
        measured += [(f"{number:g}", unit) for unit, number in also.items()]
        ways += [way + gap + unit for way, unit in measured for gap in (" ", NO_BREAK, "")]
        ways += [re.sub(r"(?<=\d)\.(?=\d)", ",", way) for way in ways]
        first, *alternatives = dict.fromkeys(ways)
        accepted = ", ".join(map(quoted, alternatives))
        return f"answer.answer = {quoted(first)}\nanswer.alternatives = [{accepted}]"


def write_quiz(writer: Writer, facts: dict[str, Any]) -> tuple[str, int]:
    """Return the quiz as TOML, and how many questions it has.

    Raises:
        ValueError: If it is not TOML, or two choices read alike.
    """
    text = writer.write("quiz.toml", facts, form=Form(writer.language))
    return text, len(tomllib.loads(text)["questions"])
