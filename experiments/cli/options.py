"""Options that several commands of the command line share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from experiments.cli import values
from experiments.framework.published import published
from simulator import Scenario
from simulator.reading import read_text
from simulator.simulation import Outcome
from simulator.validation import refuse, shortened

Command = TypeVar("Command", bound=Callable[..., Any])

RESULTS: Final = Path("results")
"""Where results are written, and read, if no other folder is named."""


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


def which_metrics(command: Command) -> Command:
    """Add the option that says of which metrics the results are printed."""
    return click.option(
        "--metric",
        "metrics",
        multiple=True,
        metavar="METRIC",
        help="Print the results of this metric, one of those of `pigeon show`; may be given again. "
        "Default: the one that the first figure shows first.",
    )(command)


def which_scenario(command: Command) -> Command:
    """Add what says which scenario: a file, and what is changed in it."""
    options = (
        click.argument(
            "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
        ),
        click.option("--messages", type=click.IntRange(1), help="Another number of messages."),
        click.option("--seed", type=click.IntRange(0), help="Another seed."),
        click.option(
            "--set",
            "settings",
            multiple=True,
            metavar="PLACE=VALUE",
            help="Another value somewhere, as in Python: link.loss=0.2, guarantee=ExactlyOnce, "
            '"link.delay=Exponential(mean=0.05)".',
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def results_to_read(command: str, named: Path | None, experiments: Iterable[str]) -> Path:
    """Return the folder whose results a command reads: the one here, or what is published.

    Args:
        command: Its name, for what it says.
        named: The folder that was asked for. None: none was.
        experiments: Whose results it needs. Where the folder here lacks some, all are read from the
            published one: numbers of two runs are never mixed.
    """
    if named is not None:
        return named
    if all((RESULTS / name / "manifest.json").is_file() for name in experiments):
        return RESULTS
    click.echo(f"{command}: not all is in {RESULTS}/: the published results are read", err=True)
    return published("results")


def scenario_of(
    file: Path | None,
    settings: Iterable[str] = (),
    *,
    base: Scenario | None = None,
    **changes: int | None,
) -> Scenario:
    """Return a scenario with something changed.

    Args:
        file: Where it stands, in TOML.
        settings: What to change, "place=value" each: see `experiments.cli.values`.
        base: The scenario where there is no file. None: the default one.
        changes: Values of fields; None leaves one as it is.

    Raises:
        ValueError: If the file holds no scenario, or it cannot have such values.
    """
    scenario = base or Scenario()
    if file is not None:
        text = read_text(file, "scenario in TOML")
        try:
            scenario = Scenario.from_toml(text)
        except ValueError as error:
            raise ValueError(f"{file}: {error}") from error
    scenario = changed(scenario, settings, "--set")
    for field, number in changes.items():
        if number is not None:
            scenario = scenario.replace(field, number)
    return scenario


def changed(scenario: Scenario, settings: Iterable[str], option: str) -> Scenario:
    """Return a scenario with other values somewhere, "place=value" each.

    Raises:
        ValueError: If it cannot have such values; it names the option.
    """
    for setting in settings:
        place, equals, value = setting.partition("=")
        if not equals or not value:
            refuse(option, setting, "PLACE=VALUE")
        new = values.read(place, value)
        try:
            scenario = scenario.replace(place, new)
        except ValueError as error:
            raise ValueError(f"{option} {shortened(place)}: {error}") from error
    return scenario


def tell_missed(outcome: Outcome) -> None:
    """Say which actions of the scenario's adversary met nothing to act on."""
    for action in outcome.missed:
        click.echo(f"the adversary met nothing to act on: {action!r}", err=True)
