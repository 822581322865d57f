"""The player: a self-contained page that plays a trace, offline.

Data, replies, acknowledgements, releases and refusals differ by shape as well as by color; lost
copies fall, queues fill, handlers work, callers wait, nodes crash. The page holds the events; the
code that plays them is in `page/`. The contents of a message are shown as text: markup in them has
no effect, and the page's content security policy lets no script run but its own.
"""

from __future__ import annotations

import html
import json
from base64 import b64encode
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from simulator.clock import to_ns
from simulator.drawing.atomic import atomic
from simulator.drawing.journeys import Journey
from simulator.drawing.parts import extent_of, parts_of, row_of, told
from simulator.drawing.selection import choose
from simulator.drawing.subjects import Subjects
from simulator.drawing.tables import Tables, spoken
from simulator.drawing.words import Words
from simulator.event import TraceRow

MOST: Final = 100_000
"""Most journeys and notes on a page: with more, a browser takes long to open it."""

SCRIPTS: Final = ("story", "words", "shapes", "picture", "beside", "controls")
STATES: Final = {"enqueued", "dequeued", "redelivered", "dead_lettered", "expired", "dropped"}
"""Events that change what waits in a queue, kept whichever messages are played."""


@dataclass(frozen=True, slots=True)
class Player:
    """A page that plays a trace. A notebook shows it; `save` keeps it.

    Attributes:
        page: The complete page, in HTML.
    """

    page: str

    def save(self, path: str | Path) -> Path:
        """Write the page to a file, atomically, and return its path.

        A book includes it as `<iframe src="play.html"></iframe>`;
        `play.html#lang=fr&theme=dark&t=0.4` opens it in French, dark, at 0.4 s.
        """
        path = Path(path)
        with atomic(path) as part:
            part.write_text(self.page, encoding="utf-8", newline="\n")
        return path

    def _repr_html_(self) -> str:
        looks = 'width="100%" height="620" style="border: 0"'
        frame = f'title="Pigeon" {looks} sandbox="allow-scripts"'
        return f'<iframe {frame} srcdoc="{html.escape(self.page)}"></iframe>'

    def __repr__(self) -> str:
        """Name the type and the length, without the page itself."""
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
        between: Start and end, in seconds; a journey belongs to the instant at which it ends. None:
            the whole trace.
        language: The first language of the page, "en" or "fr"; its reader can switch to the other.

    Raises:
        ValueError: If there is nothing to play, or more than `MOST` journeys and notes.
    """
    Words(language)
    parts = choose(rows, "play", messages=messages, between=between, most=MOST)
    start_ns, end_ns = extent_of(parts, between)
    theirs = {row_of(part).message for part in parts} | {-1}
    # Earlier rows are kept: a node may be down since then, and the ledger counts them.
    kept = [
        row
        for row in told(rows)
        if row.time_ns <= end_ns
        and (row.message in theirs or (messages is None and row.event in STATES))
    ]
    if between is not None:
        parts = [*_ended_before(to_ns(between[0]), rows, theirs), *parts]
    carried = {place: content for place, content in contents.items() if place[1] in theirs}
    tables, subjects = Tables(), Subjects(rows)
    tables.name(kept, parts)
    data = {
        "rows": tables.rows(kept, subjects),
        "journeys": tables.journeys(parts, subjects),
        "spans": tables.spans(parts, subjects),
        "contents": tables.contents(carried),
        **tables.named(),
        **spoken(parts, language),
        "start": start_ns,
        "end": end_ns,
    }
    return Player(page_of(data))


def _ended_before(ns: int, rows: Sequence[TraceRow], messages: Container[int]) -> list[Journey]:
    """Return the journeys of some messages that ended before an instant."""
    journeys = (part for part in parts_of(rows) if isinstance(part, Journey))
    return [one for one in journeys if one.ended_ns < ns and one.message in messages]


def page_of(
    data: Mapping[str, Any], *, scripts: Sequence[str] = (), styles: Sequence[str] = ()
) -> str:
    """Return the page of a player.

    Args:
        data: What it plays.
        scripts: Names of those that it has beside a player's.
        styles: Likewise.
    """
    style = "\n".join(_read(f"{name}.css") for name in ("player", *styles))
    script = "\n".join(_read(f"{name}.js") for name in (*SCRIPTS, *scripts))
    # ASCII, since half a surrogate pair has no UTF-8; no "<", since "</script>" would end it.
    text = json.dumps(data, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")
    page = _read("player.html")
    # The data last, since their text may contain a mark.
    for mark, filling in {
        "@STYLE-HASH@": _hash(style),
        "@SCRIPT-HASH@": _hash(script),
        "@STYLE@": style,
        "@SCRIPT@": script,
        "@TRACE@": text,
    }.items():
        page = page.replace(mark, filling)
    return page


def _read(name: str) -> str:
    return files("simulator.drawing").joinpath("page", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Return the source expression that allows a script or style in a content security policy."""
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()
