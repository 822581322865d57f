"""Sequence diagrams in Mermaid, as the course's book has them.

Time runs downwards from event to event: an arrow stands where its copy ends, and its label says
when it left and when it came. Replies are dashed, what is lost ends in a cross, what is still on
its way when the trace ends has an open head, and notes tell of timeouts, of duplicates that are
suppressed, of giving up, of crashes.

Source: Mermaid, "Sequence diagrams", https://mermaid.js.org/syntax/sequenceDiagram.html
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from textwrap import wrap
from typing import Final

from simulator.drawing.chosen import choose, names_of, nodes_of
from simulator.drawing.journeys import Journey, usual_ns
from simulator.drawing.words import Words
from simulator.event import TraceRow

MOST: Final = 200
"""Arrows and notes that a diagram may have: beyond, nobody reads it."""

LINE: Final = 60
"""Characters a line of a caption: Mermaid would let a longer one run out of its note."""

STROKES: Final = {"data": "-", "release": "-", "acknowledgement": "--", "refusal": "--"}
HEADS: Final = {"arrived": ">>", "lost": "x", "dropped": "x", "travelling": ")"}
"""How a journey is drawn, by its kind and its fate."""


def sequence_diagram(
    rows: Sequence[TraceRow],
    *,
    messages: Collection[int] | None = None,
    between: tuple[float, float] | None = None,
    language: str = "en",
    caption: str = "",
    title: str = "",
    description: str = "",
) -> str:
    """Return the Mermaid text of a sequence diagram.

    Args:
        rows: The events.
        messages: Numbers of the messages to tell of. None: all.
        between: From when to when, in seconds; what travels across an end is told where it ends.
            None: from start to end.
        language: "en" or "fr".
        caption: What to say above all of it, a line a sentence.
        title: What a screen reader says first of it. "": nothing.
        description: What a screen reader says it shows. "": nothing.

    Raises:
        ValueError: If there is nothing to tell, or more than `MOST` arrows and notes.
    """
    Words(language)
    parts = choose(rows, "sequence_diagram", messages=messages, between=between, most=MOST)
    words = Words(language, usual_ns=usual_ns(parts))
    names = names_of(parts)
    aliases = {name: f"n{place}" for place, name in enumerate(names)}
    lines = ["sequenceDiagram"]
    read_aloud = {"accTitle": title, "accDescr": description}
    lines += [f"    {key}: {_escaped(said)}" for key, said in read_aloud.items() if said]
    lines += [f"    participant {aliases[name]} as {_escaped(words.node(name))}" for name in names]
    lines += [""]
    if caption:
        told = [part for line in caption.splitlines() for part in wrap(line, LINE)]
        said = "<br/>".join(map(_escaped, told))
        ends = dict.fromkeys((aliases[names[0]], aliases[names[-1]]))
        lines += [f"    Note over {','.join(ends)}: {said}"]
    lines += [f"    {_line(part, aliases, words)}" for part in parts]
    return "\n".join(lines) + "\n"


def _line(part: Journey | TraceRow, aliases: dict[str, str], words: Words) -> str:
    about = words.message(part.message, part.attempt, part.copy)
    if isinstance(part, Journey):
        said = words(part.kind, about)
        came = words.seconds(part.ended_ns)
        when = f"{words.seconds(part.sent_ns)} → {came}"
        if part.fate != "arrived":
            said = words(part.fate, said)
            when = words.seconds(part.sent_ns) if part.fate == "travelling" else came
        arrow = STROKES[part.kind] + HEADS[part.fate]
        return f"{aliases[part.start]}{arrow}{aliases[part.end]}: {_escaped(said)} ({when} s)"
    if part.message < 0:
        about = "→".join(map(words.node, nodes_of(part)))
    elif part.event in {"gave_up", "completed", "released"}:
        about = words.message(part.message)
    over = ",".join(aliases[name] for name in nodes_of(part))
    said = _escaped(words(part.event, about))
    return f"Note over {over}: {said} ({words.seconds(part.time_ns)} s)"


def _escaped(text: str) -> str:
    """Write what Mermaid would take for its own as it wants it: `#35;` is a hash, `$$` is TeX."""
    told = " ".join(text.split())
    return "".join(f"#{ord(letter)};" if letter in '#;<>"%$' else letter for letter in told)
