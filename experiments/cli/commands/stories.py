"""The command `pigeon stories`."""

from __future__ import annotations

from pathlib import Path

import click

from experiments.course import stories
from simulator.languages import LANGUAGES


@click.command("stories")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default="results/diagrams",
    help="Folder. Default: results/diagrams.",
)
@click.option("--lang", type=click.Choice(LANGUAGES), help="One language only. Default: both.")
def command(out: Path, lang: str | None) -> None:
    """Draw the course's stories: what happens to a message, one way or another.

    Each is a file for Mermaid (.mmd), to include in a book, a space-time diagram for light pages
    (.svg) and for dark ones (.dark.svg), and the story in words (.txt).
    """
    files = [
        file
        for language in ((lang,) if lang else LANGUAGES)
        for file in stories.write(out, language)
    ]
    click.echo(f"stories: {len(files)} files, see {out}/", err=True)
