"""The trace: what happened in a run, one row an event, in the order in which it happened.

While a network runs, the values of each event are added to a log, as little work as can be. Rows
are made of them when they are read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from simulator.drawing import (
    Player,
    describe,
    narrate,
    play,
    sequence_diagram,
    space_time_diagram,
)
from simulator.event import NO_MESSAGE, TraceRow
from simulator.validation import refuse

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    import pandas as pd
    from matplotlib.figure import Figure

    from simulator.message import Message

VALUES: Final = 8
"""Values of an event in the log: time_ns, event, node, link, message, attempt, copy, kind.

The message is the message itself, or None. The kind is None where it is that of the message.
"""


class Trace:
    """The events of a run, in order. Iterate over it, or take it as a table.

    Attributes:
        enabled: Whether anything is recorded.
        log: The latest events, of which no rows have been made yet: `VALUES` of each, one after the
            other. A network extends it. (Tuples would cost the garbage collector more.)
        contents: What messages carry, by link and number; what carries nothing is left out.
        titles: What stands above it where it is played, by language.
        undecided: Ids of the messages whose outcome was open when the run stopped.
    """

    __slots__ = ("_rows", "contents", "enabled", "log", "titles", "undecided")

    def __init__(self, *, enabled: bool = True) -> None:
        """Start empty; a trace that is not enabled records nothing."""
        self.enabled = enabled
        self.log: list[Any] = []
        self._rows: list[TraceRow] = []
        self.contents: dict[tuple[str, int], Any] = {}
        self.titles: Mapping[str, str] = {}
        self.undecided: Collection[str] = ()

    @property
    def rows(self) -> list[TraceRow]:
        """The events."""
        if self.log:
            values = iter(self.log)
            self._rows += map(_row, *[values] * VALUES)
            self.log.clear()
        return self._rows

    @rows.setter
    def rows(self, rows: list[TraceRow]) -> None:
        self.log.clear()
        self._rows = rows

    def record(
        self,
        time_ns: int,
        event: str,
        message: Message | None = None,
        *,
        node: str = "",
        link: str = "",
        attempt: int = 0,
        copy: int = 0,
        kind: str | None = None,
    ) -> None:
        """Add an event at the end; what happens often extends the log itself."""
        if self.enabled:
            self.log.extend((time_ns, event, node, link, message, attempt, copy, kind))

    def note_content(self, link: str, message: int, content: Any) -> None:
        """Keep what a message carries, if anything."""
        if self.enabled and content is not None:
            self.contents[link, message] = content

    def of(
        self, message: int | None = None, *, link: str | None = None, story: str | None = None
    ) -> Trace:
        """Return the events of one message, or of one story.

        Args:
            message: Number of the message. Messages are numbered per sender: in a network with
                several, name the link too.
            link: The link that the message took, to select only its data and acknowledgements.
            story: Identifier of the message that it is all about: its own events, and those of its
                deliveries, its result or its reply, whatever their numbers and links.

        Raises:
            ValueError: If it is given neither a message nor a story.
        """
        if message is None and story is None:
            allowed = 'given a message or a story, such as of(0) or of(story="client-0")'
            refuse("Trace.of", None, allowed)
        if not isinstance(story, str | None):
            refuse("Trace.of.story", story, "the identifier of a message, such as message.id")
        ends = None if link is None else {link, "→".join(reversed(link.split("→")))}
        part = Trace()
        part.titles, part.undecided = self.titles, self.undecided
        part.rows = [
            row
            for row in self.rows
            if (message is None or row.message == message)
            and (story is None or row.story == story)
            and (ends is None or row.link in ends)
        ]
        if story is None:
            part.contents = {
                place: content for place, content in self.contents.items() if place[1] == message
            }
        else:
            places = {(row.link, row.message) for row in part.rows}
            part.contents = {
                place: content for place, content in self.contents.items() if place in places
            }
        return part

    def to_frame(self) -> pd.DataFrame:
        """Return a table, a row an event: time_s, and the columns of `TraceRow` after time_ns."""
        import pandas as pd  # noqa: PLC0415 - only where a table leaves the library

        frame = pd.DataFrame(self.rows, columns=pd.Index(TraceRow._fields))
        frame.insert(0, "time_s", [row.time_s for row in self.rows])
        return frame.drop(columns="time_ns")

    def tell(self, *, language: str = "en") -> str:
        """Return the events in words of either language, one per line; `print` gives their names.

        Args:
            language: "en" or "fr".

        Raises:
            ValueError: If `language` is neither.
        """
        return narrate(self.rows, language=language)

    def to_mermaid(
        self,
        *,
        messages: Collection[int] | None = None,
        between: tuple[float, float] | None = None,
        language: str = "en",
        title: str = "",
        description: str = "",
    ) -> str:
        """Return a sequence diagram in Mermaid, to be put in a book or on a page.

        Args:
            messages: Numbers of the messages to show. None: all.
            between: Start and end, in seconds. None: the whole trace.
            language: "en" or "fr".
            title: Accessible title, read first by a screen reader. "": none.
            description: Accessible description, such as `describe` returns. "": none.

        Raises:
            ValueError: If there is nothing to show, or more than a reader could follow.
        """
        return sequence_diagram(
            self.rows,
            messages=messages,
            between=between,
            language=language,
            title=title,
            description=description,
        )

    def plot(
        self,
        *,
        messages: Collection[int] | None = None,
        between: tuple[float, float] | None = None,
        language: str = "en",
        theme: str = "light",
        title: str = "",
    ) -> Figure:
        """Return a space-time diagram: a line per node, time downwards, a slanted arrow per copy.

        Args:
            messages: Numbers of the messages to show. None: all.
            between: Start and end, in seconds. None: the whole trace.
            language: "en" or "fr".
            theme: "light" or "dark": for which page.
            title: What stands above the diagram. "": between which nodes messages travel.

        Returns:
            A Matplotlib figure. A notebook shows it; `figure.savefig(path)` keeps it.

        Raises:
            ValueError: If there is nothing to show, or more than a reader could follow.
        """
        return space_time_diagram(
            self.rows,
            messages=messages,
            between=between,
            language=language,
            theme=theme,
            title=title,
        )

    def describe(
        self,
        *,
        messages: Collection[int] | None = None,
        between: tuple[float, float] | None = None,
        language: str = "en",
    ) -> str:
        """Describe the run in sentences, as the text beside a diagram of it.

        Args:
            messages: Numbers of the messages to show. None: all.
            between: Start and end, in seconds. None: the whole trace.
            language: "en" or "fr".

        Raises:
            ValueError: If there is nothing to show, or more than a reader could follow.
        """
        return describe(self.rows, messages=messages, between=between, language=language)

    def play(
        self,
        *,
        messages: Collection[int] | None = None,
        between: tuple[float, float] | None = None,
        language: str = "en",
        title: str | Mapping[str, str] | None = None,
        beside: Trace | None = None,
    ) -> Player:
        """Return a page that plays the trace and needs no network; `save(path)` keeps it.

        Args:
            messages: Numbers of the messages to play. None: all.
            between: Start and end, in seconds. None: the whole trace.
            language: The first language of the page, "en" or "fr"; its reader can switch.
            title: What stands above it, also by language: {"en": …, "fr": …}. None: `titles`.
            beside: Another trace, played by the same clock, under its own `titles`.

        Raises:
            ValueError: If there is nothing to play, or more than a browser could.
        """
        runs = [self] if beside is None else [self, beside]
        return play(runs, messages=messages, between=between, language=language, title=title)

    def __iter__(self) -> Iterator[TraceRow]:
        """Iterate over the events."""
        return iter(self.rows)

    def __len__(self) -> int:
        """Count the events."""
        return len(self._rows) + len(self.log) // VALUES

    def __getstate__(self) -> object:
        """Return what is copied or pickled: rows, since the log refers to the network."""
        return None, {
            "_rows": self.rows,
            "contents": self.contents,
            "enabled": self.enabled,
            "titles": self.titles,
            "undecided": self.undecided,
            "log": [],
        }

    def __str__(self) -> str:
        """Return the events, one per line."""
        return "\n".join(map(str, self.rows))


def _row(  # noqa: PLR0917 - what the log has of an event
    time_ns: int,
    event: str,
    node: str,
    link: str,
    message: Message | None,
    attempt: int,
    copy: int,
    kind: str | None,
) -> TraceRow:
    """Return the row of an event."""
    if message is None:
        return TraceRow(time_ns, event, node, link, NO_MESSAGE, attempt, copy)
    about = kind or message.kind, message.story_id, message.delivers
    return TraceRow(time_ns, event, node, link, message.number, attempt, copy, *about)
