"""The chapter's HTTP server and a client of its own, measured beside Pigeon."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import fmean, stdev
from typing import Final

import numpy as np

from experiments.reality.comparison import Comparison, Line, Words
from experiments.reality.http_server import Client, Fate, Language, Server
from experiments.reality.http_simulated import TIMEOUT, a_call, calls, loop
from experiments.reality.options import Options
from experiments.reality.processes import Processes
from simulator import Crash, Exponential

CALLS: Final = 400
CALLERS: Final = 16
"""Pairs of a client and a server, at the same time: the calls of one pair are one after another."""

WORK: Final = Exponential(mean=0.1)
"""How long the server works on a call, in seconds."""

SLOW: Final = 3 * TIMEOUT
"""How long too slow a server works, in seconds."""

RUNS: Final = 60
"""How many are simulated, for their mean and spread."""


def compare(language: Language, options: Options) -> list[Comparison]:
    """Make calls to slow servers, by the chapter's loop, and to some that fail.

    Raises:
        NotInstalled: If what the client needs is not here.
    """
    number = CALLS if options.messages is None else options.messages
    works = draw(options.draws, number)
    return [*slow(works, real_calls(language, works)), failures(language)]


def draw(seed: int, number: int, run: int = 0) -> list[float]:
    """Draw how long each call is worked on: run 0 is the one that is measured."""
    source = np.random.PCG64DXSM(np.random.SeedSequence(seed, spawn_key=(run,)))
    works: list[float] = WORK.quantile(np.random.Generator(source).random(number)).tolist()
    return works


def real_calls(language: Language, works: Sequence[float]) -> list[Fate]:
    """Make calls, each of which says how long the server is to work on it."""
    messages = [
        {"id": str(call), "content": "Hello", "work": work} for call, work in enumerate(works)
    ]
    with Processes() as processes:
        command = language(processes)  # before any server is started: it may not be there
        servers = [Server(processes) for _ in range(min(CALLERS, len(works)))]
        callers = [(one.port, messages[which::CALLERS]) for which, one in enumerate(servers)]
        answers = Client(processes, command, callers, timeout=TIMEOUT).answers()
        for server in servers:
            server.finish()
        return [
            Fate(answers[name] == "processed", servers[call % CALLERS].handled(name))
            for call, name in enumerate(map(str, range(len(works))))
        ]


def simulated_calls(works: Sequence[float]) -> list[Fate]:
    """Make the same calls in Pigeon."""
    fates = [Fate(answered=False, handled=0)] * len(works)
    for caller in range(CALLERS):
        fates[caller::CALLERS] = calls(works[caller::CALLERS], loop())
    return fates


def slow(works: Sequence[float], real: Sequence[Fate]) -> list[Comparison]:
    """Compare with independent runs, and call by call with that of the same works."""
    same = simulated_calls(works)
    others = [simulated_calls(draw(1, len(works), run)) for run in range(1, RUNS + 1)]
    values = (("calls", str(len(works))),)
    return [
        Comparison(
            title="http",
            values=values,
            lines=[
                _by_chance("answered", real, others, lambda fate: fate.answered, unit="%"),
                _by_chance("handlings", real, others, lambda fate: fate.handled),
            ],
        ),
        Comparison(
            title="http_same",
            values=values,
            lines=[
                Line(name=name, measured=sum(map(of, real)), simulated=sum(map(of, same)))
                for name, of in (
                    ("calls_answered", lambda fate: fate.answered),
                    ("calls_handled", lambda fate: fate.handled),
                )
            ]
            + [
                Line(
                    name="same_fate",
                    measured=sum(a == b for a, b in zip(real, same, strict=True)),
                    simulated=len(works),
                )
            ],
        ),
    ]


def _by_chance(
    name: str,
    real: Sequence[Fate],
    others: Sequence[Sequence[Fate]],
    of: Callable[[Fate], float],
    unit: str = "",
) -> Line:
    means = [fmean(map(of, run)) for run in others]
    return Line(
        name=name,
        measured=fmean(map(of, real)),
        simulated=fmean(means),
        spread=stdev(means),
        unit=unit,
    )


def failures(language: Language) -> Comparison:
    """Compare what a caller sees of a server that is not there, too slow, or killed."""
    lines: list[Line | Words] = []
    for name, (real, fake) in _failures(language).items():
        (fate, saw), (its_fate, it_saw) = real, fake
        lines += [
            Words(name=name, measured=saw, simulated=it_saw),
            Line(name="handlings_of_it", measured=fate.handled, simulated=its_fate.handled),
        ]
    return Comparison(title="http_failures", lines=lines)


Seen = tuple[Fate, str]
"""What became of a call, and what its caller saw."""


def _failures(language: Language) -> dict[str, tuple[Seen, Seen]]:
    def down(at: float, lasts: float = 100.0) -> Crash:
        return Crash(node="server", at=at, lasts=lasts, refuses=True)

    patient = loop(timeout=2.0)
    once = loop(timeout=2.0, max_attempts=1)
    long = loop(timeout=4.0, max_attempts=8)
    return {
        "not_there": (absent(language), a_call(0.0, loop(), down(0.0))),
        "too_slow": (too_slow(language), a_call(SLOW, loop())),
        "killed_once": (killed(language, max_retries=1), a_call(5.0, once, down(0.1))),
        "killed": (killed(language), a_call(5.0, patient, down(0.1))),
        "restarted": (restarted(language), a_call(0.5, long, down(0.1, lasts=0.2))),
    }


def absent(language: Language) -> Seen:
    """Call a server that has been killed."""
    with Processes() as processes:
        server = Server(processes)
        server.kill()
        return _seen(_one_call(processes, language, server, 0.0, timeout=TIMEOUT), server)


def too_slow(language: Language) -> Seen:
    """Call a server whose work takes so long that it begins the last attempt after its end."""
    with Processes() as processes:
        server = Server(processes)
        client = _one_call(processes, language, server, SLOW, timeout=TIMEOUT)
        client.answers()
        server.finish()
        return _seen(client, server)


def killed(language: Language, max_retries: int = 3) -> Seen:
    """Kill the server while it works on the call."""
    with Processes() as processes:
        server = Server(processes)
        client = _one_call(processes, language, server, 5.0, timeout=2.0, max_retries=max_retries)
        server.received()
        server.kill()
        return _seen(client, server)


def restarted(language: Language) -> Seen:
    """Kill the server while it works on the call, and start it again."""
    with Processes() as processes:
        server = Server(processes)
        client = _one_call(processes, language, server, 0.5, timeout=4.0, max_retries=8)
        server.received()
        server.kill()
        return _seen(client, server, Server(processes, server.port))


def _one_call(
    processes: Processes, language: Language, server: Server, work: float, **settings: float
) -> Client:
    message = {"id": "1", "content": "Hello", "work": work}
    return Client(processes, language(processes), [(server.port, [message])], **settings)


def _seen(client: Client, *servers: Server) -> Seen:
    [answer] = client.answers().values()
    return Fate(answer == "processed", sum(server.handled("1") for server in servers)), answer
