"""The player: a page that plays a trace, with nothing beside it and no network.

Data, acknowledgements, releases and refusals differ by shape as well as by colour; what is lost
falls; queues fill, nodes crash. The page holds the events; the code that plays them stands in
`player.html`. What a message carries is shown as text: markup in it does nothing.
"""

from __future__ import annotations

import html
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simulator.drawing.chosen import choose, names_of
from simulator.drawing.journeys import Journey
from simulator.drawing.words import WORDS, Words

if TYPE_CHECKING:
    from simulator.trace import TraceRow

MOST: Final = 100_000
"""Journeys and notes that a page may play: beyond, a browser takes long to open it."""

LONGEST: Final = 200
"""Characters of a message's contents that are shown."""


@dataclass(frozen=True, slots=True)
class Player:
    """A page that plays a trace. A notebook shows it; `save` keeps it.

    Attributes:
        page: The page, in HTML, whole.
    """

    page: str

    def save(self, path: str | Path) -> Path:
        """Write the page to a file, and return its path.

        A book includes it as `<iframe src="play.html"></iframe>`;
        `play.html#lang=fr&theme=dark&t=0.4` opens it in French, dark, at 0.4 s.
        """
        path = Path(path)
        path.write_text(self.page, encoding="utf-8")
        return path

    def _repr_html_(self) -> str:
        frame = 'width="100%" height="760" style="border: 0" sandbox="allow-scripts"'
        return f'<iframe {frame} srcdoc="{html.escape(self.page)}"></iframe>'

    def __repr__(self) -> str:
        """Say what it is, not all of it."""
        return f"Player({len(self.page)} characters; save(path) keeps it)"


def play(
    rows: Sequence[TraceRow],
    contents: Mapping[tuple[str, int], Any],
    *,
    messages: Collection[int] | None = None,
    between: tuple[float, float] | None = None,
    language: str = "en",
) -> Player:
    """Return a page that plays events.

    Args:
        rows: The events.
        contents: What messages carry, by link and number.
        messages: Numbers of the messages to play. None: all.
        between: From when to when, in seconds; what travels across an end is told where it ends.
            None: from start to end.
        language: "en" or "fr": what the page speaks first; it can be turned to the other.

    Raises:
        ValueError: If there is nothing to play, or more than `MOST` journeys and notes.
    """
    Words(language)
    parts = choose(rows, "play", messages=messages, between=between, most=MOST)
    journeys = [part for part in parts if isinstance(part, Journey)]
    names = names_of(parts)
    start_ns = min(part.sent_ns if isinstance(part, Journey) else part.time_ns for part in parts)
    end_ns = max(part.ended_ns if isinstance(part, Journey) else part.time_ns for part in parts)
    played = [
        row
        for row in rows
        if start_ns <= row.time_ns <= end_ns
        and (messages is None or row.message in (*messages, -1))
    ]
    links = list(dict.fromkeys(row.link for row in played if row.link))
    names = list(dict.fromkeys((*names, *(name for link in links for name in link.split("→")))))
    nodes, kinds, fates, events = (_Places() for _ in range(4))
    for name in names:
        nodes(name)
    trace = {
        "language": language,
        "words": WORDS,
        "start": start_ns,
        "end": end_ns,
        "links": [[nodes(name) for name in link.split("→")] for link in links],
        "rows": [
            (
                row.time_ns,
                events(row.event),
                nodes(row.node) if row.node else -1,
                links.index(row.link) if row.link else -1,
                *row[4:],
            )
            for row in played
        ],
        "journeys": [
            (
                kinds(one.kind),
                nodes(one.start),
                nodes(one.end),
                one.message,
                one.attempt,
                one.copy,
                one.sent_ns,
                one.ended_ns,
                fates(one.fate),
            )
            for one in journeys
        ],
        "contents": {
            f"{links.index(link)}:{number}": _shown(content)
            for (link, number), content in contents.items()
            if link in links and (messages is None or number in messages)
        },
        "nodes": list(nodes),
        "kinds": list(kinds),
        "fates": list(fates),
        "events": list(events),
    }
    data = json.dumps(trace, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    template = files("simulator.drawing").joinpath("player.html").read_text(encoding="utf-8")
    return Player(template.replace("@TRACE@", data))


class _Places(dict[str, int]):
    """Names, each with its place: the page has places in tables where names would repeat."""

    def __call__(self, name: str) -> int:
        return self.setdefault(name, len(self))


def _shown(content: Any) -> str:
    text = content if isinstance(content, str) else repr(content)
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
