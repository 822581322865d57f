"""Minimize: shrink a random run that broke a promise to the shortest script that breaks it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from simulator.adversary import CalmNetwork, RecordedNetwork, Script
from simulator.clock import END_OF_TIME, SECOND
from simulator.conditions import At
from simulator.engines.creation import LANE, creation_blocks
from simulator.engines.run import promises_of
from simulator.memory import NETWORK, check_fits
from simulator.minimization.candidate import Candidate, size_of
from simulator.minimization.delta import smallest
from simulator.minimization.minimum import Minimum
from simulator.minimization.program import Program, ScenarioProgram
from simulator.minimization.record import calmed
from simulator.minimization.rounding import round_off
from simulator.minimization.trials import Step, Trials
from simulator.policies import Promise
from simulator.randomness import Randomness
from simulator.scenario import SENDER, Scenario
from simulator.validation import has_method, integer, refuse, seed_of

if TYPE_CHECKING:
    from simulator.conditions import Workload

STARTS: Final = 8
"""How many ways to break the promise are minimized; the shortest is returned."""


def minimize(
    subject: Scenario | Program,
    *,
    workload: Workload | None = None,
    messages: int | None = None,
    seed: int | None = None,
    replication: int = 0,
    search: int = 1,
    progress: Callable[[Step], object] | None = None,
) -> Minimum:
    """Shrink a random run that broke a promise to the shortest script that still breaks it.

    Its random outcomes and faults are recorded as a script over the calm network. Messages and
    actions are then left out, and numbers rounded, as long as the promise is still broken.

    Args:
        subject: A scenario; or a program, for a network of your own: see `Program`.
        workload: For a program, when it sends messages, such as Periodic(interval=0.05).
        messages: For a program, how many. None: 200.
        seed: For a program, the seed of its randomness. None: 0.
        replication: Which repetition of the run.
        search: How many seeds to try, from the given one on, until a run breaks the promise.
        progress: Called after each run with the size of the smallest run so far, a `Step`.

    Returns:
        The minimum: always the same for the same arguments.

    Raises:
        ValueError: If no run broke a promise, or an argument is not allowed.
    """
    replication = integer("minimize.replication", replication, low=0, high=2**32 - 1)
    search = integer("minimize.search", search, low=1)
    if isinstance(subject, Scenario):
        for name, given in (("workload", workload), ("messages", messages), ("seed", seed)):
            if given is not None:
                refuse(f"minimize.{name}", given, "left out: a scenario has its own")
        runs = _of_scenario(subject, replication, search)
    else:
        has_method("minimize.subject", subject, "__call__", "a Scenario, or a program: a function")
        expected = "a workload, such as Periodic(interval=0.05)"
        has_method("minimize.workload", workload, "times_ns", expected)
        assert workload is not None  # noqa: S101 - it has times
        size = integer("minimize.messages", 200 if messages is None else messages, low=1)
        check_fits("minimize.messages", size, size, NETWORK, "have fewer")
        first = seed_of("minimize.seed", 0 if seed is None else seed)
        runs = _of_program(subject, workload, size, range(first, first + search), replication)
    broken = next(filter(None, (_recorded(run, replication) for run in runs)), None)
    if broken is None:
        more = "try other seeds, more messages or a worse network"
        refuse("minimize.verdict", "held", f'"violated", in one of {search} random runs; {more}')
    return _shrink(*broken, replication, progress)


class Run(NamedTuple):
    """A random run: the program, the instants at which it sends messages, the seed."""

    program: Program
    times: tuple[float, ...]
    seed: int
    scenario: Scenario | None = None


def _of_scenario(scenario: Scenario, replication: int, search: int) -> Iterator[Run]:
    if not promises_of(scenario):
        refuse("Scenario.guarantee", scenario.guarantee, "one that promises something")
    scenario.check_that_it_ends()
    count = scenario.expected_messages
    check_fits("Scenario.messages", scenario.messages, count, NETWORK, "have fewer")
    for seed in range(scenario.seed, scenario.seed + search):
        seeded = scenario.replace("seed", seed)
        blocks = list(creation_blocks(seeded, replication))
        times_ns = np.concatenate(blocks) if blocks else np.zeros(0)
        times = tuple((times_ns / SECOND).tolist())
        yield Run(ScenarioProgram(seeded), times, seed, seeded)


def _of_program(
    program: Program, workload: Workload, messages: int, seeds: range, replication: int
) -> Iterator[Run]:
    for seed in seeds:
        draws = Randomness(seed, replication).draws(LANE, 0, messages)
        times_ns = workload.times_ns(messages, draws)
        times = tuple((times_ns[times_ns < END_OF_TIME] / SECOND).tolist())
        yield Run(program, times, seed)


def _recorded(run: Run, replication: int) -> tuple[Run, RecordedNetwork] | None:
    """Run it in a network that records it; None if it kept its promise."""
    adversary = None if run.scenario is None else run.scenario.adversary
    net = RecordedNetwork(run.seed, replication=replication, trace=False, adversary=adversary)
    broken = run.program(net, run.times)
    if broken and run.scenario is not None:  # from here on, that promise and no other
        sent = net.find(SENDER).ledger["created_s"]  # a sender that is down creates nothing
        program = ScenarioProgram(run.scenario, Promise(broken))
        run = run._replace(program=program, times=tuple(sent.tolist()))
    return (run, net) if broken else None


def _shrink(
    run: Run,
    recorded: RecordedNetwork,
    replication: int,
    progress: Callable[[Step], object] | None,
) -> Minimum:
    program, times, seed, scenario = run
    numbers = tuple(range(len(times)))
    whole = Candidate(numbers, times, recorded.actions, recorded.senders_of(len(times)))
    trials = Trials(program, whole, seed, replication, progress)
    if not trials.breaks(whole):
        allowed = "one that depends on its network and its instants alone, to be repeated"
        refuse("minimize.subject", program, allowed)
    least = _shortest(trials, whole)
    script = Script(recorded.without_links(least.script))
    net = CalmNetwork(seed, replication=replication, adversary=script)
    said = program(net, least.times)
    if scenario is not None:
        scenario = _in_place_of(scenario, least.times, script)
    return Minimum(
        script=script,
        times=least.times,
        messages=least.numbers,
        trace=net.trace,
        scenario=scenario,
        promise=program.promise if isinstance(program, ScenarioProgram) else None,
        said=said if isinstance(said, str) and scenario is None else "",
        seed=seed,
        replication=replication,
        messages_before=len(whole.numbers),
        actions_before=len(whole.actions),
        runs=trials.runs,
    )


def _shortest(trials: Trials, whole: Candidate) -> Candidate:
    """Return the shortest of several minima: that of the whole, that of the rest, and so on.

    A minimum is only locally minimal: another way to break the promise may be shorter.
    """
    minima: list[Candidate] = []
    left = whole
    while len(minima) < STARTS and trials.breaks(left):
        minima.append(_least(trials, left))
        if not minima[-1].actions:
            break
        left = left.with_messages(set(left.numbers).difference(minima[-1].numbers))
    return min(minima, key=lambda least: (*size_of(least), len(repr(least.actions))))


def _least(trials: Trials, candidate: Candidate) -> Candidate:
    """Leave out and round off until nothing changes."""
    silent = candidate.with_actions(())
    if trials.breaks(silent):  # it needs no action
        candidate = silent
    while True:
        before = candidate
        candidate = _fewer_messages(trials, candidate)
        candidate = _fewer_actions(trials, candidate)
        candidate = round_off(trials, candidate)
        if candidate == before:
            return candidate


def _fewer_messages(trials: Trials, candidate: Candidate) -> Candidate:
    def breaks(numbers: tuple[int, ...]) -> bool:
        return trials.breaks(candidate.with_messages(numbers))

    return candidate.with_messages(smallest(candidate.numbers, breaks))


def _fewer_actions(trials: Trials, candidate: Candidate) -> Candidate:
    def breaks(actions: tuple[object, ...]) -> bool:
        return trials.breaks(candidate.with_actions(actions))

    return candidate.with_actions(smallest(candidate.actions, breaks))


def _in_place_of(scenario: Scenario, times: tuple[float, ...], script: Script) -> Scenario:
    """Return the calm scenario that sends messages at given instants and plays a script."""
    workload = At(times=times, size_bytes=scenario.workload.size_bytes)
    return dataclasses.replace(
        calmed(scenario), workload=workload, messages=len(times), adversary=script
    )
