"""Deduplication: the memory by which a receiver recognizes duplicates."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Final

from simulator.clock import END_OF_TIME, to_ns
from simulator.fields import or_none
from simulator.validation import duration, integer

WINDOW: Final = or_none(
    integer, low=1, allowed="a whole number at least 1, or None to remember all"
)
MAX_AGE: Final = or_none(
    duration, allowed="a finite number of seconds above 0, or None to remember for ever"
)
"""Fields of a policy that bound its memory: `SeenMessages` takes both."""


class SeenMessages:
    """The messages seen, each with its reply, up to a number and an age.

    Attributes:
        most: The largest number of messages remembered at a time.
    """

    def __init__(
        self,
        window: int | None = None,
        max_age: float | None = None,
        clock: Callable[[], int] = lambda: 0,
    ) -> None:
        """Start empty.

        Args:
            window: How many identifiers to remember at most; the oldest go first. None: all.
            max_age: How long to remember one, in seconds. None: for ever.
            clock: Returns the current time, in nanoseconds.
        """
        self._window = window
        self._max_age_ns = END_OF_TIME if max_age is None else to_ns(max_age)
        self._clock = clock
        self._replies: dict[Hashable, tuple[int, Any]] = {}
        self.most = 0

    def __contains__(self, message_id: Hashable) -> bool:
        """Whether a message is remembered; forget first those that are too old."""
        now_ns = self._clock()
        while self._replies:
            oldest = next(iter(self._replies))
            if now_ns - self._replies[oldest][0] < self._max_age_ns:
                break
            del self._replies[oldest]
        return message_id in self._replies

    def __len__(self) -> int:
        """Count the messages remembered."""
        return len(self._replies)

    def remember(self, message_id: Hashable, reply: Any = None) -> None:
        """Remember a message and its reply, and forget the oldest if there is no room."""
        self._replies.pop(message_id, None)
        if self._window is not None and len(self._replies) == self._window:
            del self._replies[next(iter(self._replies))]
        self._replies[message_id] = self._clock(), reply
        self.most = max(self.most, len(self._replies))

    def reply_to(self, message_id: Hashable) -> Any:
        """Return the reply to a message that is remembered."""
        return self._replies[message_id][1]

    def forget(self, message_id: Hashable) -> None:
        """Forget a message, if it is remembered."""
        self._replies.pop(message_id, None)

    def keep(self, worth: Callable[[Any], bool]) -> None:
        """Forget the messages whose reply is not worth keeping."""
        self._replies = {key: kept for key, kept in self._replies.items() if worth(kept[1])}
