"""The command `pigeon measure`: real programs, measured beside their simulation."""

from __future__ import annotations

from pathlib import Path

import click

from experiments.cli.languages import in_language
from experiments.cli.tracing import check_out
from experiments.reality.catalogue import FIGURES, MEASUREMENTS, draw, measure
from experiments.reality.options import Options
from simulator.drawing.atomic import atomic
from simulator.validation import choice, refuse


@click.command("measure")
@click.argument("name", metavar="NAME")
@click.option("--messages", type=click.IntRange(1), help="How many. Default: as usual.")
@click.option("--seed", type=click.IntRange(0), help="Of its draws. Default: 1.")
@in_language
@click.option(
    "--figure",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Draw what was found, too: a file, .svg or .png.",
)
@click.option(
    "--theme",
    type=click.Choice(["light", "dark"]),
    default="light",
    help="Of the figure. Default: light.",
)
def command(
    name: str, messages: int | None, seed: int | None, lang: str, figure: Path | None, theme: str
) -> None:
    """Start real programs on this machine, measure them, and simulate the same.

    \b
    http         the chapter's server and client: slow, absent, killed
    typescript   the chapter's TypeScript client and the same server (needs Node)
    queue        the chapter's queue: killed in mid-work, and a handler that raises
    mqtt         the three guarantees of a real broker (needs mosquitto and paho)
    redis        a claim sooner than the work is done (needs redis-server and redis)

    All that it starts listens on this machine alone, and is stopped at the end; it takes seconds.
    """  # noqa: D301 - \b is a character here, which keeps the lines apart
    choice("measure", name, tuple(MEASUREMENTS))
    if figure is not None:
        if name not in FIGURES:
            refuse("--figure", str(figure), f"left out: of all, {', '.join(FIGURES)} has a figure")
        check_out(figure, (".svg", ".png"), None, "--figure")
    found = measure(name, Options(seed=seed, messages=messages))
    click.echo("\n\n".join(comparison.table(lang) for comparison in found))
    if figure is not None:
        with atomic(figure) as part:
            draw(name, found, part, language=lang, theme=theme)
