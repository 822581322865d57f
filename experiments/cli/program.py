"""The program: its commands, each loaded when it is asked for, and how it ends.

Bad input ends with one line on standard error and exit status 2, never a traceback.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

import click

from experiments.framework.stopping import STOPPING


class LazyGroup(click.Group):
    """Commands that are known by name and short help, and loaded when one is asked for.

    So `--help` answers at once, and imports stand at the top of each command's file.
    """

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the arguments name, and load it."""
        name, found, rest = super().resolve_command(ctx, args)
        return name, found and self.load(str(found.name)), rest

    def load(self, name: str) -> click.Command:
        """Return a command, from the file of its name in `commands/`."""
        command: click.Command = import_module(f"experiments.cli.commands.{name}").command
        return command


COMMANDS = {
    "check": "Judge a student's guarantee, or the solution of a lab.",
    "diagram": "Draw what happens, as a sequence or space-time diagram.",
    "figures": "Draw figures again, from their tables.",
    "kit": "Write the course kit, for an mdBook.",
    "lab": "Write the skeleton of a lab, to begin with.",
    "link": "Make a link of a log of ping, and a tc command line of a link.",
    "list": "List the experiments and their questions.",
    "live": "Run a scenario over real sockets, beside its simulation.",
    "measure": "Measure real programs beside their simulation.",
    "minimize": "Shrink a run that broke a promise to the least.",
    "notebooks": "Copy the chapter's notebooks into a folder of your own.",
    "play": "Make a page that plays a scenario in the browser.",
    "run": "Run experiments, and write their tables and figures.",
    "show": "Show an experiment: question, axes, metrics, base scenario.",
    "simulate": "Run one scenario, and print its metrics.",
    "stories": "Draw the course's stories, in both languages.",
    "worlds": "Go through all that the network could do to a scenario.",
}
"""Each command with its short help."""


@click.group(
    cls=LazyGroup,
    commands={name: click.Command(name, short_help=text) for name, text in COMMANDS.items()},
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="pigeon-sim", prog_name="pigeon")
def pigeon() -> None:
    """Pigeon: message passing over an unreliable network, simulated.

    \b
    pigeon list                                     what can be run
    pigeon run delivery_guarantees --quick          a first look, in seconds
    pigeon run delivery_guarantees                  tables and figures, into results/
    pigeon run retry_policies --set link.loss=0:0.3:0.1
    pigeon figures delivery_guarantees              the figures again, from the tables
    pigeon simulate --messages 100000000            one scenario, as large as you like
    pigeon diagram --message 0 --lang fr            one message's story, for Mermaid
    pigeon play --set link.loss=0.3                 a page that plays a run, in the browser
    pigeon live --play --figure live.svg            real sockets, beside the simulation
    pigeon minimize deduplication_window            the least that breaks a promise
    pigeon worlds --page worlds.html                all that the network could do, and a page of it
    pigeon link ping.log --out link.toml            a link of your own network
    pigeon lab at_least_once                        a task, and a skeleton to begin with
    pigeon check mine.py --lab at_least_once        is it right, in every small world?
    pigeon kit --lang fr --out cours/src/pigeon     pages, figures and a quiz, for an mdBook
    pigeon notebooks --lang fr --out notebooks      the chapter as notebooks, to run and change
    """  # noqa: D301 - \b is a character here, which keeps the lines apart


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the program with arguments, those of the process by default, and exit."""
    if arguments is None:
        STOPPING.answer_signals()
        # On Windows, what is piped is in a code page that lacks the signs of French numbers.
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")
    try:
        status = pigeon.main(arguments, prog_name="pigeon", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        status = error.exit_code
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - a bug is raised again
        from experiments.cli.endings import end  # noqa: PLC0415 - loads the simulator

        status = end(error, sys.argv[1:] if arguments is None else arguments)
    STOPPING.end()
    sys.exit(status or 0)
