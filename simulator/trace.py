"""The trace: what happened in a run, one row an event, in the order in which it happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.drawing import (
    Player,
    describe,
    narrate,
    play,
    sequence_diagram,
    space_time_diagram,
)
from simulator.event import NO_MESSAGE, TraceRow

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    import pandas as pd
    from matplotlib.figure import Figure


class Trace:
    """The events of a run, in order. Iterate over it, or take it as a table.

    Attributes:
        enabled: Whether anything is recorded.
        rows: The events.
        contents: What messages carry, by link and number; what carries nothing is left out.
    """

    __slots__ = ("contents", "enabled", "rows")

    def __init__(self, *, enabled: bool = True) -> None:
        """Start empty; a trace that is not enabled records nothing."""
        self.enabled = enabled
        self.rows: list[TraceRow] = []
        self.contents: dict[tuple[str, int], Any] = {}

    def record(
        self,
        time_ns: int,
        event: str,
        message: int = NO_MESSAGE,
        *,
        node: str = "",
        link: str = "",
        attempt: int = 0,
        copy: int = 0,
    ) -> None:
        """Add an event at the end."""
        if self.enabled:
            self.rows.append(TraceRow(time_ns, event, node, link, message, attempt, copy))

    def note_content(self, link: str, message: int, content: Any) -> None:
        """Keep what a message carries, if anything."""
        if self.enabled and content is not None:
            self.contents[link, message] = content

    def of(self, message: int, *, link: str | None = None) -> Trace:
        """Return the events of one message; with `link`, of that link's sender only.

        Messages are numbered per sender: in a network with several, name the link that the message
        took, to select only its data and acknowledgements.
        """
        story = Trace()
        ends = None if link is None else {link, "→".join(reversed(link.split("→")))}
        story.rows = [r for r in self.rows if r.message == message and (not ends or r.link in ends)]
        story.contents = {
            place: self.contents[place] for place in self.contents if place[1] == message
        }
        return story

    def to_frame(self) -> pd.DataFrame:
        """Return a table: time_s, event, node, link, message, attempt, copy."""
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
    ) -> Figure:
        """Return a space-time diagram: a line per node, time downwards, a slanted arrow per copy.

        Args:
            messages: Numbers of the messages to show. None: all.
            between: Start and end, in seconds. None: the whole trace.
            language: "en" or "fr".
            theme: "light" or "dark": for which page.

        Returns:
            A Matplotlib figure. A notebook shows it; `figure.savefig(path)` keeps it.

        Raises:
            ValueError: If there is nothing to show, or more than a reader could follow.
        """
        return space_time_diagram(
            self.rows, messages=messages, between=between, language=language, theme=theme
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
    ) -> Player:
        """Return a page that plays the trace: messages travel, lost copies fall, nodes crash.

        Args:
            messages: Numbers of the messages to play. None: all.
            between: Start and end, in seconds. None: the whole trace.
            language: The first language of the page, "en" or "fr"; its reader can switch.

        Returns:
            A page that needs no network. A notebook shows it; `trace.play().save(path)` keeps it.

        Raises:
            ValueError: If there is nothing to play, or more than a browser could.
        """
        return play(self.rows, self.contents, messages=messages, between=between, language=language)

    def __iter__(self) -> Iterator[TraceRow]:
        """Iterate over the events."""
        return iter(self.rows)

    def __len__(self) -> int:
        """Count the events."""
        return len(self.rows)

    def __str__(self) -> str:
        """Return the events, one per line."""
        return "\n".join(map(str, self.rows))
