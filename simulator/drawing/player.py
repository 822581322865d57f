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
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from simulator.clock import to_ns
from simulator.drawing.atomic import atomic
from simulator.drawing.journeys import Journey
from simulator.drawing.parts import Part, extent_of, parts_of, row_of, told, usual_ns
from simulator.drawing.selection import choose, names_of
from simulator.drawing.spans import Span
from simulator.drawing.subjects import Subject, Subjects
from simulator.drawing.words import FORMS, Words
from simulator.event import TraceRow
from simulator.languages import LANGUAGES
from simulator.languages.numbers import numbers
from simulator.languages.texts import texts
from simulator.message import Message

Key = TypeVar("Key")

MOST: Final = 100_000
"""Most journeys and notes on a page: with more, a browser takes long to open it."""

LONGEST: Final = 200
"""Characters shown of a message's contents."""

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
    subjects = Subjects(rows)
    trace = _trace(parts, kept, carried, subjects, language=language, ends_ns=(start_ns, end_ns))
    return Player(_page(trace))


def _ended_before(ns: int, rows: Sequence[TraceRow], messages: Container[int]) -> list[Journey]:
    """Return the journeys of some messages that ended before an instant."""
    journeys = (part for part in parts_of(rows) if isinstance(part, Journey))
    return [one for one in journeys if one.ended_ns < ns and one.message in messages]


def _trace(
    parts: Sequence[Part],
    rows: Sequence[TraceRow],
    contents: Mapping[tuple[str, int], Any],
    subjects: Subjects,
    *,
    language: str,
    ends_ns: tuple[int, int],
) -> dict[str, Any]:
    """Return the data of the page, with indices into tables in place of repeated names."""
    nodes, links, fates, events = (_Places[str]() for _ in range(4))
    about = _Places[Subject]()
    for row in rows:
        if row.link:
            links(row.link)
    for name in (*names_of(parts), *(name for link in links for name in link.split("→"))):
        nodes(name)
    return {
        "rows": [
            (
                row.time_ns,
                events(row.event),
                nodes(row.node) if row.node else -1,
                links(row.link) if row.link else -1,
                *row[4:7],
                about(subjects.of(row)) if row.message >= 0 else -1,
            )
            for row in rows
        ],
        "journeys": [
            (
                nodes(part.start),
                nodes(part.end),
                part.message,
                part.attempt,
                part.copy,
                part.sent_ns,
                part.ended_ns,
                fates(part.fate),
                int(part.is_answer),
                about(subjects.of(part)),
            )
            for part in parts
            if isinstance(part, Journey)
        ],
        "spans": [
            (
                events(part.kind),
                nodes(part.row.node),
                part.started_ns,
                part.ended_ns,
                int(part.is_whole),
                about(subjects.of(part)),
            )
            for part in _lasting(parts)
        ],
        "subjects": [astuple(subject) for subject in about],
        "contents": {
            f"{links[link]}:{number}": _shown(content)
            for (link, number), content in contents.items()
            if link in links
        },
        "nodes": list(nodes),
        "links": [[nodes[name] for name in link.split("→")] for link in links],
        "fates": list(fates),
        "events": list(events),
        "usual": usual_ns(parts),
        "decimals": Words(language, usual_ns=usual_ns(parts)).decimals,
        "language": language,
        "words": {one: _words(one) for one in LANGUAGES},
        "start": ends_ns[0],
        "end": ends_ns[1],
    }


def _lasting(parts: Iterable[Part]) -> Iterator[Span]:
    """Yield what is shown at a node for as long as it lasts; going on ends as it begins."""
    for part in parts:
        if isinstance(part, Span):
            if part.takes_time and part.kind != "queued":  # in a queue, places fill
                yield part
        elif isinstance(part, TraceRow) and part.event in {"goes_on", "resumed"}:
            yield Span(part.event, part, part.time_ns, is_whole=True)


def _words(language: str) -> dict[str, Any]:
    """Return all that the page says in a language, and how it writes numbers."""
    said = texts(language)
    forms = {form: said.section(form) for form in (*FORMS, "the labelled", "of labelled")}
    return {**said.section("words"), **forms, "decimal": numbers(language).decimal}


def _page(trace: Mapping[str, Any]) -> str:
    """Fill in the template; the trace last, since its text may contain a mark."""
    style = _read("player.css")
    script = "\n".join(_read(f"{name}.js") for name in SCRIPTS)
    # ASCII, since half a surrogate pair has no UTF-8; no "<", since "</script>" would end it.
    data = json.dumps(trace, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")
    page = _read("player.html")
    for mark, text in {
        "@STYLE-HASH@": _hash(style),
        "@SCRIPT-HASH@": _hash(script),
        "@STYLE@": style,
        "@SCRIPT@": script,
        "@TRACE@": data,
    }.items():
        page = page.replace(mark, text)
    return page


def _read(name: str) -> str:
    return files("simulator.drawing").joinpath("page", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Return the source expression that allows a script or style in a content security policy."""
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()


class _Places(dict[Key, int], Generic[Key]):
    """Indices of keys, in the order of their first use."""

    def __call__(self, key: Key) -> int:
        return self.setdefault(key, len(self))


def _shown(content: Any) -> str:
    if isinstance(content, Message):  # a broker passes on the message that it received
        return _shown(content.data)
    text = content if isinstance(content, str) else repr(content)
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
