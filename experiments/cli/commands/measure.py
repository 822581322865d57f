"""The command `pigeon measure`: real programs, measured beside their simulation."""

from __future__ import annotations

import click

from experiments.reality.catalogue import MEASUREMENTS, measure
from experiments.reality.options import Options
from simulator.languages import LANGUAGES
from simulator.validation import choice


@click.command("measure")
@click.argument("name", metavar="NAME")
@click.option("--messages", type=click.IntRange(1), help="How many. Default: as usual.")
@click.option("--seed", type=click.IntRange(0), default=1, help="Of its draws. Default: 1.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", help="Default: en.")
def command(name: str, messages: int | None, seed: int, lang: str) -> None:
    """Start real programs on this machine, measure them, and simulate the same.

    All that it starts listens on this machine alone, and is stopped at the end.
    """
    choice("measure", name, tuple(MEASUREMENTS))
    found = measure(name, Options(seed=seed, messages=messages))
    click.echo("\n\n".join(comparison.table(lang) for comparison in found))
