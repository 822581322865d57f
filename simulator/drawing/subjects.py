"""Subjects: what a part of a trace is about, and the label that tells its story from the others.

A story that is alone in its trace needs no number: the request, its reply. Several are numbered as
their senders number them; where two senders use one number, and where a result or a reply comes
back by itself, the label is the identifier: it correlates them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from simulator.drawing.journeys import END, Journey, reverse
from simulator.drawing.parts import Part
from simulator.drawing.spans import Span, data_link
from simulator.event import TraceRow

OF_DATA: Final = {"created", "sent", "handed_over", "enqueued"}
"""Events that tell the kind of a message's data."""

ANSWERS: Final = {"acknowledgement", "refusal", "reply"}
"""Kinds of answers to data; what a reply queue receives is data, and a reply too."""

UNDER_WAY: Final = END | {"duplicated"}
"""Events of a copy on the link that it takes, which for an answer is the link back."""

OF_MESSAGES: Final = {"gave_up", "completed", "released", "created", "enqueued", "goes_on"}
"""Events of a message, not of its answer nor of one of its attempts."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a part is about.

    Attributes:
        kind: What it is, as in a trace.
        data: The kind of the data that it is, or is an answer to.
        label: The label of its story; "" if that is alone.
        is_correlated: Whether the label is a correlation identifier.
        attempt: Which sending; 0 or 1 need no mention.
        copy: Whether the network made it: 1, else 0.
        delivery: Which delivery by a broker; 0 or 1 need no mention.
    """

    kind: str
    data: str
    label: str
    is_correlated: bool = False
    attempt: int = 0
    copy: int = 0
    delivery: int = 0


class Subjects:
    """The subjects of a trace."""

    def __init__(self, rows: Iterable[TraceRow]) -> None:
        """Look through all events of a trace, also those that a picture leaves out."""
        self._data: dict[tuple[str, int], str] = {}
        self._correlated: set[str] = set()
        opening: dict[str, str] = {}
        for row in rows:
            if row.message < 0:
                continue
            opening.setdefault(row.story, row.kind)
            if row.event == "created" and row.kind in {"reply", "result"}:
                self._correlated.add(row.story)
            if row.event in OF_DATA:
                self._data.setdefault((row.link, row.message), row.kind)
        numbers = Counter(_number(story) for story in opening)
        self._labels = {
            story: self._label(story, kind, len(opening), numbers[_number(story)])
            for story, kind in opening.items()
        }

    def _label(self, story: str, kind: str, stories: int, namesakes: int) -> str:
        if story in self._correlated or namesakes > 1:
            return story
        return "" if stories == 1 and kind != "message" else _number(story)

    def of(self, part: Part) -> Subject:
        """Return what a part is about."""
        row = part.row if isinstance(part, Span) else part
        data = self._data.get((self._link(row), row.message), row.kind)
        is_whole = isinstance(row, TraceRow) and row.event in OF_MESSAGES
        kind = data if is_whole else row.kind
        # A broker counts deliveries, not attempts: it sends each delivery once.
        attempt = 0 if is_whole or row.delivery else row.attempt
        copy = 0 if is_whole else row.copy
        label = self._labels.get(row.story, "")
        is_correlated = data in {"reply", "result"} and row.story in self._correlated
        return Subject(kind, data, label, is_correlated, attempt, copy, row.delivery)

    def _link(self, row: Journey | TraceRow) -> str:
        """Return the link that the data of a message take."""
        if isinstance(row, Journey):
            return row.link
        is_data = row.kind == "reply" and self._data.get((row.link, row.message)) == "reply"
        if row.event in UNDER_WAY and row.kind in ANSWERS and not is_data:
            return reverse(row.link)
        return data_link(row)


def _number(story: str) -> str:
    return story.rpartition("-")[2]
