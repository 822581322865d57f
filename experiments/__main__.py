"""The command line: `pigeon`, and `python -m experiments`, are one program.

Bad input ends with one line on standard error and exit status 2, never a traceback.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NoReturn

import click

from experiments.draw import diagram, figures, play, stories
from experiments.errors import of_the_system, say, without_long
from experiments.kit.command import kit
from experiments.minimize import minimize
from experiments.options import scenario_of, tell_missed, which_scenario, who_computes

if TYPE_CHECKING:
    from experiments.base import Cell, Experiment
    from experiments.parallel import Workers

BAD_INPUT = 2
INTERRUPTED = 130


class Stopped(click.ClickException):
    """A run that was stopped, and can go on."""

    exit_code = INTERRUPTED


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="pigeon-sim", prog_name="pigeon")
def pigeon() -> None:
    """Pigeon: message passing over an unreliable network, simulated.

    \b
    pigeon list                                     what can be run
    pigeon run delivery_guarantees --quick          a first look, in seconds
    pigeon run delivery_guarantees                  tables and figures, into results/
    pigeon run retry_policies --set link.loss=0:0.3:0.1
    pigeon figures delivery_guarantees              the figures again, from the tables
    pigeon simulate --messages 100000000            one scenario, as large as you like
    pigeon diagram --message 0 --lang fr            one message's story, for Mermaid
    pigeon play --set link.loss=0.3                 a page that plays a run, in the browser
    pigeon minimize deduplication_window            the least that breaks a promise
    pigeon kit --lang fr --out cours/src/pigeon     pages, figures and a quiz, for an mdBook
    """  # noqa: D301 - \b is a character here, which keeps the lines apart


@pigeon.command("list")
def list_command() -> None:
    """List the experiments and their questions."""
    from experiments import catalogue

    names = catalogue.names()
    width = max(map(len, names))
    for name in names:
        click.echo(f"{name:<{width}}  {catalogue.load(name).question}")


@pigeon.command()
@click.argument("name")
def show(name: str) -> None:
    """Show an experiment: question, axes, metrics, base scenario."""
    from experiments import catalogue

    experiment = catalogue.load(name)
    click.echo(experiment.question)
    click.echo("\nAxes, for --set:")
    for path, axis in experiment.sweep.items():
        click.echo(f"  {path}: {', '.join(map(_shown, axis))}")
    click.echo(f"\nMetrics: {', '.join(experiment.metrics)}")
    cells = len(experiment.cells())
    messages = experiment.base.messages
    click.echo(
        f"Size: {cells} cells, {experiment.replications} replications of {messages:,} messages each"
    )
    click.echo(f"\nBase scenario:\n\n{experiment.base.to_toml()}", nl=False)


@pigeon.command()
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
@click.option("--lang", type=click.Choice(["en", "fr"]), help="One language only. Default: both.")
@click.option(
    "--results",
    type=click.Path(path_type=Path),
    help="Folder of the results. Default: results/; results/quick/ with --quick, results/custom/ "
    "with another seed, size or axis, or one language, so that the published ones stay.",
)
@click.option("--fresh", is_flag=True, help="Compute all again, whatever is in the store.")
def run(
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
    lang: str | None,
    results: Path | None,
    fresh: bool,
) -> None:
    """Run experiments, and write their tables and figures.

    A run that is stopped, even killed, goes on where it was when started again.

    \b
    pigeon run timeouts --quick
    pigeon run delivery_guarantees --set link.loss=0:0.3:0.1 --lang fr
    pigeon run retry_policies --set guarantee.retry.backoff=none,constant --messages 1000
    """  # noqa: D301 - \b is a character here, which keeps the lines apart
    from experiments import catalogue, runner
    from experiments.parallel import Workers
    from experiments.settings import resize, with_settings
    from simulator import Scenario
    from simulator.simulation import check_memory

    if everything == bool(names):
        raise ValueError("run must be given names, or --all; `pigeon list` shows the names")
    workers = Workers(jobs=jobs or runner.default_jobs(), backend=backend, address=address)
    sizes = {"seed": seed, "messages": messages, "replications": replications}
    chosen = {}
    for name in catalogue.names() if everything else names:
        experiment = with_settings(catalogue.load(name), settings)
        experiment = resize(experiment, quick=quick, **sizes)
        chosen[name] = experiment, experiment.cells()
        for cell in chosen[name][1]:
            if isinstance(cell.scenario, Scenario):
                check_memory(cell.scenario, advice="`pigeon simulate` needs no more")
    changed = settings or lang or any(size is not None for size in sizes.values())
    if results is None:
        results = Path("results") / ("quick" if quick else "custom" if changed else "")
    runner.check_writable(results)
    try:
        for name, (experiment, cells) in chosen.items():
            _run_one(
                name,
                experiment,
                cells,
                results,
                workers=workers,
                languages=(lang,) if lang else ("en", "fr"),
                command=_command(name, quick, settings, sizes),
                fresh=fresh,
            )
    except KeyboardInterrupt:
        raise Stopped("stopped; the same command goes on where this one was") from None


@pigeon.command()
@which_scenario
@who_computes
def simulate(
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
    from experiments.large import simulate_large
    from experiments.parallel import Workers
    from experiments.progress import Progress
    from experiments.runner import default_jobs

    scenario = scenario_of(file, settings, messages=messages, seed=seed)
    workers = Workers(jobs=jobs or default_jobs(), backend=backend, address=address)
    outcome = simulate_large(scenario, workers, progress=lambda size: Progress(size, "simulate"))
    tell_missed(outcome)
    width = max(map(len, outcome.summary))
    for name, figure in outcome.summary.items():
        click.echo(f"{name:<{width}}  {figure:.9g}")
    click.echo(f"{'verdict':<{width}}  {outcome.verdict.status}")


pigeon.add_command(diagram)
pigeon.add_command(play)
pigeon.add_command(stories)
pigeon.add_command(figures)
pigeon.add_command(minimize)
pigeon.add_command(kit)


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
) -> None:
    from experiments import runner
    from experiments.progress import Progress
    from experiments.store import Store

    total = runner.total_of(cells, experiment)
    click.echo(f"{name}: {experiment.question}", err=True)
    with Store(results / ".cells.sqlite") as store, Progress(total, name) as progress:
        runs = runner.run(
            experiment, cells, store=store, workers=workers, progress=progress, fresh=fresh
        )
    click.echo(f"{name}: tables and figures", err=True)
    folder = runner.write(
        name, experiment, cells, runs, results, languages=languages, command=command
    )
    click.echo(
        f"{name}: done, see {folder}/ (data.csv, summary.csv, figures/, manifest.json)", err=True
    )


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


def _shown(key: float | str) -> str:
    return key if isinstance(key, str) else f"{key:g}"


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the program with arguments, those of the process by default, and exit."""
    try:
        status = pigeon.main(arguments, prog_name="pigeon", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        status = BAD_INPUT
    except click.ClickException as error:
        say(without_long(error.format_message(), sys.argv[1:] if arguments is None else arguments))
        status = error.exit_code  # 2 for bad input, 1 for cells that failed, 130 if stopped
    except (click.Abort, KeyboardInterrupt):
        say("stopped; nothing is left half-written")
        status = INTERRUPTED
    except ValueError as error:
        say(str(error))
        status = BAD_INPUT
    except OSError as error:
        say(of_the_system(error))
        status = BAD_INPUT
    sys.exit(status or 0)


def run_file(file: str) -> NoReturn:
    """Run the experiment of a file of the catalogue with the arguments of the process."""
    main(["run", Path(file).stem, *sys.argv[1:]])


if __name__ == "__main__":
    main()
