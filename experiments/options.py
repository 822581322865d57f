"""Options that several commands of the command line share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from simulator import Scenario
    from simulator.simulation import Outcome

Command = TypeVar("Command", bound=Callable[..., Any])


def who_computes(command: Command) -> Command:
    """Add the options that say who computes."""
    options = (
        click.option(
            "--jobs", type=click.IntRange(1), help="Processes. Default: what the machine has."
        ),
        click.option(
            "--backend",
            type=click.Choice(["processes", "dask"]),
            default="processes",
            help="Who computes: processes of this machine (default), or a Dask cluster's workers.",
        ),
        click.option(
            "--address", help="The Dask cluster's scheduler. Default: make a cluster here."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def which_scenario(command: Command) -> Command:
    """Add what says which scenario: a file, and what is changed in it."""
    options = (
        click.argument(
            "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
        ),
        click.option("--messages", type=click.IntRange(1), help="Another number of messages."),
        click.option("--seed", type=click.IntRange(0), help="Another seed."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def scenario_of(file: Path | None, **changes: int | None) -> Scenario:
    """Return the scenario of a file, or the default one, with some fields changed."""
    from simulator import Scenario  # noqa: PLC0415 - --help answers at once

    scenario = Scenario()
    if file is not None:
        scenario = Scenario.from_toml(file.read_text(encoding="utf-8"))
    for place, value in changes.items():
        if value is not None:
            scenario = scenario.replace(place, value)
    return scenario


def tell_missed(outcome: Outcome) -> None:
    """Say which actions of the scenario's adversary met nothing to act on."""
    for action in outcome.missed:
        click.echo(f"the adversary met nothing to act on: {action!r}", err=True)
