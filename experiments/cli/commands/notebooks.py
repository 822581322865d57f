"""The command `pigeon notebooks`."""

from __future__ import annotations

from pathlib import Path

import click

from experiments.framework.published import published
from simulator.drawing.atomic import atomic
from simulator.languages import LANGUAGES


@click.command("notebooks")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder to copy them into. None that is there already, and was changed, is replaced.",
)
@click.option("--lang", type=click.Choice(LANGUAGES), help="Those of one language. Default: both.")
def command(out: Path, lang: str | None) -> None:
    """Copy the chapter's notebooks into a folder, to run and to change.

    They need Jupyter and nothing else that Pigeon does not bring with it:

    \b
    pip install "pigeon-sim[notebooks,lab]"
    pigeon notebooks --lang fr --out notebooks
    jupyter lab notebooks
    """  # noqa: D301 - \b is a character here, which keeps the lines apart
    found = sorted(published("notebooks").glob(f"*.{lang or '*'}.ipynb"))
    copies = {out / path.name: path.read_bytes() for path in found}
    for copy, content in copies.items():
        if copy.exists() and copy.read_bytes() != content:
            raise ValueError(
                f"--out must be a folder where no notebook was changed, got '{out}' where "
                f"{copy.name} was: name a new one, or move it"
            )
    out.mkdir(parents=True, exist_ok=True)
    for copy, content in copies.items():
        with atomic(copy) as part:
            part.write_bytes(content)
    click.echo(f"notebooks: {len(copies)} in {out}/; open them: jupyter lab {out}", err=True)
