"""The command `pigeon show`."""

from __future__ import annotations

from pathlib import Path

import click

from experiments import catalogue
from experiments.cli.languages import in_language, texts
from experiments.cli.options import RESULTS, results_to_read, which_metrics
from experiments.figures.naming import Naming
from experiments.figures.result_tables import result_tables
from experiments.framework import manifest
from experiments.framework.published import published
from experiments.framework.results import experiment_of
from experiments.framework.tables import read_csv
from simulator.validation import choice


@click.command("show")
@click.argument("name")
@which_metrics
@in_language
@click.option(
    "--results",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the results, such as results/quick. Default: as in `pigeon figures`.",
)
def command(name: str, metrics: tuple[str, ...], lang: str, results: Path | None) -> None:
    """Show an experiment: question, axes, metrics, what it found, base scenario.

    \b
    pigeon show two_generals --metric exactly_one --lang fr
    pigeon show timeouts --metric cost --metric duplicate_rate --results results/quick
    """  # noqa: D301 - \b is a character here, which keeps the lines apart
    experiment = catalogue.load(name)
    for metric in metrics:
        choice("--metric", metric, experiment.metrics)
    naming, text = Naming(lang, experiment), texts(lang)
    figures = experiment.figures if lang != "en" else ()
    click.echo(naming.figure_title(figures[0]) if figures else experiment.question)
    click.echo(f"\n{text('show', 'axes')}")
    for path, axis in experiment.sweep.items():
        click.echo(f"  {path}: {', '.join(map(_shown, axis))}")
    click.echo(f"\n{text('show', 'metrics')}")
    for metric in experiment.metrics:
        unit = experiment.unit_of_metric(metric)
        called = naming.with_unit(naming.text("metrics", metric, metric), unit)
        click.echo(f"  {metric}: {called}")
    size = text("show", "size").format(
        cells=len(experiment.cells()),
        replications=experiment.replications,
        messages=naming.numbers.count(experiment.base.messages),
        unit=naming.size(),
    )
    click.echo(f"\n{size}\n")
    if results is not None or _has_results(name):
        folder = results_to_read("show", results, [name]) / name
        made = experiment_of(name, experiment, manifest.read(folder))
        summary = read_csv(experiment, folder / "summary.csv")
        click.echo(f"{result_tables(made, summary, lang, metrics)}\n")
    click.echo(f"{text('show', 'scenario')}\n\n{experiment.base.to_toml()}", nl=False)


def _has_results(name: str) -> bool:
    """Whether there are results of an experiment, here or published: of one's own, at first not."""
    return any((folder / name).is_dir() for folder in (RESULTS, published("results")))


def _shown(key: float | str) -> str:
    return key if isinstance(key, str) else f"{key:g}"
