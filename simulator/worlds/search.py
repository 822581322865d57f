"""The search: from one world to all others, each changed at one choice."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NoReturn

from simulator.clock import END_OF_TIME, SECOND
from simulator.engines.creation import LANE
from simulator.engines.meetings import meetings
from simulator.memory import NETWORK, check_fits
from simulator.minimization import Program
from simulator.randomness import Randomness
from simulator.scenario import Scenario
from simulator.validation import choice, duration, has_method, integer, refuse
from simulator.worlds.chooser import Bounds, Chooser, TheWorst
from simulator.worlds.findings import Findings
from simulator.worlds.outcome import Worlds
from simulator.worlds.replay import Path, walk
from simulator.worlds.subject import ProgramSubject, Subject, check_workload, checked_scenario

if TYPE_CHECKING:
    from simulator.conditions import Workload

LIMIT: Final = 100_000
"""How many worlds are searched at most, unless told otherwise."""

Search = Callable[[Subject, Bounds, int, Callable[[int], object] | None], Findings]
"""Goes through the worlds of a subject within bounds, so many at most, and reports progress."""


def worlds(
    subject: Scenario | Program,
    *,
    workload: Workload | None = None,
    messages: int | None = None,
    losses: int | None = None,
    duplicates: int = 0,
    crashes: int = 0,
    crashes_of: str = "receiver",
    hold: float | None = None,
    holds: int = 1,
    limit: int = LIMIT,
    progress: Callable[[int], object] | None = None,
    search: Search | None = None,
) -> Worlds:
    """Go through every world that the network could make of a scenario, or of a program.

    Each transmission may be lost, whatever rates the links have. Delays are constant, and nothing
    else is random. Bounds count over a whole world.

    Args:
        subject: A scenario; or a program, for a network of your own, as for `minimize`.
        workload: For a program, when it sends messages, such as Periodic(interval=0.05).
        messages: For a program, how many. None: 1.
        losses: How many transmissions may be lost. None: all.
        duplicates: How many transmissions may be duplicated.
        crashes: How often a node may crash, just before a copy is let in, just after its handling
            has begun or ended, or just after its answer has left. It is down and silent for the
            timeout of the first attempt (without a retry: 1 s), and is back with what is durable.
        crashes_of: Which node crashes: the "receiver" of a message, or its "sender", just after a
            transmission has left, or just before an answer is let in.
        hold: How long copies may be held, in seconds: their delay. None: none is held.
        holds: How many may be.
        limit: How many worlds to go through at most.
        progress: Called after each world with how many there have been.
        search: Who goes through them. None: this process alone.

    Raises:
        ValueError: If there are more worlds than `limit`, something is random, or a world has no
            end.
    """
    bounds = Bounds(
        losses=None if losses is None else integer("worlds.losses", losses, low=0),
        duplicates=integer("worlds.duplicates", duplicates, low=0),
        crashes=integer("worlds.crashes", crashes, low=0),
        crashes_of=choice("worlds.crashes_of", crashes_of, ("receiver", "sender")),
        hold=None if hold is None else duration("worlds.hold", hold),
        holds=integer("worlds.holds", holds, low=1),
    )
    limit = integer("worlds.limit", limit, low=1)
    searched, copies = _subject(subject, bounds, workload, messages)
    if bounds.losses is None:
        searched.run(Chooser(bounds, TheWorst(), searched.over))  # if it has an end, all have
    findings = (search or explore_all)(searched, bounds, limit, progress)
    return Worlds(searched, bounds, findings, copies)


def _subject(
    subject: Scenario | Program, bounds: Bounds, workload: Workload | None, messages: int | None
) -> tuple[Subject, int]:
    """Return what to search, and of how many messages that do not meet it is one."""
    if isinstance(subject, Scenario):
        for name, given in (("workload", workload), ("messages", messages)):
            if given is not None:
                refuse(f"worlds.{name}", given, "left out: a scenario has its own")
        whole = checked_scenario(subject)
        created = sum(map(len, whole.times_ns))
        if subject.horizon is not None or not bounds.only_loses or meetings(subject) or not created:
            return whole, 1
        alone = dataclasses.replace(whole, times_ns=[whole.times_ns[0][:1]])
        return alone, created
    has_method("worlds.subject", subject, "__call__", "a Scenario, or a program: a function")
    expected = "a workload, such as Periodic(interval=0.05)"
    timed: Any = has_method("worlds.workload", workload, "times_ns", expected)
    check_workload("worlds.workload", timed)
    size = integer("worlds.messages", 1 if messages is None else messages, low=1)
    check_fits("worlds.messages", size, size, NETWORK, "have fewer")
    times_ns = timed.times_ns(size, Randomness(0, 0).draws(LANE, 0, size))
    return ProgramSubject(subject, tuple((times_ns[times_ns < END_OF_TIME] / SECOND).tolist())), 1


def explore(
    subject: Subject,
    bounds: Bounds,
    most: int,
    stack: list[Path],
    progress: Callable[[int], object] | None = None,
    *,
    wide: bool = False,
) -> Findings:
    """Go through worlds whose paths begin with one of some, each once, at most so many.

    Args:
        subject: Whose worlds.
        bounds: What the network may do.
        most: How many at most.
        stack: The paths; in the end, those that are left.
        progress: Called after each world with how many there have been.
        wide: As for `walk`.
    """
    findings = Findings()
    for seen, (chooser, facts, _) in enumerate(walk(subject, bounds, stack, wide=wide), 1):
        findings.see(chooser, facts)
        if progress is not None:
            progress(seen)
        if seen == most:
            break
    return findings


def explore_all(
    subject: Subject, bounds: Bounds, limit: int, progress: Callable[[int], object] | None
) -> Findings:
    """Go through all worlds.

    Raises:
        ValueError: If there are more than `limit`.
    """
    stack: list[Path] = [()]
    findings = explore(subject, bounds, limit, stack, progress)
    if stack:
        refuse_more(limit)
    return findings


def refuse_more(limit: int) -> NoReturn:
    """Refuse a limit that leaves worlds unseen.

    Raises:
        ValueError: Always.
    """
    refuse("worlds.limit", limit, f"more: {limit:,} worlds were seen, and there are others")
