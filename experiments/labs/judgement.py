"""A judgement: whether a student's code is right, and if not, the shortest story that shows it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.labs.wording import texts
from simulator.adversary import Script, sentences
from simulator.languages.numbers import numbers
from simulator.policies import Promise
from simulator.trace import Trace


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """The judgement of a student's file.

    Attributes:
        worlds: How many worlds were searched; of the wrong, those with the same bounds.
        violated: In how many of them something was broken.
        broken: What, in a sentence; empty if nothing was.
        where: In which worlds, in words.
        script: The fewest actions that break it.
        trace: The events of that world.
    """

    worlds: int
    violated: int = 0
    broken: str = ""
    where: str = ""
    script: Script | None = None
    trace: Trace | None = None

    @property
    def right(self) -> bool:
        """Whether nothing was broken."""
        return not self.broken

    def promise(self, language: str) -> Promise | None:
        """Return the promise that was broken; None if none was."""
        said = {sentences.say_broken(promise, language): promise for promise in Promise}
        return said.get(self.broken)

    def to_json(self, language: str) -> dict[str, Any]:
        """Return it as an autograder reads it: the schema is in the guide to the labs."""
        promise = self.promise(language)
        return {
            "right": self.right,
            "promise": None if promise is None else promise.name,
            "worlds": self.worlds,
            "violated": self.violated,
            "counterexample": None if self.script is None else _actions(self.script),
            "story": self._mermaid(language) or None,
            "error": None if promise else self.broken or None,
        }

    def to_text(self, file: str, language: str) -> str:
        """Return it as a student reads it: what broke, where, the story and its diagram."""
        say, count = texts(language), numbers(language).count
        if self.right:
            return say("verdict", "right").format(file=file, worlds=count(self.worlds)) + "\n"
        parts = [f"{say('verdict', 'wrong').format(file=file)}\n{self.broken}"]
        if self.where:
            parts[0] += f"\n{self.where}"
        diagram = self._mermaid(language)
        if self.script is not None and diagram:
            assert self.trace is not None  # noqa: S101 - it was drawn
            actions = sentences.say(self.script.actions, language, self.trace.rows)
            parts.append("\n".join((say("verdict", "story"), *actions)))
            parts += [self.trace.tell(language=language), diagram.rstrip()]
        return "\n\n".join(parts) + "\n"

    def save_page(self, page: Path, language: str) -> bool:
        """Write the page that plays the story; return whether there is one."""
        if self.trace is None or not self._mermaid(language):
            return False
        self.trace.play(language=language).save(page)
        return True

    def _mermaid(self, language: str) -> str:
        """Return the story as a diagram; empty if there is none, or none that could be read."""
        if self.trace is None:
            return ""
        try:
            return self.trace.to_mermaid(language=language)
        except ValueError:
            return ""


def refusal(error: str) -> Mapping[str, Any]:
    """Return what an autograder reads of a file that is no lab, or that never ended."""
    return {
        "right": False,
        "promise": None,
        "worlds": 0,
        "violated": 0,
        "counterexample": None,
        "story": None,
        "error": error,
    }


def _actions(script: Script) -> list[Any]:
    actions: list[Any] = tomllib.loads(script.to_toml())["actions"]
    return actions
