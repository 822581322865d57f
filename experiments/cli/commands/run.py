"""The command `pigeon run`."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import click

from experiments import catalogue
from experiments.cli.endings import Stopped
from experiments.cli.languages import spoken
from experiments.cli.options import which_metrics, who_computes
from experiments.cli.settings import resize, with_settings
from experiments.figures import plotting
from experiments.figures.naming import Naming
from experiments.figures.result_tables import result_tables
from experiments.framework import results as folders
from experiments.framework import runner
from experiments.framework.experiment import Cell, Experiment
from experiments.framework.parallel import Workers
from experiments.framework.progress import Progress
from experiments.framework.store import Store, Summary
from experiments.framework.tables import summary_table
from simulator import Scenario
from simulator.languages import LANGUAGES
from simulator.simulation import check_memory
from simulator.validation import choice


@click.command("run")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--all", "everything", is_flag=True, help="Run every experiment.")
@click.option("--quick", is_flag=True, help="A small size: seconds, wider intervals.")
@who_computes
@click.option("--seed", type=click.IntRange(0), help="Another seed than the published one.")
@click.option("--messages", type=click.IntRange(1), help="Messages a run.")
@click.option("--replications", type=click.IntRange(1), help="Independent runs of each cell.")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="AXIS=VALUES",
    help="Another axis: start:stop:step, a list (0.1,0.2), or some of its names.",
)
@which_metrics
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    help="Figures in one language only. Default: both. What is printed is in it, or the system's.",
)
@click.option(
    "--results",
    type=click.Path(path_type=Path),
    help="Folder of the results. Default: results/; results/quick/ with --quick, results/custom/ "
    "with another seed, size or axis, or one language, so that the published ones stay.",
)
@click.option("--fresh", is_flag=True, help="Compute all again, whatever is in the store.")
def command(
    names: tuple[str, ...],
    everything: bool,
    quick: bool,
    jobs: int | None,
    backend: Literal["processes", "dask"],
    address: str | None,
    seed: int | None,
    messages: int | None,
    replications: int | None,
    settings: tuple[str, ...],
    metrics: tuple[str, ...],
    lang: str | None,
    results: Path | None,
    fresh: bool,
) -> None:
    """Run experiments, write their tables and figures, and print what they found.

    A run that is stopped, even killed, goes on where it was when started again.

    \b
    pigeon run timeouts --quick --metric cost
    pigeon run delivery_guarantees --set link.loss=0:0.3:0.1 --lang fr
    pigeon run retry_policies --set guarantee.retry.backoff=none,constant --messages 1000
    """  # noqa: D301 - \b is a character here, which keeps the lines apart
    if everything == bool(names):
        raise ValueError("run must be given names, or --all; `pigeon list` shows the names")
    workers = Workers(jobs=jobs or runner.default_jobs(), backend=backend, address=address)
    sizes = {"seed": seed, "messages": messages, "replications": replications}
    selection = {}
    for name in catalogue.names() if everything else names:
        experiment = with_settings(catalogue.load(name), settings)
        experiment = resize(experiment, quick=quick, **sizes)
        for metric in metrics:
            choice("--metric", metric, experiment.metrics)
        for language in (lang,) if lang else LANGUAGES:
            Naming(language, experiment).check()
        selection[name] = experiment, experiment.cells()
        for cell in selection[name][1]:
            if isinstance(cell.scenario, Scenario):
                check_memory(cell.scenario, advice="`pigeon simulate` needs no more")
    changed = settings or lang or any(size is not None for size in sizes.values())
    if results is None:
        results = Path("results") / ("quick" if quick else "custom" if changed else "")
    folders.check_writable(results)
    try:
        for name, (experiment, cells) in selection.items():
            runs = _run_one(
                name,
                experiment,
                cells,
                results,
                workers=workers,
                languages=(lang,) if lang else LANGUAGES,
                command=_command(name, quick, settings, sizes),
                fresh=fresh,
            )
            summary = summary_table(experiment, cells, runs)
            tables = result_tables(experiment, summary, lang or spoken(), metrics)
            click.echo(f"{name}\n\n{tables}\n" if len(selection) > 1 else tables)
    except KeyboardInterrupt as stop:
        raise Stopped from stop


def _run_one(
    name: str,
    experiment: Experiment,
    cells: Sequence[Cell],
    results: Path,
    *,
    workers: Workers,
    languages: Sequence[str],
    command: str,
    fresh: bool,
) -> Sequence[Sequence[Summary]]:
    total = runner.total_of(cells, experiment)
    click.echo(f"{name}: {experiment.question}", err=True)
    with Store(results / ".cells.sqlite") as store, Progress(total, name) as progress:
        runs = runner.run(
            experiment, cells, store=store, workers=workers, progress=progress, fresh=fresh
        )
    click.echo(f"{name}: tables and figures", err=True)
    folder = folders.write(
        name,
        experiment,
        cells,
        runs,
        results,
        languages=languages,
        command=command,
        draw=plotting.draw,
    )
    click.echo(
        f"{name}: done, see {folder}/ (data.csv, summary.csv, figures/, manifest.json)", err=True
    )
    return runs


def _command(
    name: str,
    quick: bool,
    settings: tuple[str, ...],
    sizes: Mapping[str, int | None],
) -> str:
    """Return the command that gives the same results of an experiment again."""
    words = ["pigeon", "run", name, *(["--quick"] if quick else [])]
    words += [word for setting in settings for word in ("--set", setting)]
    given = {flag: size for flag, size in sizes.items() if size is not None}
    words += [word for flag, size in given.items() for word in (f"--{flag}", str(size))]
    return shlex.join(words)
