"""The command `pigeon list`."""

from __future__ import annotations

import click

from experiments import catalogue


@click.command("list")
def command() -> None:
    """List the experiments and their questions."""
    names = catalogue.names()
    width = max(map(len, names))
    broken = []
    for name in names:
        try:
            click.echo(f"{name:<{width}}  {catalogue.load(name).question}")
        except ValueError as error:
            broken.append(str(error))
    if broken:
        raise ValueError("; ".join(broken))
