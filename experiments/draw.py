"""The commands that draw: `pigeon diagram`, `play`, `stories` and `figures`."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from experiments.options import scenario_of, tell_missed, which_scenario

if TYPE_CHECKING:
    from simulator.trace import Trace

Command = TypeVar("Command", bound=Callable[..., Any])
KINDS: Final = (".mmd", ".svg", ".png", ".txt")
PAGES: Final = (".html", ".htm")


def what_is_drawn(command: Command) -> Command:
    """Add what says which messages or time to draw, and in which language."""
    options = (
        click.option(
            "--message",
            "chosen",
            type=click.IntRange(0),
            multiple=True,
            help="Only the message of this number, from 0; may be given again, for several.",
        ),
        click.option(
            "--between",
            type=float,
            nargs=2,
            metavar="START END",
            help="Only from when to when, in seconds.",
        ),
        click.option("--lang", type=click.Choice(["en", "fr"]), default="en", help="Default: en."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command(short_help="Draw what happens, as a sequence or space-time diagram.")
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
def diagram(theme: str, out: tuple[Path, ...], **asked: Any) -> None:
    """Draw what happens in a scenario: a sequence diagram in Mermaid, a space-time diagram.

    FILE is a scenario in TOML, such as the last part of `pigeon show NAME`; without one, three
    messages go over a network that loses some. Choose a few messages, or a short time: a diagram is
    to be read.

    \b
    pigeon diagram --message 0 --lang fr
    pigeon diagram story.toml --out story.mmd --out story.svg
    pigeon diagram --set guarantee=ExactlyOnce --set "link.delay=Constant(0.15)"
    """  # noqa: D301 - \b is a character here, which keeps the lines apart
    from simulator.drawing import space_time
    from simulator.drawing.whole import whole

    out = tuple(dict.fromkeys(out))
    for path in out:
        _check_out(path, KINDS, asked["file"])
    trace, told = _traced("diagram", few=3, most=space_time.MOST, **asked)
    if not out:
        click.echo(trace.to_mermaid(**told), nl=False)
    with ExitStack() as files:  # all of them, or none
        for path in out:
            _draw(trace, files.enter_context(whole(path)), theme, told)


@click.command(short_help="Make a page that plays a scenario in the browser.")
@which_scenario
@what_is_drawn
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default="play.html",
    help="The page, .html. Default: play.html.",
)
def play(out: Path, **asked: Any) -> None:
    """Make a page that plays a scenario in the browser: one file, which needs no network.

    FILE is a scenario in TOML, such as the last part of `pigeon show NAME`; without one, twenty
    messages go over a network that loses some, and duplicates others. The page explains its keys; a
    book includes it as `<iframe src="play.html" width="100%" height="500"></iframe>`.

    \b
    pigeon play
    pigeon play story.toml --out story.html --lang fr
    pigeon play --set guarantee=ExactlyOnce --set link.loss=0.4 --messages 100
    """  # noqa: D301 - \b is a character here, which keeps the lines apart
    from simulator.drawing import player

    _check_out(out, PAGES, asked["file"])
    trace, told = _traced("play", few=20, most=player.MOST, **asked)
    click.echo(f"play: open {trace.play(**told).save(out)} in a browser", err=True)


def _check_out(out: Path, kinds: Collection[str], file: Path | None) -> None:
    """Refuse a file whose ending says not what is in it, and the scenario that is read."""
    from simulator.validation import choice

    choice("--out ending", out.suffix, kinds)
    if file is not None and out.exists() and out.samefile(file):
        raise ValueError(f"--out must be another file than the scenario's own, got '{out}'")


def _traced(
    what: str,
    *,
    few: int,
    most: int,
    chosen: tuple[int, ...],
    between: tuple[float, float] | None,
    lang: str,
    **which: Any,
) -> tuple[Trace, dict[str, Any]]:
    """Run a scenario, traced: that of a file, or a few messages over a network with faults.

    What could not be drawn for sure is refused before it is run.

    Returns:
        Its trace, and what to tell of it.
    """
    from simulator import Exponential, Link, Scenario, simulate
    from simulator.validation import refuse

    link = Link(delay=Exponential(mean=0.05), loss=0.2, duplicate=0.1)
    base = Scenario(link=link, messages=few, seed=1)
    scenario = scenario_of(base=base, **which)
    for message in chosen:
        if message >= scenario.messages:
            there = f"0 to {scenario.messages - 1}"
            refuse(f"{what}.messages", message, f"numbers of messages that the run has ({there})")
    everything = not chosen and between is None and scenario.adversary is None
    if everything and scenario.expected_messages > 2 * most:  # each gives one thing to draw or more
        choose_by = "choose with --message or --between, or have fewer"
        refuse("--messages", scenario.messages, f"such that {most} things are drawn: {choose_by}")
    outcome = simulate(scenario, trace=True)
    tell_missed(outcome)
    assert outcome.trace is not None  # noqa: S101 - it was asked for
    return outcome.trace, {"messages": chosen or None, "between": between, "language": lang}


def _draw(trace: Trace, path: Path, theme: str, told: dict[str, Any]) -> None:
    """Draw a trace into a file, whose ending says how."""
    from experiments import svg
    from simulator.drawing.words import Words

    if path.suffix == ".svg":
        language, text = told["language"], trace.describe(**told)
        title, figure = Words(language)("title"), trace.plot(theme=theme, **told)
        svg.save(figure, path, title=title, description=text, language=language)
    elif path.suffix == ".png":
        trace.plot(theme=theme, **told).savefig(path, dpi=160)
    else:
        text = trace.to_mermaid(**told) if path.suffix == ".mmd" else trace.describe(**told) + "\n"
        path.write_text(text, encoding="utf-8", newline="\n")


@click.command(short_help="Draw the course's stories, in both languages.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default="results/diagrams",
    help="Folder. Default: results/diagrams.",
)
@click.option("--lang", type=click.Choice(["en", "fr"]), help="One language only. Default: both.")
def stories(out: Path, lang: str | None) -> None:
    """Draw the course's stories: what happens to a message, one way or another.

    Each is a file for Mermaid (.mmd), to include in a book, a space-time diagram for light pages
    (.svg) and for dark ones (.dark.svg), and the story in words (.txt).
    """
    from experiments.stories import write

    files = [
        file for language in ((lang,) if lang else ("en", "fr")) for file in write(out, language)
    ]
    click.echo(f"stories: {len(files)} files, see {out}/", err=True)


@click.command(short_help="Draw figures again, from their tables.")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--all", "everything", is_flag=True, help="Those of every experiment that was run.")
@click.option("--lang", type=click.Choice(["en", "fr"]), help="Those of one. Default: both.")
@click.option(
    "--results",
    type=click.Path(file_okay=False, path_type=Path),
    default="results",
    help="Folder of the results. Default: results.",
)
def figures(names: tuple[str, ...], everything: bool, lang: str | None, results: Path) -> None:
    """Draw figures again, from the tables that `pigeon run` wrote; nothing is computed.

    Each is drawn for light and for dark pages, with its alternative text beside it.
    """
    from experiments import catalogue, published
    from simulator.drawing.staging import clear_leftovers

    if everything == bool(names):
        raise ValueError("figures must be given names, or --all; `pigeon list` shows the names")
    clear_leftovers(results)
    found = [name for name in catalogue.names() if (results / name / "manifest.json").exists()]
    if everything and not found:
        raise ValueError(f"--results must hold tables, got '{results}': `pigeon run` makes them")
    for name in names:
        catalogue.load(name)
        published.manifest_of(results / name)
    for name in found if everything else names:
        folder = published.redraw(name, results, (lang,) if lang else ("en", "fr"))
        click.echo(f"{name}: drawn, see {folder}/figures/", err=True)
