"""Deduplication: what a receiver remembers, to recognize copies of what it has seen."""

from __future__ import annotations

from typing import Any


class SeenMessages:
    """The messages seen, the newest up to a number of them, each with its reply."""

    def __init__(self, window: int | None = None) -> None:
        """Remember nothing yet.

        Args:
            window: How many identifiers to remember at most; the oldest go first. None: all.
        """
        self._window = window
        self._replies: dict[str, Any] = {}

    def __contains__(self, message_id: str) -> bool:
        """Whether a message is remembered."""
        return message_id in self._replies

    def __len__(self) -> int:
        """Count what is remembered."""
        return len(self._replies)

    def remember(self, message_id: str, reply: Any = None) -> None:
        """Remember a message and its reply, and forget the oldest if there is no room."""
        self._replies[message_id] = reply
        if self._window is not None and len(self._replies) > self._window:
            del self._replies[next(iter(self._replies))]

    def reply_to(self, message_id: str) -> Any:
        """Return the reply to a message that is remembered."""
        return self._replies[message_id]
