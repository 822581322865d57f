"""Points of a message's way at which a node may crash, and ends of channels that stop at them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from simulator.clock import to_ns
from simulator.errors import Failed
from simulator.network.channel.receiver_end import ReceiverEnd
from simulator.network.channel.receiving import NotAdmitted
from simulator.network.channel.sender_end import SenderEnd
from simulator.network.node.handling import takes_time
from simulator.network.timers import Phase, Timer

if TYPE_CHECKING:
    import simpy

    from simulator.message import Message
    from simulator.network.channel.copies import Answer, Copy
    from simulator.protocols.channel import Guarantee, Steps


class Crashes(Protocol):
    """Who decides where nodes crash."""

    def lasts_at(self, point: Any, copy: Copy | Answer, link: str, guarantee: Guarantee) -> float:
        """Return how long a node is down from a point on, in seconds; 0 if it does not crash.

        Args:
            point: One of `crash_at.POINTS`.
            copy: The copy, or the answer to it, with its message, attempt and number.
            link: The link that carries the copy.
            guarantee: How it is carried.
        """


def pointed_ends(
    crashes: Crashes,
) -> tuple[Callable[..., PointedReceiverEnd], Callable[..., PointedSenderEnd]]:
    """Return what makes the ends of channels that stop at points."""
    return partial(PointedReceiverEnd, crashes), partial(PointedSenderEnd, crashes)


class PointedReceiverEnd(ReceiverEnd):
    """A receiver's end whose node may crash at points of a copy's way."""

    def __init__(self, crashes: Crashes, *parts: Any) -> None:
        """Open this end; `crashes` decides at each point."""
        super().__init__(*parts)
        self._crashes = crashes

    def arrive(self, copy: Copy) -> bool:
        """Let a copy in, unless the receiver is down, or crashes just before."""
        self.reach("arriving", copy)
        return super().arrive(copy)

    def hand_over(self, copy: Copy) -> simpy.Event:
        """Let the application's handler run, unless the receiver crashes as it begins."""
        receiver: Any = self.receiver
        handlers, topic = receiver.handlers.by_topic, copy.message.topic
        handler = handlers[topic]
        watched = dataclasses.replace(handler, function=Watched(self, copy, handler.function))
        handlers[topic] = watched
        try:
            return super().hand_over(copy)
        finally:
            if handlers[topic] is watched:
                handlers[topic] = handler

    def acknowledge(self, copy: Copy, reply: Any = None) -> None:
        """Send an acknowledgement back; the receiver may crash as it has left."""
        super().acknowledge(copy, reply)
        if self.reach("acknowledged", copy):
            raise NotAdmitted(f"{self.receiver.name} crashed")  # it ends what the guarantee does

    def _answer(self, copy: Copy, handling: simpy.Event) -> None:
        with suppress(NotAdmitted):  # the guarantee is over
            super()._answer(copy, handling)

    def reach(self, point: str, copy: Copy, *, soon: bool = False) -> bool:
        """Let the receiver crash at a point, if that is decided; return whether it does.

        Args:
            point: Where.
            copy: On whose way.
            soon: Whether what runs now comes to its end first.
        """
        lasts = self._lasts(point, copy)
        if not lasts:
            return False
        if soon:
            start = Timer(self.env, 0, Phase.BREAK)
            start.callbacks.append(lambda _: crash(self.receiver, lasts))
        else:
            crash(self.receiver, lasts)
        return True

    def _lasts(self, point: str, copy: Copy) -> float:
        if not self.receiver.is_up:
            return 0.0
        return self._crashes.lasts_at(point, copy, self.link, self._guarantee)


class PointedSenderEnd(SenderEnd):
    """A sender's end whose node may crash at points of a copy's way."""

    def __init__(self, crashes: Crashes, *parts: Any) -> None:
        """Open this end; `crashes` decides at each point."""
        super().__init__(*parts)
        self._crashes = crashes

    def transmit(self, message: Message, attempt: Any, *, release: bool = False) -> None:
        """Put a copy on the link; the sender may crash once what runs now waits."""
        super().transmit(message, attempt, release=release)
        number = getattr(attempt, "number", attempt)
        lasts = self._lasts("sent", Sent(message, number))
        if lasts:
            start = Timer(self.env, 0, Phase.BREAK)
            start.callbacks.append(lambda _: crash(self.sender, lasts))

    def arrive(self, answer: Answer) -> bool:
        """Let an answer in, unless the sender is down, or crashes just before."""
        lasts = self._lasts("answered", answer)
        if lasts:
            crash(self.sender, lasts)
        return super().arrive(answer)

    def _lasts(self, point: str, copy: Any) -> float:
        if not self.sender.is_up:
            return 0.0
        return self._crashes.lasts_at(point, copy, self.link, self.guarantee)


@dataclasses.dataclass(frozen=True, slots=True)
class Sent:
    """A transmission that has left: the original, whatever the network makes of it."""

    message: Message
    attempt: int
    number: int = 0


class Watched:
    """A handler of one copy, whose node may crash as it begins, and as it has ended."""

    def __init__(
        self, end: PointedReceiverEnd, copy: Copy, function: Callable[[Message], Any]
    ) -> None:
        """Watch a handler."""
        self._end = end
        self._copy = copy
        self._function = function
        self.__name__ = getattr(function, "__name__", type(function).__name__)

    def __call__(self, message: Message) -> Any:
        """Handle a message, unless the node crashes at once."""
        if self._end.reach("begun", self._copy):
            return None
        try:
            result = self._function(message)
        except Failed:
            self._end.reach("ended", self._copy, soon=True)
            raise
        if takes_time(result):
            return self._carry_out(result)
        self._end.reach("ended", self._copy, soon=True)
        return result

    def _carry_out(self, steps: Steps) -> Steps:
        try:
            return (yield from steps)
        finally:
            self._end.reach("ended", self._copy, soon=True)


def crash(host: Any, lasts: float) -> None:
    """Let a node be down and silent, from now on, for so many seconds."""
    cause = object()
    host.begin_outage(cause, refuses=False)
    end = Timer(host.env, to_ns(lasts), Phase.HEAL)
    end.callbacks.append(lambda _: host.end_outage(cause))
