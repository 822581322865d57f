"""The command `pigeon figures`."""

from __future__ import annotations

from pathlib import Path

import click

from experiments import catalogue
from experiments.cli.options import RESULTS, results_to_read
from experiments.figures import plotting
from experiments.framework import manifest
from experiments.framework import results as folders
from simulator.drawing.staging import clear_leftovers
from simulator.languages import LANGUAGES


@click.command("figures")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--all", "everything", is_flag=True, help="Those of every experiment that was run.")
@click.option("--lang", type=click.Choice(LANGUAGES), help="Those of one. Default: both.")
@click.option(
    "--results",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the results. Default: results/, and the published tables where it has none.",
)
def command(
    names: tuple[str, ...], everything: bool, lang: str | None, results: Path | None
) -> None:
    """Draw figures again, from the tables that `pigeon run` wrote; nothing is computed.

    Each is drawn for light and for dark pages, with its alternative text beside it.
    """
    if everything == bool(names):
        raise ValueError("figures must be given names, or --all; `pigeon list` shows the names")
    for name in names:
        catalogue.load(name)
    out = results or RESULTS
    clear_leftovers(out)
    if everything:
        names = tuple(name for name in catalogue.names() if _has_tables(out, name))
        if results is not None and not names:
            raise ValueError(f"--results must hold tables, got '{out}': `pigeon run` makes them")
        names = names or tuple(catalogue.names())
    tables = {name: results_to_read(name, results, [name]) for name in names}
    for name, folder in tables.items():
        manifest.read(folder / name)
    out.mkdir(exist_ok=True)
    for name, folder in tables.items():
        drawn = folders.redraw(
            name,
            catalogue.load(name),
            out,
            (lang,) if lang else LANGUAGES,
            draw=plotting.draw,
            tables_from=folder,
        )
        click.echo(f"{name}: drawn, see {drawn}/figures/", err=True)


def _has_tables(results: Path, name: str) -> bool:
    return (results / name / "manifest.json").exists()
