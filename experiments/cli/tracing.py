"""Tracing: what the commands share that draw or play one run of a scenario."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from experiments.cli.options import changed, scenario_of, tell_missed
from simulator import Exponential, Link, Scenario, simulate
from simulator.languages import LANGUAGES
from simulator.trace import Trace
from simulator.validation import choice, refuse

Command = TypeVar("Command", bound=Callable[..., Any])

PAGES: Final = (".html", ".htm")
"""Endings of a page."""


def what_is_drawn(command: Command) -> Command:
    """Add what says which messages or time to draw, and in which language."""
    options = (
        click.option(
            "--message",
            "selection",
            type=click.IntRange(0),
            multiple=True,
            help="Only the message of this number, from 0; may be given again, for several.",
        ),
        click.option(
            "--between",
            type=float,
            nargs=2,
            metavar="START END",
            help="Only from when to when, in seconds.",
        ),
        click.option("--lang", type=click.Choice(LANGUAGES), default="en", help="Default: en."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def check_out(out: Path, kinds: Collection[str], file: Path | None, option: str = "--out") -> None:
    """Refuse a file whose ending says not what is in it, and the scenario that is read."""
    choice(f"{option} ending", out.suffix, kinds)
    if not out.absolute().parent.is_dir():
        raise ValueError(f"{option}: there is no folder {out.parent}")
    if file is not None and out.exists() and out.samefile(file):
        raise ValueError(f"{option} must be another file than the scenario's own, got '{out}'")


def traced(
    what: str,
    *,
    few: int,
    most: int,
    selection: tuple[int, ...],
    between: tuple[float, float] | None,
    lang: str,
    beside: tuple[str, ...] = (),
    **which: Any,
) -> tuple[Trace, dict[str, Any]]:
    """Run a scenario, traced: that of a file, or a few messages over a network with faults.

    What could not be drawn for sure is refused before it is run.

    Returns:
        Its trace, and what to show of it: with changes that stand beside it, another's trace, too.
    """
    link = Link(delay=Exponential(mean=0.05), loss=0.2, duplicate=0.1)
    base = Scenario(link=link, messages=few, seed=1)
    scenario = scenario_of(base=base, **which)
    scenarios = [scenario, changed(scenario, beside, "--beside")] if beside else [scenario]
    for one in scenarios:
        _check(what, one, most, selection, everything=not selection and between is None)
    trace, *others = map(_trace, scenarios)
    shown: dict[str, Any] = {"messages": selection or None, "between": between, "language": lang}
    for other in others:
        if other.titles == trace.titles:
            changes = ", ".join(beside)
            other.titles = {one: f"{title} · {changes}" for one, title in other.titles.items()}
        shown["beside"] = other
    return trace, shown


def _check(
    what: str, scenario: Scenario, most: int, selection: tuple[int, ...], *, everything: bool
) -> None:
    """Refuse messages that a scenario has not, and more than can be drawn."""
    for message in selection:
        if message >= scenario.messages:
            there = f"0 to {scenario.messages - 1}"
            refuse(f"{what}.messages", message, f"numbers of messages that the run has ({there})")
    everything = everything and scenario.adversary is None
    if everything and scenario.expected_messages > 2 * most:  # each gives one thing to draw or more
        choose_by = "choose with --message or --between, or have fewer"
        refuse("--messages", scenario.messages, f"such that {most} things are drawn: {choose_by}")


def _trace(scenario: Scenario) -> Trace:
    """Run a scenario."""
    outcome = simulate(scenario, trace=True)
    tell_missed(outcome)
    assert outcome.trace is not None  # noqa: S101 - it was asked for
    return outcome.trace
