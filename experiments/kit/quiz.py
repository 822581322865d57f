"""The quiz, in the course's own format: that of mdbook-quiz.

Source of the format: the crate mdbook-quiz-schema, https://docs.rs/mdbook-quiz-schema.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Collection
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from experiments.base import Key
from experiments.kit.measured import Measure, least, most
from experiments.kit.pages import Writer, quoted
from experiments.kit.wording import NO_BREAK, Wording
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
        self, measures: dict[Key, Measure], *, best: str, among: Collection[Key] | None = None
    ) -> str:
        """Write choices whose answer is the key with the least, or the most, in the table."""
        answer = {"least": least, "most": most}[best](measures, among)
        others = [key for key in among or measures if key != answer]
        return self.choices(*(self._wording.name(key) for key in (answer, *others)))

    def worse(self, measures: dict[str, Measure], *others: str) -> str:
        """Write choices whose answer is the sentence with the largest measurement."""
        answer = max(measures, key=lambda sentence: measures[sentence].mean)
        return self.choices(answer, *(said for said in measures if said != answer), *others)

    def short(self, value: Measure | float, unit: str, *also: str, scale: int = 1) -> str:
        """Write a whole number as the answer, and the other ways to write it that are accepted.

        Where theory says another whole number than was measured, both are accepted.
        """
        known = (value.mean, value.theory) if isinstance(value, Measure) else (value,)
        exact = [round(scale * number, NEARLY_EXACT) for number in known if not math.isnan(number)]
        wholes = [round(number) for number in exact]
        spelled = self._wording.spelled
        ways = [str(whole) for whole in wholes]
        ways += [f"{exact[-1]:.{places}f}" for places in (1, 2) if exact[-1] != wholes[-1]]
        ways += [way.replace(".", ",") for way in ways]
        ways += [way + gap + unit for way in ways for gap in (" ", NO_BREAK, "") if unit]
        ways += [spelled[whole] for whole in wholes if 0 <= whole < len(spelled)]
        ways += [way.replace(NO_BREAK, gap) for way in also for gap in (" ", NO_BREAK)]
        answer, *alternatives = dict.fromkeys(ways)
        accepted = ", ".join(map(quoted, alternatives))
        return f"answer.answer = {quoted(answer)}\nanswer.alternatives = [{accepted}]"


def write_quiz(writer: Writer, facts: dict[str, Any]) -> tuple[str, int]:
    """Return the quiz as TOML, and how many questions it has.

    Raises:
        ValueError: If it is not TOML, or two choices read alike.
    """
    text = writer.write("quiz.toml", facts, form=Form(writer.language))
    return text, len(tomllib.loads(text)["questions"])
