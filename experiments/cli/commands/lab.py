"""The command `pigeon lab`."""

from __future__ import annotations

from pathlib import Path

import click

from experiments.labs import LABS, skeleton
from simulator.drawing.atomic import atomic
from simulator.languages import LANGUAGES
from simulator.validation import choice


@click.command("lab")
@click.argument("name", metavar="NAME")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", help="Default: en.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file, which must not be there yet. Default: NAME.py.",
)
def command(name: str, lang: str, out: Path | None) -> None:
    """Write the skeleton of a lab: a file that runs and is wrong, with the task in its docstring.

    NAME is at_most_once, at_least_once, deduplication, acknowledge_after, bounded_memory,
    queue_worker or idempotent_account. `pigeon check` judges what you make of it.

    \b
    pigeon lab at_least_once
    pigeon lab deduplication --lang fr --out tp3.py
    """  # noqa: D301 - \b is a character here, which keeps the lines apart
    choice("lab", name, tuple(LABS))
    out = out or Path(f"{name}.py")
    if out.exists():
        raise ValueError(f"--out must be a new file, got '{out}', which is there")
    with atomic(out) as part:
        part.write_text(skeleton(name, lang), encoding="utf-8", newline="\n")
    click.echo(f"lab: open {out}, and check it: pigeon check {out} --lab {name}", err=True)
