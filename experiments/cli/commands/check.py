"""The command `pigeon check`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import click

from experiments.cli.errors import say
from experiments.cli.languages import in_language
from experiments.labs import LABS, check
from simulator.validation import choice

PAGES: Final = (".html", ".htm")
NOT_A_LAB: Final = 2


@click.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--lab",
    metavar="NAME",
    help=f"By what it is judged: {', '.join(LABS)}. Default: a guarantee's own promises.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for an autograder.")
@in_language
@click.option(
    "--page",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A page that plays the story of what is wrong, .html. Default: none.",
)
@click.pass_context
def command(
    context: click.Context, file: Path, lab: str | None, as_json: bool, lang: str, page: Path | None
) -> None:
    """Judge a guarantee of your own, or the solution of a lab.

    FILE is Python, as `pigeon lab` writes it. Its code goes through every world that a small
    network can make, then through random ones. Exit status: 0 right, 1 wrong, 2 not a lab. The code
    runs with your rights: check no file that you would not run.

    \b
    pigeon check at_least_once.py --lab at_least_once
    pigeon check my_guarantee.py --lang fr --page story.html
    """  # noqa: D301 - \b is a character here, which keeps the lines apart
    if page is not None:
        choice("--page ending", page.suffix, PAGES)
        if not page.parent.is_dir():
            raise ValueError(f"--page must be in a folder that is there, got '{page}'")
        _check_writable(page)
    checked = check(file, lab, language=lang, page=page)
    if as_json:
        click.echo(json.dumps(dict(checked.document), indent=2))
    elif checked.status != NOT_A_LAB:
        click.echo(checked.text, nl=False)
    if checked.status == NOT_A_LAB:
        say(checked.text)
    context.exit(checked.status)


def _check_writable(page: Path) -> None:
    """Refuse a page that cannot be written, before anything is judged."""
    try:
        is_new = not page.exists()
        with page.open("ab"):
            pass
        if is_new:
            page.unlink()
    except OSError as error:
        reason = error.strerror or str(error)
        raise ValueError(f"--page must be a writable file, got '{page}': {reason}") from error
