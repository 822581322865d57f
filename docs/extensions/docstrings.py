"""Docstrings, written to be read in the source, made ready for Sphinx.

- An indented sketch becomes a literal block.
- A source's title that goes on in a second line stays one paragraph.
- A default that is made anew each time is shown as what it makes, not as `<factory>`.
- A type or `name` links to where it is documented, under whichever name that is.
"""

import dataclasses
import re
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.nodes import make_refnode

OUTSIDE = re.compile(
    r"(np|npt|numpy|pd|pandas|simpy|matplotlib|collections|fractions|pathlib|types|typing)\.|ndarray$|ArrayLike$"
)
"""Libraries with a documentation of their own, elsewhere: their names are shown, without a link."""


UNREADABLE = {
    "ndarray": r"~?(numpy\.)?ndarray\[tuple\[[\w.~]*Any, \.\.\.\], [\w.~]*dtype\[[\w.~]*\]\]",
    "ArrayLike": r"[\w.~]*_Buffer \|[^=]*?_NestedSequence\[complex \| bytes \| str\]",
    r"\1": r"<function (\w+)>",
}
"""What signatures say at length, and how they say it here."""

COLON = "\ue000"
"""Stands for a colon while napoleon looks, which takes what comes before one for a type."""


def tidy(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Make the text of a docstring ready."""
    text = "\n".join(lines)
    if what in {"attribute", "data", "property"}:
        first, *rest = text.split("\n", 1)
        text = "\n".join([first.replace(":", COLON), *rest])
        # After which napoleon looks no further.
        text = re.sub(r"(?m)^Raises:\n +(\w+): ", r":raises \1: ", text)
    text = re.sub(r"(?ms)^Returns:\n.*?(?=^\S|\Z)", _keep_colons, text)
    text = re.sub(r"(?m)^(Sources?:.*)((?:\n +\S.*)+)", _one_paragraph, text)
    text = re.sub(r"(?m)^(Sources?):", r"*\1:*", text)
    text = re.sub(r"(?m)^(?=\S)(.*[^:\n]|.*:)\n\n(?= {4}\S)(?! +[-*>])", r"\1\n\n::\n\n", text)
    lines[:] = text.split("\n")


def _keep_colons(match: re.Match[str]) -> str:
    first, rest = match.group().split("\n", 1)
    return f"{first}\n{rest.replace(':', COLON)}"


def give_colons_back(
    app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]
) -> None:
    """Undo what `tidy` did for napoleon's sake."""
    lines[:] = [line.replace(COLON, ":") for line in lines]


def _one_paragraph(match: re.Match[str]) -> str:
    return " ".join(match.group().split())


def say_defaults(
    app: Sphinx,
    what: str,
    name: str,
    obj: Any,
    options: Any,
    signature: str | None,
    returns: str | None,
) -> tuple[str | None, str | None]:
    """Show what the fields of a dataclass are by default, arrays as arrays, and no `-> None`."""
    if signature is None:
        return None, None
    for words, pattern in UNREADABLE.items():
        signature = re.sub(pattern, words, signature)
        returns = None if returns in {None, "None"} else re.sub(pattern, words, returns)
    if what == "class" and dataclasses.is_dataclass(obj):
        for field in dataclasses.fields(obj):
            if field.default_factory is not dataclasses.MISSING:
                made = _shown(field.default_factory())
                signature = re.sub(rf"\b({field.name}: [^=]*= )<factory>", rf"\1{made}", signature)
    return signature, returns


def _shown(value: Any) -> str:
    kind = type(value)
    try:
        is_plain = kind.__module__ != "builtins" and value == kind()
    except TypeError:  # it cannot be made without arguments
        is_plain = False
    return f"{kind.__name__}()" if is_plain else repr(value)


def find(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, content: nodes.TextElement
) -> nodes.Node | None:
    """Find what a name means, wherever it is documented; leave alone what is not ours."""
    if node["refdomain"] != "py":
        return None
    target = node["reftarget"]
    last = target.rpartition(".")[2]
    last = "Node" if last == "Peer" else last  # of which every node is one
    places = {
        (entry.docname, entry.node_id)
        for name, entry in env.domains["py"].objects.items()
        if name.rpartition(".")[2] == last and not entry.aliased
    }
    if len(places) == 1:
        [(page, anchor)] = places
        return make_refnode(app.builder, node["refdoc"], page, anchor, content, last)
    if node["reftype"] == "obj" or OUTSIDE.match(target) or _is_variable(last):
        return content
    return None


def _is_variable(name: str) -> bool:
    """Tell whether a name stands for any type, or for a function that only the command line has."""
    return name in {"Draw", "HandlerFunction", "Search"}


def setup(app: Sphinx) -> dict[str, bool]:
    """Take part where docstrings are read, and where names are looked up."""
    app.connect("autodoc-process-docstring", tidy, priority=400)  # before napoleon
    app.connect("autodoc-process-docstring", give_colons_back, priority=600)  # after it
    app.connect("autodoc-process-signature", say_defaults)
    app.connect("missing-reference", find)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
