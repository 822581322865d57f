"""Sequence diagrams in Mermaid, as in the course's book.

Time runs downwards from event to event: an arrow stands where its copy ends, and its label gives
the instants of sending and arrival. Replies are dashed, a lost copy ends in a cross where it would
have arrived, a copy still on its way at the end of the trace has an open head. Notes mark what
happens at a node: waiting and handling with their start and end, timeouts, giving up, crashes.

Source: Mermaid, "Sequence diagrams", https://mermaid.js.org/syntax/sequenceDiagram.html
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from textwrap import wrap
from typing import Final

from simulator.drawing.journeys import ONWARD, Journey
from simulator.drawing.parts import Part, end_of, start_of, usual_ns
from simulator.drawing.selection import choose, names_of, nodes_of
from simulator.drawing.spans import Span
from simulator.drawing.subjects import Subject, Subjects
from simulator.drawing.words import Words, capital
from simulator.event import TraceRow

MOST: Final = 200
"""Most arrows and notes in a readable diagram."""

LINE: Final = 60
"""Characters per line of a caption: in Mermaid, a longer one overflows its note."""

HEADS: Final = {"arrived": ">>", "lost": "x", "dropped": "x", "travelling": ")"}
"""The head of an arrow, by the fate of its journey."""


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
    subjects = Subjects(rows)
    lines += [f"    {_line(part, subjects.of(part), aliases, words)}" for part in parts]
    return "\n".join(lines) + "\n"


def _line(part: Part, subject: Subject, aliases: dict[str, str], words: Words) -> str:
    over = [aliases[name] for name in nodes_of(part)]
    if isinstance(part, Journey):
        onward = "-" if part.kind in ONWARD else "--"
        where = f"{over[0]}{onward}{HEADS[part.fate]}{over[1]}"
        said = words.say("arrow" if part.fate == "arrived" else part.fate, subject)
    elif isinstance(part, TraceRow) and part.message < 0:
        where = f"Note over {','.join(over)}"
        said = words(part.event, "→".join(map(words.node, nodes_of(part))))
    else:
        where = f"Note over {','.join(over)}"
        said = words.say(part.event, subject)
    return f"{where}: {_escaped(capital(said))} ({_times(part, words)})"


def _times(part: Part, words: Words) -> str:
    """Return the instants of a part, without an end where the trace has none."""
    start, end = (words.seconds(when(part)) for when in (start_of, end_of))
    if isinstance(part, Journey) and part.fate in {"lost", "travelling"}:
        return f"{start} s → …"
    if isinstance(part, Span) and part.ended_ns is None:
        return f"{start} s → …"
    return f"{start} s" if start_of(part) == end_of(part) else f"{start} → {end} s"


def _escaped(text: str) -> str:
    """Escape what Mermaid would interpret: `#35;` is a hash, `$$` is TeX."""
    line = " ".join(text.split())
    return "".join(f"#{ord(letter)};" if letter in '#;<>"%$' else letter for letter in line)
