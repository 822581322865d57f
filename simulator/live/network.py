"""The network of a live run: one node is here, and the other in another process."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import simpy

from simulator.live.schedule import LiveSchedule
from simulator.network import Network
from simulator.network.channel.receiver_end import ReceiverEnd
from simulator.network.channel.receiving import was_done, when_done
from simulator.network.channel.sender_end import SenderEnd
from simulator.network.wire import Parcel, Wire
from simulator.policies import SeenMessages
from simulator.validation import refuse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.conditions import Link
    from simulator.network.channel.channel import Ends
    from simulator.network.schedule import Schedule
    from simulator.scenario import Scenario


class Outlet(Protocol):
    """What leaves the network, and what outlives it.

    Attributes:
        known: The identifiers of messages that durable memory had when the process started.
        seen: Those that it has learnt since the last step.
        forgotten: Those that it has forgotten since.
    """

    known: Iterable[str]
    seen: list[str]
    forgotten: list[str]

    def leave(self, parcel: Parcel, size_bytes: int) -> None:
        """Let a parcel leave, for the other process."""


class LiveNetwork(Network):
    """A network of which one node is here, and the other in another process."""

    env: LiveSchedule

    def __init__(self, scenario: Scenario, replication: int, outlet: Outlet) -> None:
        """Make an empty one.

        Args:
            scenario: What is run.
            replication: Which repetition.
            outlet: What leaves it, leaves there.
        """
        self._outlet = outlet
        super().__init__(scenario.seed, replication=replication)

    def _make_schedule(self) -> Schedule:
        return LiveSchedule()

    def _lay_wire(self, name: str, link: Link) -> Wire:
        return SocketWire(self._outlet, self.env, name, link, self._draws, self.trace)

    @property
    def _ends(self) -> Ends:
        return partial(DurableReceiverEnd, self._outlet), SenderEnd


class SocketWire(Wire):
    """A wire whose other end is in another process."""

    def __init__(self, outlet: Outlet, *parts: Any) -> None:
        """Lay it; what it carries, leaves by an outlet."""
        super().__init__(*parts)
        self._outlet = outlet

    def carry(self, parcel: Parcel, size_bytes: int) -> int:
        """Let a parcel leave; what becomes of it, this end does not know."""
        self._outlet.leave(parcel, size_bytes)
        return 0


class DurableReceiverEnd(ReceiverEnd):
    """A receiver's end whose durable memory is a file."""

    def __init__(self, outlet: Outlet, *parts: Any) -> None:
        """Open it; what it remembers, is written down there."""
        super().__init__(*parts)
        self._outlet = outlet

    def memory(
        self, window: int | None = None, max_age: float | None = None, *, durable: bool = True
    ) -> SeenMessages:
        """Return what the receiver remembers, and did before it last started if that is durable."""
        if self._memory is None and durable:
            self._memory = WrittenMemory(self._outlet)
            for message_id in self._outlet.known:
                self._memory.restore(message_id, done(self.env))
        return super().memory(window, max_age, durable=durable)


def done(env: Schedule) -> simpy.Event:
    """Return a handling that has come to its end."""
    event = simpy.Event(env)
    event._ok, event._value = True, None  # noqa: SLF001 - as SimPy does when it happens
    event.callbacks = None  # type: ignore[assignment]  # it has been processed
    return event


class WrittenMemory(SeenMessages):
    """A memory that is written down: each message with the effect of handling it, or not at all."""

    def __init__(self, outlet: Outlet) -> None:
        """Start empty."""
        super().__init__()
        self._outlet = outlet

    def restore(self, message_id: str, reply: Any) -> None:
        """Remember what was written down before."""
        super().remember(message_id, reply)

    def remember(self, message_id: Any, reply: Any = None) -> None:
        """Remember a message; write it down once it has been handled."""
        if not isinstance(message_id, str):
            refuse("SeenMessages.remember", message_id, "the identifier of a message")
        super().remember(message_id, reply)
        if isinstance(reply, simpy.Event) and not was_done(reply):
            when_done(reply, lambda _: self._note(message_id, reply))
        else:
            self._outlet.seen.append(message_id)

    def forget(self, message_id: Any) -> None:
        """Forget a message, here and in what is written."""
        super().forget(message_id)
        self._outlet.forgotten.append(message_id)

    def _note(self, message_id: str, reply: simpy.Event) -> None:
        if message_id in self and was_done(reply):
            self._outlet.seen.append(message_id)
