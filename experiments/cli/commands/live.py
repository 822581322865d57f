"""The command `pigeon live`: a scenario over real sockets, beside its simulation."""

from __future__ import annotations

import math
import secrets
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import click

from experiments.cli.languages import in_language
from experiments.cli.options import scenario_of, which_scenario
from experiments.cli.tracing import PAGES, check_out
from experiments.framework.progress import Progress, Size
from experiments.reality import live_figure
from experiments.reality.live_account import account_of
from experiments.reality.live_numbers import (
    Beside,
    beyond_chance,
    latencies_ms,
    own_draws,
    same_draws,
)
from experiments.reality.wording import texts
from simulator import AtLeastOnce, Constant, Crash, Link, Retry, Scenario, Script, simulate
from simulator.drawing.atomic import atomic
from simulator.ledger import Ledger
from simulator.live import LiveRun, duration, predict, refusals, run
from simulator.live.engine import LONGEST
from simulator.scenario import RECEIVER
from simulator.simulation import check_memory
from simulator.validation import refuse

BASE: Final = Scenario(
    guarantee=AtLeastOnce(retry=Retry(timeout=0.5)),
    link=Link(delay=Constant(0.05), loss=0.2),
    messages=100,
    seed=1,
)
"""The scenario without a file: short, with times that no machine misses."""

RUNS: Final = 200
"""How many simulated runs a live one with draws of its own is compared with."""

SEEDS: Final = 10**9
"""How many seeds a live run may have of its own."""

CONTRADICTED: Final = 1
"""The exit status where the live run is not what was simulated."""


def when_killed(
    _context: click.Context, _parameter: click.Parameter, times: tuple[str, ...]
) -> tuple[Crash, ...]:
    """Read when the receiver is killed: AT:LASTS, in seconds."""
    crashes = []
    for text in times:
        try:
            at, lasts = map(float, text.split(":"))
        except ValueError:
            refuse("--kill", text, "AT:LASTS in seconds, as in 0.5:0.3")
        crashes.append(Crash(node=RECEIVER, at=at, lasts=lasts))
    return tuple(crashes)


@click.command("live")
@which_scenario
@click.option(
    "--draws",
    type=click.Choice(["same", "own"]),
    default="same",
    help="Of the network: those of the simulation (default), for a comparison message by message; "
    f"or its own, for a comparison with {RUNS} simulated runs.",
)
@click.option(
    "--kill",
    "kills",
    multiple=True,
    metavar="AT:LASTS",
    callback=when_killed,
    help="Kill the receiver's process after so many seconds, and start it again so many later; may "
    "be given again.",
)
@click.option("--long", is_flag=True, help=f"Take more than {LONGEST:g} seconds, if it has to.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=0,
    help="The proxy's, to look at it with other tools. Default: one that is free.",
)
@click.option(
    "--play",
    "page",
    type=click.Path(dir_okay=False, path_type=Path),
    is_flag=False,
    flag_value="live.html",
    help="Write a page that plays what the sockets did. Without a name: live.html.",
)
@click.option(
    "--figure",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Draw the latencies, measured and simulated: .svg or .png.",
)
@click.option(
    "--theme",
    type=click.Choice(["light", "dark"]),
    default="light",
    help="Of the figure. Default: light.",
)
@in_language
@click.pass_context
def command(
    context: click.Context,
    /,
    draws: str,
    kills: tuple[Crash, ...],
    long: bool,
    port: int,
    page: Path | None,
    figure: Path | None,
    theme: str,
    lang: str,
    **which: Any,
) -> None:
    """Run a scenario for real, over sockets of this machine, and simulate the same.

    FILE is a scenario in TOML, such as the last part of `pigeon show NAME`; without one, a hundred
    messages go over a network that loses some. Sender and receiver are two processes, between them
    a proxy that loses and delays as the scenario says. Exit status: 0 the same, measured and
    simulated; 1 not the same, or a process was killed that was not to be; 2 bad input.

    \b
    pigeon live
    pigeon live story.toml --play --figure story.svg --lang fr
    pigeon live --set "link.delay=Exponential(mean=0.02)" --messages 2000 --draws own
    pigeon live --set "handling=Constant(0.1)" --kill 0.505:0.3
    """  # noqa: D301 - \b is a character here, which keeps the lines apart
    if page is not None:
        check_out(page, PAGES, which["file"], "--play")
    if figure is not None:
        check_out(figure, (".svg", ".png"), which["file"], "--figure")
    simulated = with_kills(scenario_of(base=BASE, **which), kills)
    is_own = draws == "own"
    scenario = simulated.replace("seed", secrets.randbelow(SEEDS)) if is_own else simulated
    seconds = checked_duration(scenario, long=long)
    prediction = predict(scenario)  # before the run, to which the machine then belongs
    beside = Beside.of(scenario, run_live(scenario, seconds, port), prediction)
    if is_own:
        others = replications(simulated)
        table = own_draws(beside, others)
    else:
        others = [prediction.ledger]
        table = same_draws(beside)
    text = texts(lang)
    click.echo(table.table(lang) + "\n")
    for line in account_of(beside, lang):
        click.echo(line)
    if is_own:
        click.echo(text("live", "seed").format(seed=scenario.seed))
    unexplained = beyond_chance(beside, table)
    if unexplained:
        names = text("live", "next").join(text("names", name) for name in unexplained)
        click.echo(text("live", "chance").format(names=names))
    with ExitStack() as files:  # both of them, or none
        if figure is not None:
            simulated_ms = latencies_ms(Ledger.join(others, sum(map(len, others))))
            part = files.enter_context(atomic(figure))
            live_figure.draw(beside, simulated_ms, part, language=lang, theme=theme)
        if page is not None and beside.run.trace is not None:
            beside.run.trace.play(language=lang).save(files.enter_context(atomic(page)))
            click.echo(f"live: open {page} in a browser", err=True)
    context.exit(CONTRADICTED if beside.fates.different or unexplained else 0)


def with_kills(scenario: Scenario, kills: tuple[Crash, ...]) -> Scenario:
    """Return a scenario in whose script the receiver crashes as well."""
    if not kills:
        return scenario
    script = Script() if scenario.adversary is None else scenario.adversary
    if not isinstance(script, Script):
        refuse("Scenario.adversary", script, "a Script, or None, with --kill")
    return scenario.replace("adversary", Script((*script.actions, *kills)))


def checked_duration(scenario: Scenario, *, long: bool) -> float:
    """Return how long a scenario takes, in seconds; 0 if it cannot run live.

    Raises:
        ValueError: If that is too long, or it never ends.
    """
    scenario.check_that_it_ends()
    check_memory(scenario, engine="live", trace=True, advice="have fewer")
    if refusals(scenario):
        return 0.0  # which the engine says
    seconds = duration(scenario)
    if seconds > LONGEST and not long:
        raise ValueError(
            f"live: this takes {seconds:.0f} s; to take more than {LONGEST:g} s, add --long"
        )
    return seconds


def run_live(scenario: Scenario, seconds: float, port: int) -> LiveRun:
    """Run a scenario for real, and show how much of its time has passed."""
    whole, passed = math.ceil(seconds), 0
    with ExitStack() as shown:
        bar: Progress | None = None

        def tell(now: float) -> None:
            nonlocal bar, passed
            if bar is None:  # its processes are ready, which takes a few seconds more
                bar = shown.enter_context(Progress(Size(1, whole, "s"), "live"))
                if not bar.is_bar:
                    click.echo(f"live: {whole} s", err=True)
            if passed < now < whole:
                bar.advance(0, 1)
                passed += 1

        found = run(scenario, longest=None, port=port, tell=tell)
        if bar is not None:
            bar.advance(0, whole - passed)
        return found


def replications(scenario: Scenario) -> list[Ledger]:
    """Simulate a scenario several times, and return the ledgers."""
    found = []
    with Progress(Size(RUNS, RUNS * scenario.messages), "simulate") as bar:
        for number in range(RUNS):
            found.append(simulate(scenario, replication=number).ledger)
            bar.advance(1, scenario.messages)
    return found
