"""The command `pigeon simulate`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from experiments.cli.options import scenario_of, tell_missed, which_scenario, who_computes
from experiments.framework import large, runner
from experiments.framework.parallel import Workers
from experiments.framework.progress import Progress


@click.command("simulate")
@which_scenario
@who_computes
def command(
    file: Path | None,
    messages: int | None,
    seed: int | None,
    settings: tuple[str, ...],
    jobs: int | None,
    backend: Literal["processes", "dask"],
    address: str | None,
) -> None:
    """Run one scenario, and print its metrics.

    FILE is a scenario in TOML, such as the last part of `pigeon show NAME`; without one, the
    default scenario is run. Only sums are kept: a billion messages need no more memory than a
    million.

    \b
    pigeon simulate --set link.loss=0.2 --messages 1000000
    pigeon simulate story.toml --seed 7
    """  # noqa: D301 - \b is a character here, which keeps the lines apart
    scenario = scenario_of(file, settings, messages=messages, seed=seed)
    workers = Workers(jobs=jobs or runner.default_jobs(), backend=backend, address=address)
    outcome = large.simulate_large(
        scenario, workers, progress=lambda size: Progress(size, "simulate")
    )
    tell_missed(outcome)
    width = max(map(len, outcome.summary))
    for name, figure in outcome.summary.items():
        click.echo(f"{name:<{width}}  {figure:.9g}")
    click.echo(f"{'verdict':<{width}}  {outcome.verdict.status}")
