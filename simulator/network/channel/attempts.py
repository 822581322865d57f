"""Attempts: the sendings of a message that a retry policy grants, one after the other.

    for attempt in channel.attempts(message, retry):
        channel.transmit(message, attempt)
        if (yield channel.acknowledgement(message, within=attempt.timeout)): return
        if (yield channel.pause(attempt)): return
    channel.give_up(message)

An attempt is granted if the circuit breaker lets it through. After it has failed, there is a pause
and then another, unless it was the last, the retry budget is spent, or the deadline has come. A
refusal ends the wait at once, and counts as a failure like a timeout. A retry paid from the budget
but never sent is refunded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.clock import to_seconds
from simulator.errors import EndlessRun
from simulator.network.timers import Wait

if TYPE_CHECKING:
    from simulator.network.channel.sender_end import SenderEnd
    from simulator.network.channel.sending import Sending
    from simulator.policies import Retry


class Attempt:
    """One sending of a message.

    Attributes:
        number: Which sending of the message, from 1; releases count on.
        timeout: How long to wait for its acknowledgement, in seconds.
        attempts: The attempts that it is one of.
    """

    __slots__ = ("attempts", "number", "timeout")

    def __init__(self, attempts: Attempts, number: int, timeout: float) -> None:
        """Grant it."""
        self.attempts = attempts
        self.number = number
        self.timeout = timeout


class Attempts:
    """The attempts that a retry policy grants to a message, as an iterator.

    Attributes:
        is_release: Whether they send a release, which lets the receiver forget the message.
        latest: The attempt granted last; None before the first.
    """

    __slots__ = (
        "_call",
        "_earlier",
        "_end",
        "_is_paid",
        "_pause",
        "_retry",
        "_sending",
        "_sent_ns",
        "_shared",
        "_start_ns",
        "is_release",
        "latest",
    )

    _call: int
    _is_paid: bool
    _sent_ns: int

    def __init__(
        self,
        end: SenderEnd,
        sending: Sending,
        retry: Retry,
        *,
        is_release: bool,
        is_patient: bool,
    ) -> None:
        """Begin; a message that takes several turns of attempts pays into the budget once."""
        self.is_release = is_release
        if retry.deadline is not None and not is_patient:
            end.set_deadline(sending.message, retry.deadline)
        self._end = end
        self._sending = sending
        self._retry = retry
        self._shared = end.shared(retry)
        if not sending.has_paid:
            sending.has_paid = True
            self._shared.begin()
        self._earlier = sending.row.attempts
        self._start_ns = end.env.instant_ns
        self._pause = 0.0
        self.latest: Attempt | None = None

    def __iter__(self) -> Attempts:
        """Iterate over them."""
        return self

    def __next__(self) -> Attempt:
        """Grant the next attempt, if there is one."""
        latest, shared, sending = self.latest, self._shared, self._sending
        now_ns = self._end.env.instant_ns
        number = self._earlier + 1
        if latest is not None:
            if not self._is_paid:
                sending.attempts = None
                raise StopIteration
            if now_ns >= sending.expiry_ns:
                shared.refund_retry()
                sending.attempts = None
                raise StopIteration
            number = latest.number + 1
        if not shared.is_alone and not self._is_let_through():
            raise StopIteration
        self._is_paid = False
        self._sent_ns = now_ns
        self.latest = Attempt(self, number, shared.timeout_of(number - self._earlier))
        return self.latest

    def _is_let_through(self) -> bool:
        """Whether the circuit breaker lets the next attempt through."""
        shared, sending = self._shared, self._sending
        if shared.lets_through(self._end.now):
            self._call = shared.latest_call
            return True
        if self.latest is not None:
            shared.refund_retry()
        sending.held_back = True
        sending.attempts = None
        return False

    def pause(self) -> Wait:
        """Note that the latest attempt has failed, and pause before the next.

        Returns:
            An event to yield. Its value is whether an acknowledgement came meanwhile; where no
            other attempt is granted, False at once.
        """
        end, retry, shared, latest = self._end, self._retry, self._shared, self.latest
        assert latest is not None  # noqa: S101 - it has failed
        message, made = self._sending.message, latest.number - self._earlier
        refused = end.time_out(message, latest.number)
        in_full = not refused and not self._sending.cut_short
        shared.failed(end.now, latest.timeout if in_full else None)
        if made == retry.max_attempts or end.expired(message) or not shared.may_retry():
            wait = Wait(end.env)
            wait.answer(value=False)
            return wait
        self._is_paid = True
        draw = end.draw(message, latest.number)
        self._pause = retry.backoff.pause_after(made, self._pause, draw)
        if retry.max_attempts is None and self._pause == 0 and end.env.instant_ns == self._sent_ns:
            raise EndlessRun(
                f"{message.id} is refused and sent again at one instant, for ever: give the link a "
                "delay, or the retry a backoff or a number of attempts"
            )
        return end.acknowledgement(message, within=self._pause)

    def succeed(self) -> None:
        """Note that an acknowledgement has come, in a wait or in a pause."""
        self._sending.attempts = None
        shared = self._shared
        if shared.is_alone:
            return
        assert self.latest is not None  # noqa: S101 - it was sent
        if self._is_paid:
            shared.refund_retry()
        round_trip = self._end.now - to_seconds(self._start_ns)
        shared.succeeded(round_trip, self.latest.number, self._call)
