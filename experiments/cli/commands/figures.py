"""The command `pigeon figures`."""

from __future__ import annotations

from pathlib import Path

import click

from experiments import catalogue
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
    default="results",
    help="Folder of the results. Default: results.",
)
def command(names: tuple[str, ...], everything: bool, lang: str | None, results: Path) -> None:
    """Draw figures again, from the tables that `pigeon run` wrote; nothing is computed.

    Each is drawn for light and for dark pages, with its alternative text beside it.
    """
    if everything == bool(names):
        raise ValueError("figures must be given names, or --all; `pigeon list` shows the names")
    clear_leftovers(results)
    found = [name for name in catalogue.names() if (results / name / "manifest.json").exists()]
    if everything and not found:
        raise ValueError(f"--results must hold tables, got '{results}': `pigeon run` makes them")
    for name in names:
        catalogue.load(name)
        manifest.read(results / name)
    for name in found if everything else names:
        folder = folders.redraw(
            name,
            catalogue.load(name),
            results,
            (lang,) if lang else LANGUAGES,
            draw=plotting.draw,
        )
        click.echo(f"{name}: drawn, see {folder}/figures/", err=True)
