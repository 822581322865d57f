"""Judging: first the worlds of small bounds, then random networks."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, Final

from experiments.labs.catalogue import Lab, Stage
from experiments.labs.conditions import INTERVAL, Conditions
from experiments.labs.judgement import Judgement
from experiments.labs.limits import Limit
from experiments.labs.mistakes import Mistake, of_chance
from experiments.labs.student import Student
from experiments.labs.trial import Trial
from experiments.labs.wording import texts
from simulator import At, Network, Periodic, Script, minimize, worlds
from simulator.languages.numbers import numbers
from simulator.minimization.delta import smallest
from simulator.worlds import Worlds
from simulator.worlds.chooser import Bounds, Chooser
from simulator.worlds.replay import trace_of
from simulator.worlds.subject import ProgramSubject

LIMIT: Final = 3_000
"""How many worlds of one stage are searched: if there are more, fewer losses are allowed."""

SEEDS: Final = range(1, 6)
MESSAGES: Final = 60
"""How many messages a random run has."""


def judge(
    student: Student, lab: Lab, language: str, begin: Callable[[], object] = lambda: None
) -> Judgement:
    """Judge a student's file.

    Args:
        student: The file.
        lab: What it is judged by.
        language: "en" or "fr".
        begin: Called as each run begins.
    """

    def trial(conditions: Conditions) -> Trial:
        return Trial(student, lab, conditions, language, begin)

    seen = 0
    try:
        _check_repeatable(trial(Conditions()))
        for stage in lab.stages:
            found, searched = _searched(trial(stage.conditions), stage)
            if found.status == "violated":
                return _violated(found, searched, language)
            seen += found.count
        for limit in lab.limits:
            broken = _broken_at_limit(trial(Conditions()), limit, language)
            if broken is not None:
                return broken
            seen += 1
        for conditions in lab.at_random:
            for seed in SEEDS:
                broken = _broken_at_random(trial(conditions), seed, language)
                if broken is not None:
                    return broken
                seen += 1
    except Mistake as mistake:
        return Judgement(worlds=seen + 1, violated=1, broken=str(mistake))
    return Judgement(worlds=seen)


def _check_repeatable(trial: Trial) -> None:
    """Refuse code that does not do the same in the same world.

    Raises:
        Mistake: If it does not.
    """
    runs = []
    for _ in range(2):
        loses_one = Chooser(Bounds(losses=1), path=[1])
        facts, net = ProgramSubject(trial, (0.0, INTERVAL)).run(loses_one, trace=True)
        runs.append((bool(facts.said), net.trace.rows))
    if runs[0] != runs[1]:
        raise Mistake(of_chance(trial.student, trial.language))


def _searched(trial: Trial, stage: Stage) -> tuple[Worlds, Stage]:
    """Go through the worlds of a stage, with as many losses as can be gone through."""
    for losses in range(stage.losses, -1, -1):
        smaller = dataclasses.replace(stage, losses=losses)
        try:
            found = worlds(
                trial,
                workload=Periodic(interval=INTERVAL),
                messages=stage.messages,
                losses=losses,
                limit=LIMIT,
                **stage.also,
            )
        except IndexError as error:  # a path that leads elsewhere the next time
            raise Mistake(of_chance(trial.student, trial.language)) from error
        except ValueError as error:
            if not str(error).startswith("worlds.limit") or not losses:
                raise
        else:
            return found, smaller
    raise AssertionError("without losses there are few worlds")


def _violated(found: Worlds, stage: Stage, language: str) -> Judgement:
    violated = sum(tally.events["violated"] for tally in found.findings.tallies.values())
    path = found.findings.violating
    assert path is not None  # noqa: S101 - it was violated
    script = found.counterexample
    where = _where(found.count, violated, stage, is_calm=not script, language=language)
    return Judgement(
        worlds=found.count,
        violated=violated,
        broken=found.findings.said,
        where=where,
        script=script,
        trace=trace_of(found.subject, found.bounds, path),
    )


def _where(count: int, violated: int, stage: Stage, *, is_calm: bool, language: str) -> str:
    """Say in which worlds something is broken."""
    said, written = texts(language), numbers(language).count
    ending = "" if stage.messages > 1 else "_one"
    messages = said("bounds", f"messages{ending}").format(count=stage.messages)
    if is_calm:
        return said("verdict", "calm").format(messages=messages)
    bounds = [said("bounds", name) for name in stage.also]
    if stage.losses:
        ending = "" if stage.losses > 1 else "_one"
        bounds.insert(0, said("bounds", f"losses{ending}").format(count=stage.losses))
    return said("verdict", "where").format(
        violated=written(violated),
        worlds=written(count),
        messages=messages,
        bounds=said("bounds", "and").join(bounds),
    )


def _broken_at_limit(trial: Trial, limit: Limit, language: str) -> Judgement | None:
    """Try a run at a limit; leave out what it does not need to break something."""
    times = tuple(number * INTERVAL for number in range(limit.messages))

    def run(actions: Sequence[Any], *, trace: bool = False) -> tuple[str, Network]:
        net = Network(adversary=Script(actions), trace=trace)
        return trial(net, times), net

    if not run(limit.script.actions)[0]:
        return None
    least = smallest(limit.script.actions, lambda actions: bool(run(actions)[0]))
    said, net = run(least, trace=True)
    return Judgement(
        worlds=1,
        violated=1,
        broken=said,
        where=texts(language)("verdict", "at_limit"),
        script=Script(least),
        trace=net.trace,
    )


def _broken_at_random(trial: Trial, seed: int, language: str) -> Judgement | None:
    """Try a random network; shrink what it breaks to the shortest story."""
    times = tuple(number * INTERVAL for number in range(MESSAGES))
    if not trial(Network(seed, trace=False), times):
        return None
    try:
        least = minimize(trial, workload=At(times=times), messages=MESSAGES, seed=seed)
    except ValueError as error:  # it does not break it again
        raise Mistake(of_chance(trial.student, trial.language)) from error
    return Judgement(
        worlds=1,
        violated=1,
        broken=least.said,
        where=texts(language)("verdict", "at_random"),
        script=least.script,
        trace=least.trace,
    )
