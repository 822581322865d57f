"""What the two ends of a channel share: the messages on it, the clock, and the trace."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import simpy

from simulator.clock import END_OF_TIME, to_ns, to_seconds
from simulator.ledger import Row
from simulator.message import Message
from simulator.network.timers import Phase, Timer, Wait
from simulator.network.wire import Parcel

if TYPE_CHECKING:
    from simulator.network.attempts import Attempts
    from simulator.network.peer import Peer
    from simulator.network.schedule import Schedule
    from simulator.network.wire import Wire
    from simulator.protocols.channel import Guarantee, Steps
    from simulator.randomness import Randomness
    from simulator.trace import Trace


class Copy(Parcel):
    """A copy of a message, on its way to the receiver or there.

    Attributes:
        message: The message that it carries.
        attempt: Which sending of the message, from 1.
        number: 0, or 1 for the copy that the network made.
        is_release: Whether it carries no data, but the word that the message may be forgotten.
        sending: What its channel knows of the message.
    """

    __slots__ = ("_channel", "attempt", "is_release", "message", "number", "sending")

    def __init__(  # noqa: PLR0917 - made by its channel alone
        self,
        channel: End,
        sending: Sending,
        message: Message,
        attempt: int,
        number: int,
        is_release: bool,  # noqa: FBT001
    ) -> None:
        """Make a copy, which a wire is to carry."""
        self._channel = channel
        self.sending = sending
        self.message = message
        self.attempt = attempt
        self.number = number
        self.is_release = is_release

    def twin(self) -> Copy:
        """Return the copy of it that the network makes."""
        return Copy(self._channel, self.sending, self.message, self.attempt, 1, self.is_release)

    def arrive(self) -> bool:
        """Reach the receiver."""
        return self._channel._arrive(self)  # noqa: SLF001 - it is a part of it

    def note_handover(self) -> None:
        """Note that a worker of the receiver begins to handle it."""
        self._channel._note_handover(self)  # noqa: SLF001


@dataclass(slots=True, eq=False)
class Sending:
    """What is known of a message under way: its row, the reply, who waits for it until when."""

    message: Message
    row: Row
    wants_reply: bool = False
    expiry_ns: int = END_OF_TIME
    reply: Any = None
    wait: Wait | None = None
    cut_short: bool = False
    failed_attempt: int = 0
    refused: bool = False
    refused_attempts: frozenset[int] = frozenset()
    held_back: bool = False
    has_begun: bool = False
    let_in: tuple[int, int] | None = None
    series: Attempts | None = None
    is_complete: bool = False


class End(ABC):
    """One end of a channel; `Channel` is both."""

    def __init__(  # noqa: PLR0917 - it joins two nodes, two wires and a guarantee
        self,
        env: Schedule,
        sender: Peer,
        receiver: Peer,
        wire: Wire,
        return_wire: Callable[[], Wire],
        guarantee: Guarantee,
        randomness: Randomness,
        trace: Trace,
    ) -> None:
        """Open the channel. `return_wire` is asked for when the first acknowledgement is sent."""
        self.sender = sender
        self.receiver = receiver
        self.acknowledges: bool = getattr(guarantee, "acknowledges", True)
        self.env = env
        self._wire = wire
        self._return_wire = return_wire
        self._surely_acknowledges: bool = getattr(guarantee, "acknowledges", False)
        self._way_back: Wire | None = None
        self.guarantee = guarantee
        self._randomness = randomness
        self._trace = trace
        self._sendings: dict[int, Sending] = {}

    @property
    def now(self) -> float:
        """The clock, in seconds."""
        return to_seconds(self.env.instant_ns)

    def timeout(self, seconds: float) -> simpy.Event:
        """Return an event that happens after `seconds`."""
        return Timer(self.env, to_ns(seconds), Phase.TIMER)

    def check_way_back(self, *, wants_reply: bool) -> None:
        """Refuse a message whose acknowledgement, or reply, has no link to come back over."""
        if self._way_back is None and (wants_reply or self._surely_acknowledges):
            self._way_back = self._return_wire()

    @abstractmethod
    def _receive(self, copy: Copy) -> Steps | None:
        """Carry out the receiver's part of the guarantee."""

    # What the wires bring to each end.

    @abstractmethod
    def _arrive(self, copy: Copy) -> bool:
        """Let a copy in at the receiver; tell whether it was."""

    @abstractmethod
    def _note_handover(self, copy: Copy) -> None:
        """Note that a copy is handed over to a worker of the receiver."""

    @abstractmethod
    def _hear(self, copy: Copy, reply: Any, *, refusal: bool) -> bool:
        """Let the acknowledgement or refusal of a copy in at the sender; tell whether it was."""

    def _record_ack(self, event: str, copy: Copy, link: str) -> None:
        if not self._trace.enabled:
            return
        self._trace.record(
            self.env.instant_ns,
            event,
            copy.message.number,
            node=self.sender.name,
            link=link,
            attempt=copy.attempt,
            copy=copy.number,
        )

    def _record(
        self, event: str, message: Message, node: Peer, *, attempt: int = 0, copy: int = 0
    ) -> None:
        self._trace.record(
            self.env.instant_ns,
            event,
            message.number,
            node=node.name,
            link=self._wire.name,
            attempt=attempt,
            copy=copy,
        )
