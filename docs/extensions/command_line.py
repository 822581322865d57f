"""The directive `command-line`: what `pigeon COMMAND --help` answers, for every command."""

import click
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from experiments.cli.program import pigeon


class CommandLine(SphinxDirective):
    """A section a command, with its help."""

    def run(self) -> list[nodes.Node]:
        """Ask the program itself, each time: the page does not change when the program does."""
        self.env.note_reread()
        settings = pigeon.context_settings | {"max_content_width": 88}
        top = click.Context(pigeon, info_name="pigeon", **settings)
        return [
            _help(pigeon, top),
            *(
                _section(name, click.Context(pigeon.load(name), parent=top, info_name=name))
                for name in sorted(pigeon.commands)
            ),
        ]


def _section(name: str, context: click.Context) -> nodes.section:
    section = nodes.section(ids=[f"pigeon-{name}"])
    section += nodes.title("", "", nodes.literal("", f"pigeon {name}"))
    section += _help(context.command, context)
    return section


def _help(command: click.Command, context: click.Context) -> nodes.literal_block:
    text = command.get_help(context)
    return nodes.literal_block(text, text, language="text")


def setup(app: Sphinx) -> dict[str, bool | int]:
    """Add the directive."""
    app.add_directive("command-line", CommandLine)
    # A version of its own: pages that were read before this one's time are read again.
    return {"env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
