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

from simulator.errors import EndlessRun
from simulator.network.timers import Wait

if TYPE_CHECKING:
    from simulator.network.end import Sending
    from simulator.network.sender_end import SenderEnd
    from simulator.policies import Retry


class Attempt:
    """One sending of a message.

    Attributes:
        number: Which sending of the message, from 1; releases count on.
        timeout: How long to wait for its acknowledgement, in seconds.
        series: The attempts that it is one of.
    """

    __slots__ = ("number", "series", "timeout")

    def __init__(self, series: Attempts, number: int, timeout: float) -> None:
        """Grant it."""
        self.series = series
        self.number = number
        self.timeout = timeout


class Attempts:
    """The attempts that a retry policy grants to a message, as an iterator.

    Attributes:
        is_release: Whether they send the word that the message may be forgotten, not its data.
    """

    __slots__ = (
        "_call",
        "_channel",
        "_earlier",
        "_is_paid",
        "_latest",
        "_pause",
        "_retry",
        "_sending",
        "_sent_ns",
        "_shared",
        "_start",
        "is_release",
    )

    _call: int
    _is_paid: bool
    _sent_ns: int

    def __init__(
        self,
        channel: SenderEnd,
        sending: Sending,
        retry: Retry,
        *,
        is_release: bool,
        is_patient: bool,
    ) -> None:
        """Begin; a message that takes several turns of attempts pays into the budget once."""
        self.is_release = is_release
        if retry.deadline is not None and not is_patient:
            channel.set_deadline(sending.message, retry.deadline)
        self._channel = channel
        self._sending = sending
        self._retry = retry
        self._shared = channel.shared(retry)
        if not sending.has_begun:
            sending.has_begun = True
            self._shared.begin()
        self._earlier = sending.row.attempts
        self._start = channel.now
        self._latest: Attempt | None = None
        self._pause = 0.0

    def __iter__(self) -> Attempts:
        """Iterate over them."""
        return self

    def __next__(self) -> Attempt:
        """Grant the next attempt, if there is one."""
        latest, shared, sending = self._latest, self._shared, self._sending
        now_ns = self._channel.env.instant_ns
        if latest is not None:
            if not self._is_paid:
                raise self._end()
            if now_ns >= sending.expiry_ns:
                shared.refund_retry()
                raise self._end()
        if not shared.is_alone and not shared.lets_through(self._channel.now):
            if latest is not None:
                shared.refund_retry()
            sending.held_back = True
            raise self._end()
        self._is_paid = False
        self._call = shared.latest_call
        self._sent_ns = now_ns
        number = self._earlier + 1 if latest is None else latest.number + 1
        timeout = shared.timeout_of(number - self._earlier)
        self._latest = Attempt(self, number, timeout)
        return self._latest

    def pause(self) -> Wait:
        """Note that the latest attempt has failed, and pause before the next.

        Returns:
            An event to yield. Its value is whether an acknowledgement came meanwhile; where no
            other attempt is granted, False at once.
        """
        channel, retry, shared, latest = self._channel, self._retry, self._shared, self._latest
        assert latest is not None  # noqa: S101 - it has failed
        message, made = self._sending.message, latest.number - self._earlier
        refused = channel.time_out(message, latest.number)
        in_full = not refused and not self._sending.cut_short
        shared.failed(channel.now, latest.timeout if in_full else None)
        if made == retry.max_attempts or channel.expired(message) or not shared.may_retry():
            wait = Wait(channel.env)
            wait.answer(value=False)
            return wait
        self._is_paid = True
        luck = channel.luck(message, latest.number)
        self._pause = retry.backoff.pause_after(made, self._pause, luck)
        if (
            retry.max_attempts is None
            and self._pause == 0
            and channel.env.instant_ns == self._sent_ns
        ):
            raise EndlessRun(
                f"{message.id} is refused and sent again at one instant, for ever: give the link a "
                "delay, or the retry a backoff or a number of attempts"
            )
        return channel.acknowledgement(message, within=self._pause)

    def succeed(self) -> None:
        """Note that an acknowledgement has come, in a wait or in a pause."""
        assert self._latest is not None  # noqa: S101 - it was sent
        if not self._shared.is_alone:
            if self._is_paid:
                self._shared.refund_retry()
            round_trip = self._channel.now - self._start
            self._shared.succeeded(round_trip, self._latest.number, self._call)
        self._end()

    def _end(self) -> StopIteration:
        self._sending.series = None
        return StopIteration()
