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
from typing import Any, Final, Protocol

from simulator.clock import to_ns
from simulator.drawing.atomic import atomic
from simulator.drawing.counters import counters_of, counts_of
from simulator.drawing.journeys import Journey
from simulator.drawing.parts import Part, extent_of, parts_of, row_of, told
from simulator.drawing.selection import choose
from simulator.drawing.subjects import Subjects
from simulator.drawing.tables import Tables, spoken
from simulator.drawing.words import Words
from simulator.event import TraceRow
from simulator.languages import LANGUAGES

MOST: Final = 100_000
"""Most journeys and notes on a page: with more, a browser takes long to open it."""

SCRIPTS: Final = ("story", "words", "shapes", "layout", "picture", "beside", "runs", "controls")
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


class Run(Protocol):
    """What a page plays: a trace."""

    @property
    def rows(self) -> Sequence[TraceRow]:
        """The events."""

    @property
    def contents(self) -> Mapping[tuple[str, int], Any]:
        """What messages carry, by link and number."""

    @property
    def titles(self) -> Mapping[str, str]:
        """What stands above it, by language; none, if there are none."""

    @property
    def undecided(self) -> Collection[str]:
        """Ids of the messages whose outcome is open where the events end."""


def play(
    runs: Sequence[Run],
    *,
    messages: Collection[int] | None = None,
    between: tuple[float, float] | None = None,
    language: str = "en",
    title: str | Mapping[str, str] | None = None,
) -> Player:
    """Return a page that plays a run, or several side by side, by one clock.

    Args:
        runs: What it plays.
        messages: Numbers of the messages to play. None: all.
        between: Start and end, in seconds; a journey belongs to the instant at which it ends. None:
            the whole trace.
        language: The first language of the page, "en" or "fr"; its reader can switch to the other.
        title: What stands above the first run in place of its own titles. None: those.

    Raises:
        ValueError: If there is nothing to play, or more than `MOST` journeys and notes.
    """
    Words(language)
    chosen = [
        choose(run.rows, "play", messages=messages, between=between, most=MOST // len(runs))
        for run in runs
    ]
    extents = [extent_of(parts, between) for parts in chosen]
    end_ns = max(end for _, end in extents)
    tables = Tables()
    data: dict[str, Any] = {"rows": [], "journeys": [], "spans": [], "contents": {}, "runs": []}
    for tables.run, (run, parts) in enumerate(zip(runs, chosen, strict=True)):
        _add(run, parts, data, tables, end_ns, everything=messages is None, between=between)
    if title is not None:
        titles = dict.fromkeys(LANGUAGES, title) if isinstance(title, str) else dict(title)
        data["runs"][0]["title"] = titles
    data |= {
        **tables.named(),
        **spoken([part for parts in chosen for part in parts], language),
        "start": min(start for start, _ in extents),
        "end": end_ns,
    }
    return Player(page_of(data))


def _add(
    run: Run,
    parts: list[Part],
    data: dict[str, Any],
    tables: Tables,
    end_ns: int,
    *,
    everything: bool,
    between: tuple[float, float] | None,
) -> None:
    """Add a run to what a page is given."""
    theirs = {row_of(part).message for part in parts} | {-1}
    # Earlier rows are kept: a node may be down since then, and the ledger counts them.
    rows = told(run.rows)
    kept = {
        place: row
        for place, row in enumerate(rows)
        if row.time_ns <= end_ns and (row.message in theirs or (everything and row.event in STATES))
    }
    if between is not None:
        parts = [*_ended_before(to_ns(between[0]), run.rows, theirs), *parts]
    subjects = Subjects(run.rows)
    counters = counters_of(rows)
    places = {place: at for at, place in enumerate(kept, len(data["rows"]))}
    counts = [
        (places[place], counters.index(counter))
        for place, counter in counts_of(rows, run.undecided)
        if place in kept and rows[place].message in theirs and counter in counters
    ]
    tables.name(kept.values(), parts)
    data["rows"] += tables.rows(kept.values(), subjects)
    data["journeys"] += tables.journeys(parts, subjects)
    data["spans"] += tables.spans(parts, subjects)
    carried = {place: content for place, content in run.contents.items() if place[1] in theirs}
    data["contents"] |= tables.contents(carried)
    data["runs"].append({"title": dict(run.titles), "counters": counters, "counts": counts})


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
