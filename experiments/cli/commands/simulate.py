"""The command `pigeon simulate`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from experiments.cli.languages import in_language, texts
from experiments.cli.options import scenario_of, tell_missed, which_scenario, who_computes
from experiments.figures.labels import labels
from experiments.framework import large, runner
from experiments.framework.columns import columns
from experiments.framework.parallel import Workers
from experiments.framework.progress import Progress
from simulator.languages.numbers import numbers


@click.command("simulate")
@which_scenario
@who_computes
@in_language
def command(
    file: Path | None,
    messages: int | None,
    seed: int | None,
    settings: tuple[str, ...],
    jobs: int | None,
    backend: Literal["processes", "dask"],
    address: str | None,
    lang: str,
) -> None:
    """Run one scenario, and print its metrics.

    FILE is a scenario in TOML, such as the last part of `pigeon show NAME`; without one, the
    default scenario is run. Only sums are kept: a billion messages need no more memory than a
    million.

    \b
    pigeon simulate --set link.loss=0.2 --messages 1000000
    pigeon simulate story.toml --seed 7 --lang fr
    """  # noqa: D301 - \b is a character here, which keeps the lines apart
    scenario = scenario_of(file, settings, messages=messages, seed=seed)
    workers = Workers(jobs=jobs or runner.default_jobs(), backend=backend, address=address)
    outcome = large.simulate_large(
        scenario, workers, progress=lambda size: Progress(size, "simulate")
    )
    tell_missed(outcome)
    written, status = numbers(lang), outcome.verdict.status
    rows = [
        (name, written.short(value, 9), labels(lang)("metrics", name))
        for name, value in outcome.summary.items()
    ]
    click.echo(columns([*rows, ("verdict", status, texts(lang)("verdict", status))], left=3))
