"""The command `pigeon diagram`."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import click

from experiments.cli.options import which_scenario
from experiments.cli.tracing import check_out, traced, what_is_drawn
from experiments.figures import svg
from simulator.drawing import space_time
from simulator.drawing.atomic import atomic
from simulator.drawing.words import Words
from simulator.trace import Trace

KINDS: Final = (".mmd", ".svg", ".png", ".txt")


@click.command("diagram")
@which_scenario
@what_is_drawn
@click.option(
    "--theme",
    type=click.Choice(["light", "dark"]),
    default="light",
    help="Of the space-time diagram. Default: light.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    multiple=True,
    help="A file: .mmd for the sequence diagram, .svg or .png for the space-time diagram, .txt for "
    "words; may be given again, for several. Default: print the sequence diagram.",
)
def command(theme: str, out: tuple[Path, ...], **asked: Any) -> None:
    """Draw what happens in a scenario: a sequence diagram in Mermaid, a space-time diagram.

    FILE is a scenario in TOML, such as the last part of `pigeon show NAME`; without one, three
    messages go over a network that loses some. Choose a few messages, or a short time: a diagram is
    to be read.

    \b
    pigeon diagram --message 0 --lang fr
    pigeon diagram story.toml --out story.mmd --out story.svg
    pigeon diagram --set guarantee=ExactlyOnce --set "link.delay=Constant(0.15)"
    """  # noqa: D301 - \b is a character here, which keeps the lines apart
    out = tuple(dict.fromkeys(out))
    for path in out:
        check_out(path, KINDS, asked["file"])
    trace, shown = traced("diagram", few=3, most=space_time.MOST, **asked)
    if not out:
        click.echo(trace.to_mermaid(**shown), nl=False)
    with ExitStack() as files:  # all of them, or none
        for path in out:
            _draw(trace, files.enter_context(atomic(path)), theme, shown)


def _draw(trace: Trace, path: Path, theme: str, shown: dict[str, Any]) -> None:
    """Draw a trace into a file, whose ending says how."""
    if path.suffix == ".svg":
        language, text = shown["language"], trace.describe(**shown)
        title, figure = Words(language)("title"), trace.plot(theme=theme, **shown)
        svg.save(figure, path, title=title, description=text, language=language)
    elif path.suffix == ".png":
        trace.plot(theme=theme, **shown).savefig(path, dpi=160)
    else:
        text = (
            trace.to_mermaid(**shown) if path.suffix == ".mmd" else trace.describe(**shown) + "\n"
        )
        path.write_text(text, encoding="utf-8", newline="\n")
