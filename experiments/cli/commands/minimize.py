"""The command `pigeon minimize`: from a random run that broke a promise to a short script."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Final, Self

import click

from experiments.cli.languages import in_language
from experiments.cli.options import scenario_of
from experiments.course.broken_promises import CASES, WORKLOAD
from experiments.course.texts import texts
from experiments.figures import svg
from experiments.figures.labels import labels
from experiments.framework.progress import EVERY, Progress, Size
from simulator import Scenario, minimize
from simulator.drawing.atomic import atomic
from simulator.languages.numbers import numbers
from simulator.minimization import Minimum, Program
from simulator.minimization.trials import Step
from simulator.validation import refuse

SEEDS: Final = 100
"""How many seeds are tried by default."""

MESSAGES: Final = 200
"""How many messages a case has by default."""

SCRIPT: Final = "script.toml"
PICTURES: Final = {"diagram.svg": "light", "diagram.dark.svg": "dark"}
OTHERS: Final = ("scenario.toml", "diagram.mmd", "diagram.txt", "player.html", *PICTURES)
"""The names of what is written."""


@click.command("minimize")
@click.argument("what", required=False)
@click.option("--list", "lists", is_flag=True, help="List the cases, and what each asks.")
@click.option(
    "--messages", type=click.IntRange(1), help="How many. Default: 200, or the file's own."
)
@click.option(
    "--seed", type=click.IntRange(0), help="The first to try. Default: 1, or the file's own."
)
@click.option(
    "--search", type=click.IntRange(1), default=SEEDS, help=f"Seeds to try. Default: {SEEDS}."
)
@in_language
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder for the script, the diagrams and the player. Default: none is written.",
)
def command(
    what: str | None,
    lists: bool,
    messages: int | None,
    seed: int | None,
    search: int,
    lang: str,
    out: Path | None,
) -> None:
    """Shrink a random run that broke a promise to the shortest script that still breaks it.

    WHAT is the name of a case (--list shows them), or a scenario in TOML, whose messages and seed
    are its own by default. Seeds are tried in turn until a run breaks its promise. What
    the network did in that run becomes a script, of which all is left out that can be.

    \b
    pigeon minimize deduplication_window
    pigeon minimize visibility_timeout --lang fr --out least
    pigeon minimize story.toml --search 1000

    With --out: script.toml; scenario.toml, where a scenario was minimized; diagram.mmd for Mermaid;
    diagram.svg for light pages, diagram.dark.svg for dark ones, and diagram.txt, their text;
    player.html.
    """  # noqa: D301 - \b is a character here, which keeps the lines apart
    if lists:
        for name in CASES:
            click.echo(f"{name}: {texts(lang)('minimize_questions', name)}")
        return
    if what is None:
        raise ValueError("minimize must be given a case or a scenario in TOML; --list shows cases")
    subject = _subject(what, messages, seed)
    if out is not None:
        _check_out(out)
    with Shrinking() as shrinking:
        minimum = _minimized(subject, messages or MESSAGES, seed, search, shrinking)
    conclusion = texts(lang)("minimize_conclusions", what, default="")
    account = _account_of(minimum, lang, conclusion)
    click.echo(f"{account}\n\n{minimum.script.to_toml()}", nl=False)
    if out is not None:
        names = _write(minimum, out, lang, conclusion, account)
        click.echo(f"minimize: {', '.join(names)}, see {out}/", err=True)


def _check_out(out: Path) -> None:
    """Refuse, before anything is run, a folder where a file of the reader's own would be lost."""
    if (out / SCRIPT).exists():  # of an earlier minimization, which makes room
        return
    for name in OTHERS:
        if (out / name).exists():
            raise ValueError(
                f"--out must be a new folder, or that of an earlier minimization, got '{out}' "
                f"where there is a {name}"
            )


def _subject(what: str, messages: int | None, seed: int | None) -> Scenario | Program:
    """Return what to minimize: a case, or the scenario of a file."""
    if what not in CASES:
        file = Path(what)
        if not file.is_file():
            known = ", ".join(CASES)
            refuse("minimize", what, f"given one of {known}, or a file")
        return scenario_of(file, messages=messages, seed=seed)
    case = CASES[what]
    if isinstance(case, Scenario):
        case = case.replace("messages", messages or MESSAGES)
        case = case.replace("seed", 1 if seed is None else seed)
    return case


def _minimized(
    subject: Scenario | Program,
    messages: int,
    seed: int | None,
    search: int,
    shrinking: Shrinking,
) -> Minimum:
    if isinstance(subject, Scenario):
        return minimize(subject, search=search, progress=shrinking)
    return minimize(
        subject,
        workload=WORKLOAD,
        messages=messages,
        seed=1 if seed is None else seed,
        search=search,
        progress=shrinking,
    )


def _account_of(minimum: Minimum, lang: str, conclusion: str) -> str:
    text, written = texts(lang), numbers(lang)

    def counted(what: str, count: int) -> str:
        ending = {0: "_none", 1: "_one"}.get(count, "")
        return text("minimize", what + ending).format(count=written.count(count))

    def both(messages: int, actions: int) -> str:
        return text("minimize", "and").join(
            (counted("messages", messages), counted("actions", actions))
        )

    found = text("minimize", "found").format(
        seed=minimum.seed,
        before=both(minimum.messages_before, minimum.actions_before),
        least=both(len(minimum.times), len(minimum.script)),
        runs=written.count(minimum.runs),
    )
    apart = labels(lang)("alternative", "apart")
    times = apart.join(f"{written.short(t)} s" for t in minimum.times)
    sent = text("minimize", "sent").format(times=times)
    story = minimum.explain(lang, conclusion=conclusion)
    return f"{found}\n{sent}\n{story}"


def _write(minimum: Minimum, out: Path, lang: str, conclusion: str, account: str) -> list[str]:
    """Write all files, or none; return their names."""
    comment = "".join(f"# {line}\n" for line in account.splitlines())
    title = minimum.explain(lang, conclusion=conclusion).replace("\n", " ")
    story = minimum.trace.describe(language=lang)
    texts = {
        SCRIPT: f"{comment}\n{minimum.script.to_toml()}",
        "diagram.mmd": minimum.to_mermaid(language=lang, conclusion=conclusion),
        "diagram.txt": f"{title} {story}\n",
        "player.html": minimum.play(language=lang).page,
    }
    if minimum.scenario is not None:
        texts["scenario.toml"] = minimum.scenario.to_toml()
    out.mkdir(parents=True, exist_ok=True)
    with ExitStack() as files:
        for name, text in texts.items():
            files.enter_context(atomic(out / name)).write_text(text, encoding="utf-8", newline="\n")
        drawn = None
        for name, theme in PICTURES.items():
            figure = minimum.plot(language=lang, theme=theme, conclusion=conclusion)
            part = files.enter_context(atomic(out / name))
            svg.save(figure, part, title=title, description=story, language=lang, like=drawn)
            drawn = figure
    return sorted([*texts, *PICTURES])


class Shrinking:
    """How far a minimization is: a bar on a terminal, plain lines elsewhere."""

    def __init__(self) -> None:
        """Show nothing yet."""
        self._bar: Progress | None = None
        self._whole = self._done = 0
        self._told = monotonic()

    def __call__(self, step: Step) -> None:
        """Show how much is left."""
        left = step.messages + step.actions
        if self._bar is None:
            self._whole = left
            self._bar = Progress(Size(1, left, "messages and actions"), "minimize")
        done = self._whole - left
        self._bar.advance(0, done - self._done)
        self._done = done
        if monotonic() - self._told >= EVERY and not self._bar.is_bar:
            self._told = monotonic()
            count = numbers("en").count
            left_over = f"messages {count(step.messages)}, actions {count(step.actions)}"
            click.echo(f"minimize: {count(step.runs)} runs, left: {left_over}", err=True)

    def __enter__(self) -> Self:
        """Wait for the first step."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        """Leave the terminal as it was."""
        if self._bar is not None:
            self._bar.__exit__(kind, error, where)
