"""The command `pigeon show`."""

from __future__ import annotations

import click

from experiments import catalogue
from simulator.languages.numbers import numbers


@click.command("show")
@click.argument("name")
def command(name: str) -> None:
    """Show an experiment: question, axes, metrics, base scenario."""
    experiment = catalogue.load(name)
    click.echo(experiment.question)
    click.echo("\nAxes, for --set:")
    for path, axis in experiment.sweep.items():
        click.echo(f"  {path}: {', '.join(map(_shown, axis))}")
    click.echo(f"\nMetrics: {', '.join(experiment.metrics)}")
    cells = len(experiment.cells())
    messages = numbers("en").count(experiment.base.messages)
    click.echo(
        f"Size: {cells} cells, {experiment.replications} replications of {messages} messages each"
    )
    click.echo(f"\nBase scenario:\n\n{experiment.base.to_toml()}", nl=False)


def _shown(key: float | str) -> str:
    return key if isinstance(key, str) else f"{key:g}"
