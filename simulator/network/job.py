"""What a node does with a message, and a message that it has to do so with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.errors import Refused

if TYPE_CHECKING:
    import simpy

    from simulator.conditions import Delay
    from simulator.ledger import Row
    from simulator.message import Message
    from simulator.network.host import Host
    from simulator.network.workers import Prefetch
    from simulator.policies import IdempotencyKeys, SeenMessages


class NotAdmitted(Refused):
    """The receiver does not begin a handling. What a handler raises is never this."""


@dataclass(frozen=True, slots=True)
class Handler:
    """What a node does with the messages of a topic.

    Attributes:
        function: Called with the message; a plain function, or a generator that takes time.
        idempotent: Whether handling a message twice changes no more than handling it once.
        keys: How it recognizes a request that it has handled; None if it does not.
        handled: The requests that it remembers.
        time: How long each message takes, where that is all there is to it; see `Host.serve`.
        owner: What the topic belongs to, such as "replies to client"; empty: a student's own.
        prefetch: For deliveries by a broker, how they are taken; None for any other message.
    """

    function: Callable[[Message], Any]
    idempotent: bool = False
    keys: IdempotencyKeys | None = None
    handled: SeenMessages | None = None
    time: Delay | None = None
    owner: str = ""
    prefetch: Prefetch | None = None

    @property
    def name(self) -> str:
        """The name of its function."""
        return getattr(self.function, "__name__", type(self.function).__name__)


@dataclass(slots=True, eq=False)
class Job:
    """A message to handle.

    Attributes:
        host: Where.
        message: The message.
        row: Its row in the sender's ledger.
        note_begin: Called when a worker takes it.
        done: Happens when it is handled; its value is the result.
        life: Which life of the host it belongs to: a crash ends one.
        prefetch: Of a delivery, whose places it takes one of.
    """

    host: Host
    message: Message
    row: Row
    note_begin: Callable[[], None]
    done: simpy.Event
    life: int
    prefetch: Prefetch | None

    def begin(self) -> None:
        """Handle it, now that a worker is free."""
        self.note_begin()
        self.host.begin_handling(self)

    def expire(self) -> None:
        """Refuse it: a delivery that could not begin in time."""
        host = self.host.name
        self.done.fail(NotAdmitted(f"{self.message.id} expired before {host} could handle it"))
        self.done.defused = True
