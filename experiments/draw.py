"""The commands that draw: `pigeon diagram`, `pigeon stories` and `pigeon figures`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from experiments.options import scenario_of, tell_missed, which_scenario


@click.command()
@which_scenario
@click.option("--message", "chosen", type=click.IntRange(0), multiple=True, help="Only this one.")
@click.option("--between", type=float, nargs=2, help="From when to when, in seconds.")
@click.option("--lang", type=click.Choice(["en", "fr"]), default="en", help="Default: en.")
@click.option(
    "--theme",
    type=click.Choice(["light", "dark"]),
    default="light",
    help="Of a picture. Default: light.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file: .mmd for Mermaid, .svg or .png for a space-time diagram, .txt for words. "
    "Default: print Mermaid.",
)
def diagram(
    file: Path | None,
    messages: int | None,
    seed: int | None,
    chosen: tuple[int, ...],
    between: tuple[float, float] | None,
    lang: str,
    theme: str,
    out: Path | None,
) -> None:
    """Draw what happens in a scenario: a sequence diagram in Mermaid, or a space-time diagram.

    FILE is a scenario in TOML, as `pigeon show` prints them; without one, the default scenario is
    run, with three messages. Choose a few messages, or a short time: a diagram is to be read.
    """
    from simulator import simulate

    few = 3 if file is None and messages is None else messages
    scenario = scenario_of(file, messages=few, seed=seed)
    outcome = simulate(scenario, trace=True)
    tell_missed(outcome)
    trace = outcome.trace
    assert trace is not None  # noqa: S101 - it was asked for
    told: dict[str, Any] = {"messages": chosen or None, "between": between, "language": lang}
    kind = "" if out is None else out.suffix
    if out is None:
        click.echo(trace.to_mermaid(**told), nl=False)
    elif kind in {".svg", ".png"}:
        from experiments import svg
        from simulator.drawing.words import Words

        figure = trace.plot(theme=theme, **told)
        if kind == ".png":
            figure.savefig(out, dpi=160)
        else:
            title, description = Words(lang)("title"), trace.describe(**told)
            svg.save(figure, out, title=title, description=description, language=lang)
    else:
        text = trace.describe(**told) + "\n" if kind == ".txt" else trace.to_mermaid(**told)
        out.write_text(text, encoding="utf-8")


@click.command()
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


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--all", "everything", is_flag=True, help="Those of every experiment that was run.")
@click.option("--lang", type=click.Choice(["en", "fr"]), help="One language only. Default: both.")
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

    if everything == bool(names):
        raise ValueError("figures must be given names, or --all; `pigeon list` shows the names")
    found = [name for name in catalogue.names() if (results / name / "manifest.json").exists()]
    if everything and not found:
        raise ValueError(f"--results must hold tables, got '{results}': `pigeon run` makes them")
    for name in names:
        catalogue.load(name)
        published.manifest_of(results / name)
    for name in found if everything else names:
        folder = published.redraw(name, results, (lang,) if lang else ("en", "fr"))
        click.echo(f"{name}: drawn, see {folder}/figures/", err=True)
