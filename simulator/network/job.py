"""What a node does with a message, and a message that it has to do so with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import simpy

    from simulator.conditions import Delay
    from simulator.ledger import Row
    from simulator.message import Message
    from simulator.network.workers import Prefetch
    from simulator.policies import IdempotencyKeys, SeenMessages


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


@dataclass(slots=True)
class Job:
    """A message to handle.

    Attributes:
        message: The message.
        row: Its row in the sender's ledger.
        begin: Called when a worker takes it.
        done: Happens when it is handled; its value is the result.
        life: Which life of the host it belongs to: a crash ends one.
        prefetch: Of a delivery, whose places it takes one of.
    """

    message: Message
    row: Row
    begin: Callable[[], None]
    done: simpy.Event
    life: int
    prefetch: Prefetch | None
