"""A row of a trace: one event in the life of a message, a queue, a node or a link."""

from __future__ import annotations

from typing import Final, NamedTuple

from simulator.clock import to_seconds

EVENTS: Final = (
    "created",
    "sent",
    "lost",
    "dropped",
    "duplicated",
    "arrived",
    "handed_over",
    "handled",
    "failed",
    "suppressed",
    "ack_sent",
    "acknowledged",
    "timed_out",
    "gave_up",
    "release_sent",
    "released",
    "completed",
    "refused",
    "enqueued",
    "dequeued",
    "redelivered",
    "dead_lettered",
    "expired",
    "unrouted",
    "crashed",
    "restarted",
    "partitioned",
    "healed",
)
"""The names of events: of a message's life, of its time in a queue, of nodes and links."""

NO_MESSAGE: Final = -1
"""The number of the message, in an event that is about none."""


class TraceRow(NamedTuple):
    """One event.

    Attributes:
        time_ns: When, in nanoseconds.
        event: What, one of `EVENTS`.
        node: At which node; empty for what happens on a link.
        link: Over which link, "sender→receiver"; an acknowledgement takes "receiver→sender".
        message: Number of the message, per sender; `NO_MESSAGE` for what befalls a node or link.
        attempt: Which sending of the message, from 1; 0 where none is meant.
        copy: Which copy of the data: 0, or 1 for the one that the network made.
        kind: What it is about. Data: "message", "request", "reply", "result", "task" (to a queue
            of a broker, or from it), "event" (to a topic, or from it). Answers: "reply" (to `ask`),
            "acknowledgement", "refusal". "release". Empty for what befalls a node or link.
        story: Identifier of the message that it is all about: a task, its deliveries, its result
            have one story, and so have a request and its reply. Empty for what befalls a node or
            link.
        delivery: Which delivery of a task or an event by its broker, from 1; else 0.
    """

    time_ns: int
    event: str
    node: str
    link: str
    message: int
    attempt: int
    copy: int
    kind: str = ""
    story: str = ""
    delivery: int = 0

    @property
    def time_s(self) -> float:
        """When, in seconds."""
        return to_seconds(self.time_ns)

    def __str__(self) -> str:
        """Say the event in a line that a reader can follow."""
        attempt = f" attempt {self.attempt}" if self.attempt else ""
        copy = " (the network's copy)" if self.copy else ""
        place = f"at {self.node}" if self.node else f"on {self.link}"
        what = self.event.replace("_", " ")
        if self.message == NO_MESSAGE:
            return f"{self.time_s:>12.9g} s  {self.node or self.link}: {what}"
        return f"{self.time_s:>12.9g} s  message {self.message}{attempt}{copy}: {what} {place}"
