"""The page that one can break: a player of all worlds, in which a copy is lost by a click.

It holds the events of each world, as they were recorded: to lose a copy is to go to the world
whose path has that loss, and what else had been done by then. Worlds in the order of their paths
share their beginnings: of each, the page holds how much it has of the one before, and the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any, Final

import numpy as np

from simulator.adversary.sentences import say_broken
from simulator.conditions import Transmission
from simulator.drawing import Player
from simulator.drawing.journeys import reverse
from simulator.drawing.parts import Part, extent_of, parts_of, told
from simulator.drawing.player import page_of
from simulator.drawing.subjects import Subjects
from simulator.drawing.tables import Places, Tables, spoken
from simulator.drawing.words import Words
from simulator.languages import LANGUAGES
from simulator.languages.numbers import numbers
from simulator.policies import Promise
from simulator.validation import refuse
from simulator.worlds.chooser import Asked, Bounds, Fate
from simulator.worlds.findings import Findings
from simulator.worlds.replay import Path, walk
from simulator.worlds.subject import Facts, ScenarioSubject, Subject, checked_scenario

MOST: Final = 2_000
"""How many recorded worlds a page holds at most."""

MOST_MESSAGES: Final = 20
"""How many messages that do not meet it shows at most."""

RATE: Final = 0.2
"""Where the slider stands first, unless the link has a rate."""


def page_of_worlds(
    subject: Subject,
    bounds: Bounds,
    findings: Findings,
    *,
    copies: int,
    status: str,
    odds: Mapping[str, Sequence[int]],
    language: str,
    broken: bool,
) -> Player:
    """Return a page of all worlds.

    Args:
        subject: What was searched.
        bounds: What the network might do.
        findings: What was found.
        copies: How many messages there are that do not meet, of which one was searched.
        status: The verdict over all.
        odds: The polynomial of each event; none if worlds have no probability.
        language: The first language.
        broken: Whether it opens on the counterexample, if there is one.

    Raises:
        ValueError: If there are more worlds than a page can hold.
    """
    Words(language)
    if findings.count > MOST:
        refuse("Worlds.page", f"{findings.count:,} of them", f"of at most {MOST:,} worlds")
    if copies > MOST_MESSAGES:
        refuse("Worlds.page", f"{copies:,} messages", f"of at most {MOST_MESSAGES} messages")
    recording = Recording()
    for chooser, facts, net in walk(subject, bounds, [()], trace=True):
        weight = sum(chooser.lost.values()), sum(chooser.kept.values())
        recording.add(tuple(chooser.taken), net.trace, chooser.asked, facts, weight)
    data = recording.to_data(language)
    words = data["words"]
    total = findings.count**copies
    for one in LANGUAGES:
        words[one]["world_count"] = words[one]["world_count"].format(numbers(one).count(total))
        for promise in Promise:
            words[one][promise.value] = say_broken(promise, one)
    least = findings.violating
    trees = [key_of(least or ())] + [""] * (copies - 1)
    data |= {
        "starts": _starts(subject, copies),
        "status": status,
        "odds": {
            event: {"polynomial": list(odds[event]), "terms": terms_of(findings, event)}
            for event in odds
        },
        "rate": _rate(subject),
        "least": None if least is None else trees,
        "broken": broken,
    }
    return Player(page_of(data, scripts=("worlds", "beside_worlds"), styles=("worlds",)))


def key_of(path: Path) -> str:
    """Return the name of a world: the options taken, up to the last that does something."""
    return "".join(map(str, path)).rstrip("0")


def terms_of(findings: Findings, event: str) -> list[tuple[int, int, int]]:
    """Return in how many worlds an event happens, by how many transmissions they lose, and keep.

    So its probability is summed without the cancellation that a polynomial's powers suffer.
    """
    counts: dict[tuple[int, int], int] = {}
    for weight, tally in findings.tallies.items():
        if tally.events[event]:
            place = sum(lost for _, lost, _ in weight), sum(kept for *_, kept in weight)
            counts[place] = counts.get(place, 0) + tally.events[event]
    return [(count, *place) for place, count in sorted(counts.items())]


class Recording:
    """Worlds as the page holds them: what they share once, and of each which of it."""

    def __init__(self) -> None:
        """Start without any."""
        self._tables = Tables()
        self._rows, self._journeys, self._spans, self._choices = (Places[Any]() for _ in range(4))
        self._worlds: dict[Path, tuple[Any, ...]] = {}
        self._calm: list[Part] = []
        self._contents: dict[tuple[str, int], Any] = {}
        self._start_ns, self._end_ns = 2**63, 0

    def add(
        self,
        path: Path,
        trace: Any,
        asked: Sequence[Asked],
        facts: Facts,
        weight: tuple[int, int],
    ) -> None:
        """Add a world."""
        parts = list(parts_of(trace, unfinished=True))
        rows, subjects, tables = told(trace), Subjects(trace), self._tables
        tables.name(rows, parts)
        start_ns, end_ns = extent_of(parts, None) if parts else (0, 0)
        self._start_ns = min(self._start_ns, start_ns)
        self._end_ns = max(self._end_ns, end_ns)
        lists = (
            [self._rows(row) for row in tables.rows(rows, subjects)],
            [self._journeys(one) for one in tables.journeys(parts, subjects)],
            [self._spans(one) for one in tables.spans(parts, subjects)],
            [self._choices(choice) for choice in map(self._choice, asked)],
        )
        of_it = end_ns, *weight, sorted(facts.events), int(facts.is_decided), facts.said
        self._worlds[path] = (*of_it, lists)
        self._calm = self._calm or parts
        self._contents |= trace.contents

    def to_data(self, language: str) -> dict[str, Any]:
        """Return what the page is given."""
        return {
            "rows": list(self._rows),
            "journeys": list(self._journeys),
            "spans": list(self._spans),
            "choices": list(self._choices),
            "contents": self._tables.contents(self._contents),
            "worlds": list(self._shared()),
            **self._tables.named(),
            **spoken(self._calm, language, "worlds"),
            "runs": [{"title": {}, "counters": [], "counts": []}],
            "start": self._start_ns,
            "end": self._end_ns,
        }

    def _shared(self) -> Iterator[tuple[Any, ...]]:
        """Yield the worlds in the order of their paths, each with what it has of the one before."""
        before: Sequence[list[int]] = ([], [], [], [])
        for path in sorted(self._worlds):
            *of_it, lists = self._worlds[path]
            yield key_of(path), *of_it, *map(_after, before, lists)
            before = lists

    def _choice(self, asked: Asked) -> tuple[Any, ...]:
        """Return which copies a choice is about, and what can be done to them.

        The copies: from where to where, message, attempt and copy (-1: all copies), whether they
        are answers, and when they were sent (-1: at any time).
        """
        options, copy, link = asked
        if isinstance(copy, Transmission):
            number = copy.copy if copy.acknowledgement else -1
            about = copy.message, copy.attempt, number, int(copy.acknowledgement), copy.sent_ns
            link, deeds = copy.link, [deed_of(fate, options[0]) for fate in options[1:]]
        else:
            point = options[1]
            is_answer = point == "answered"
            about = copy.message.number, copy.attempt, copy.number, int(is_answer), -1
            link, deeds = reverse(link) if is_answer else link, [point]
        ends = (self._tables.node(name) for name in link.split("→"))
        return (*ends, *about, tuple(deeds))


def _after(before: list[int], indices: list[int]) -> list[int]:
    """Return how many indices are those before, and the others."""
    pairs = zip(before, indices, strict=False)
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return [shared, *indices[shared:]]


def deed_of(fate: Fate, usual: Fate) -> str:
    """Name what is done to a transmission, such as "lose", or "duplicate hold_second"."""
    if fate.losses:
        return "lose"
    done = ["duplicate"] * fate.duplicates
    if fate.holds:
        which = ""
        if len(fate.delays_ns) > 1:
            is_first = fate.delays_ns[0] != usual.delays_ns[0]
            which = "_both" if fate.holds > 1 else "_first" if is_first else "_second"
        done.append(f"hold{which}")
    return " ".join(done)


def _starts(subject: Subject, copies: int) -> list[int]:
    """Return when each message is created, after the one that was searched, in nanoseconds."""
    if copies == 1 or not isinstance(subject, ScenarioSubject):
        return [0]
    times_ns = np.concatenate(checked_scenario(subject.scenario).times_ns)
    return [int(time_ns) for time_ns in times_ns - times_ns[0]]


def _rate(subject: Subject) -> float:
    """Return the rate at which the link loses; `RATE` if there is none."""
    scenario = getattr(subject, "scenario", None)
    rate = getattr(scenario and scenario.link.loss_model, "rate", 0)
    return float(rate) or RATE
