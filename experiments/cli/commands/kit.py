"""The command `pigeon kit`."""

from __future__ import annotations

from pathlib import Path

import click

from experiments import catalogue
from experiments.cli.options import results_to_read
from experiments.course.book import build
from simulator.languages import LANGUAGES


@click.command("kit")
@click.option("--lang", type=click.Choice(LANGUAGES), required=True, help="The kit's language.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder to write: a new one, or that of an older kit, whose files are replaced; your own "
    "files beside them stay.",
)
@click.option(
    "--results",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the results. Default: results/ if it has them all, else the published ones.",
)
@click.option("--force", is_flag=True, help="Replace also a kit's pages that were changed by hand.")
def command(lang: str, out: Path, results: Path | None, force: bool) -> None:
    """Write the course kit: what an mdBook needs to show the chapter, measured.

    A Markdown page a section, with its figures, sequence diagrams, players and exercise, and a quiz
    in the format of mdbook-quiz. Every number comes from the results. Written into the book's own
    `src`, as in `pigeon kit --lang fr --out cours/src/pigeon`, it needs only the lines of its
    SUMMARY.md; its README.md says how.
    """
    results = results_to_read("kit", results, catalogue.names())
    click.echo(f"kit: writing {out}/ from {results}/", err=True)
    made = build(lang, results=results, out=out, force=force)
    kinds = ("pages", "figures", "diagrams", "players")
    counts = ", ".join(f"{made[kind]} {kind}" for kind in kinds)
    click.echo(
        f"kit: {counts}, a quiz of {made['questions']} questions; start with {out}/README.md",
        err=True,
    )
