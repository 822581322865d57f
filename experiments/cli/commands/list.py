"""The command `pigeon list`."""

from __future__ import annotations

import click

from experiments import catalogue


@click.command("list")
def command() -> None:
    """List the experiments and their questions."""
    names = catalogue.names()
    width = max(map(len, names))
    for name in names:
        click.echo(f"{name:<{width}}  {catalogue.load(name).question}")
