"""Sequence diagrams in Mermaid, as in the course's book.

Time runs downwards from event to event: an arrow stands where its copy ends, and its label gives
the instants of sending and arrival. Replies are dashed, a lost copy ends in a cross, a copy still
on its way at the end of the trace has an open head, and notes mark timeouts, suppressed duplicates,
giving up and crashes.

Source: Mermaid, "Sequence diagrams", https://mermaid.js.org/syntax/sequenceDiagram.html
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from textwrap import wrap
from typing import Final

from simulator.drawing.journeys import Journey, usual_ns
from simulator.drawing.selection import choose, names_of, nodes_of
from simulator.drawing.words import Words
from simulator.event import TraceRow

MOST: Final = 200
"""Most arrows and notes in a readable diagram."""

LINE: Final = 60
"""Characters per line of a caption: in Mermaid, a longer one overflows its note."""

STROKES: Final = {"data": "-", "release": "-", "acknowledgement": "--", "refusal": "--"}
HEADS: Final = {"arrived": ">>", "lost": "x", "dropped": "x", "travelling": ")"}
"""The stroke of an arrow, by the kind of its journey, and its head, by the fate."""


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
        messages: Numbers of the messages to show. None: all.
        between: Start and end, in seconds; a journey belongs to the instant at which it ends. None:
            the whole trace.
        language: "en" or "fr".
        caption: Text of a note above the diagram, one sentence per line.
        title: Accessible title, read first by a screen reader. "": none.
        description: Accessible description, for a screen reader. "": none.

    Raises:
        ValueError: If there is nothing to show, or more than `MOST` arrows and notes.
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
        wrapped = [part for line in caption.splitlines() for part in wrap(line, LINE)]
        said = "<br/>".join(map(_escaped, wrapped))
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
    """Escape what Mermaid would interpret: `#35;` is a hash, `$$` is TeX."""
    line = " ".join(text.split())
    return "".join(f"#{ord(letter)};" if letter in '#;<>"%$' else letter for letter in line)
