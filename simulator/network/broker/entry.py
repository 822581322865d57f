"""An entry: a message in a queue, its state, and how often it has been delivered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from simulator.clock import END_OF_TIME, to_seconds
from simulator.errors import EndlessRun
from simulator.network.timers import Revocable

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.message import Message

MOST: Final = 10_000
"""How often a message may be delivered at one instant: what is, goes on for ever."""

State = Literal[
    "delayed",
    "waiting",
    "delivered",
    "acknowledged",
    "dead_lettered",
    "expired",
    "dropped",
    "lost",
]
IN_QUEUE: Final = frozenset({"waiting", "delayed"})
"""The states of a message that no worker has, and that may go to one."""


@dataclass(slots=True, eq=False)
class Entry:
    """A message in a queue.

    Attributes:
        message: The message.
        place: How many the queue had accepted before it.
        state: Its state.
        since_ns: From when on it waits for its first delivery.
        deliveries: How often it has been delivered; what the worker refused does not count.
        expiry_ns: The end of its time to live; it may still be delivered at this instant.
        wait: As which of the queue its wait is counted.
        latest_ns: The instant of the latest redelivery.
        at_once: How many redeliveries there have been at that instant, besides.
        pause_s: The pause before its latest redelivery, in seconds.
    """

    message: Message
    place: int
    state: State
    since_ns: int
    deliveries: int = 0
    expiry_ns: int = END_OF_TIME
    # Known from the first delivery, the first redelivery or the first pause on:
    wait: int = field(init=False)
    latest_ns: int = field(init=False)
    at_once: int = field(init=False)
    pause_s: float = field(init=False)

    def check_progress(self, now_ns: int, queue: str) -> None:
        """Refuse to deliver it for ever at one instant."""
        is_first = self.deliveries == 2  # noqa: PLR2004 - the second delivery
        self.at_once = 0 if is_first or now_ns != self.latest_ns else self.at_once + 1
        self.latest_ns = now_ns
        if self.at_once == MOST:
            raise EndlessRun(
                f"{queue} delivered {self.message.id} {MOST:,} times at {to_seconds(now_ns):g} s, "
                "and its handler always fails: give the queue max_deliveries, or the handler or "
                "the link some time"
            )


class LifeEnd(Revocable):
    """The end of the time to live of a message: the last that happens at its instant."""

    __slots__ = ("_entry", "_expire", "_is_heeded")

    def __init__(
        self, entry: Entry, expire: Callable[[], None], is_heeded: Callable[[], bool]
    ) -> None:
        """Expire when the time is up, which something may come of; it is to be scheduled."""
        self._entry = entry
        self._expire = expire
        self._is_heeded = is_heeded

    def happen(self) -> None:
        """Let the message expire, if it is in the queue; else it is too late when it comes back."""
        self._entry.expiry_ns -= 1  # it may come back at this very instant, after this
        if self._entry.state in IN_QUEUE:
            self._expire()

    def matters(self) -> bool:
        """Whether anything will come of it: the message expires, and that is heeded."""
        return self._entry.state in IN_QUEUE and self._is_heeded()

    @property
    def is_over(self) -> bool:
        """Whether the message is gone."""
        return self._entry.state not in IN_QUEUE and self._entry.state != "delivered"


class DelayEnd(Revocable):
    """The end of the delay with which a message was published, or of a pause."""

    __slots__ = ("_act", "_entry")

    def __init__(self, entry: Entry, act: Callable[[], None]) -> None:
        """Act when the delay ends; it is to be scheduled."""
        self._entry = entry
        self._act = act

    def happen(self) -> None:
        """Let the message wait for a worker, if it is still delayed."""
        if self.matters():
            self._act()

    def matters(self) -> bool:
        """Whether anything will come of it: the message is still delayed."""
        return self._entry.state == "delayed"

    @property
    def is_over(self) -> bool:
        """Whether the message is not delayed any more."""
        return not self.matters()
