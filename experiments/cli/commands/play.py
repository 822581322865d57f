"""The command `pigeon play`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from experiments.cli.options import which_scenario
from experiments.cli.tracing import PAGES, check_out, traced, what_is_drawn
from simulator.drawing import player


@click.command("play")
@which_scenario
@click.option(
    "--beside",
    multiple=True,
    metavar="PLACE=VALUE",
    help="Play another run beside it: the same draws, with another value somewhere, written as "
    "for --set; may be given again.",
)
@what_is_drawn
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default="play.html",
    help="The page, .html. Default: play.html.",
)
def command(out: Path, **asked: Any) -> None:
    """Make a page that plays a scenario in the browser: one file, which needs no network.

    FILE is a scenario in TOML, such as the last part of `pigeon show NAME`; without one, twenty
    messages go over a network that loses some, and duplicates others. The page explains its keys; a
    book includes it as `<iframe src="play.html" width="100%" height="500"></iframe>`.

    \b
    pigeon play
    pigeon play story.toml --out story.html --lang fr
    pigeon play --set guarantee=ExactlyOnce --set link.loss=0.4 --messages 100
    pigeon play --set link.loss=0.3 --beside guarantee=ExactlyOnce
    """  # noqa: D301 - \b is a character here, which keeps the lines apart
    check_out(out, PAGES, asked["file"])
    trace, shown = traced("play", few=20, most=player.MOST, **asked)
    click.echo(f"play: open {trace.play(**shown).save(out)} in a browser", err=True)
