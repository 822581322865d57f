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

from collections.abc import Iterator
from typing import TYPE_CHECKING

from simulator.clock import to_seconds
from simulator.errors import EndlessRun
from simulator.network.timers import Phase, Wait

if TYPE_CHECKING:
    from simulator.message import Message
    from simulator.network.channel.sender_end import SenderEnd
    from simulator.network.channel.sending import Sending
    from simulator.policies import Retry, Retrying


class Attempt:
    """One sending of a message, granted by a retry policy.

    Attributes:
        number: Which sending of the message, from 1; releases count on.
        timeout: How long to wait for its acknowledgement, in seconds.
        is_release: Whether it sends a release, which lets the receiver forget the message.
        is_followed: Whether another attempt is granted, after a pause.
    """

    __slots__ = (
        *("_pause", "_place", "_sending", "_sent_ns", "_shared"),
        *("is_followed", "is_release", "number", "timeout"),
    )

    def __init__(
        self,
        sending: Sending,
        shared: Retrying,
        is_release: bool,  # noqa: FBT001 - made by its channel alone
        previous: Attempt | None,
    ) -> None:
        """Grant the first, or the one after the previous."""
        self._sending = sending
        self._shared = shared
        self._sent_ns = sending.env.instant_ns
        if previous is None:
            self._place = 1
            self._pause = 0.0
            self.number = sending.row.attempts + 1
        else:
            self._place = previous._place + 1
            self._pause = previous._pause
            self.number = previous.number + 1
        self.timeout = shared.timeouts.get(self._place) or shared.timeout_of(self._place)
        self.is_release = is_release
        self.is_followed = False
        if not shared.is_alone:
            sending.call = shared.latest_call
            if previous is None:
                sending.start_ns = self._sent_ns

    def pause(self) -> Wait:
        """Note that it has failed, and pause before the next.

        Returns:
            An event to yield. Its value is whether an acknowledgement came meanwhile; where no
            other attempt is granted, False at once.
        """
        sending, shared, made = self._sending, self._shared, self._place
        end, message, retry = sending.end, sending.message, shared.retry
        refused = end.time_out(message, self.number)
        if not shared.is_alone:
            in_full = not refused and not sending.cut_short
            shared.failed(end.now, self.timeout if in_full else None)
        is_over = made == retry.max_attempts or sending.env.instant_ns >= sending.expiry_ns
        if is_over or not shared.may_retry():
            return _answered(sending)
        self.is_followed = True
        draw = end.draw(message, self.number) if shared.is_drawn else 0.0
        self._pause = retry.backoff.pause_after(made, self._pause, draw)
        forever = retry.max_attempts is None and self._pause == 0
        if forever and sending.env.instant_ns == self._sent_ns:
            raise EndlessRun(
                f"{message.id} is refused and sent again at one instant, for ever: give the link a "
                "delay, or the retry a backoff or a number of attempts"
            )
        if self._pause == 0 and sending.env.is_over_now(Phase.TIMER):
            return _answered(sending)  # for nothing could come meanwhile
        return end.acknowledgement(message, within=self._pause)

    def succeed(self) -> None:
        """Note that an acknowledgement has come, in a wait or in a pause."""
        self._sending.attempt = None
        shared = self._shared
        if not shared.is_alone:
            if self.is_followed:
                shared.refund_retry()
            sending = self._sending
            round_trip = to_seconds(sending.env.instant_ns) - to_seconds(sending.start_ns)
            shared.succeeded(round_trip, self.number, sending.call)


def _answered(sending: Sending) -> Wait:
    """Return a wait that has ended without an answer."""
    wait = sending.wait = Wait(sending.env)
    wait.answer(value=False)
    return wait


def attempts(
    end: SenderEnd, message: Message, retry: Retry, *, release: bool = False, patient: bool = False
) -> Iterator[Attempt]:
    """Grant the attempts to send a message that a retry policy allows, one after the other.

    An acknowledgement of any attempt counts, unless the policy ignores late answers, and so does
    one at the very instant of a timeout. A message that takes several turns of attempts pays into
    the retry budget once.

    Args:
        end: The sender's end of its channel, whose verb this is.
        message: The message.
        retry: When to send again, and when to stop.
        release: Whether to send releases, which let the receiver forget the message.
        patient: Whether the policy's deadline does not count: the sender keeps the message.
    """
    sending = end.sending(message)
    shared = end.retrying or end.shared(retry)
    if retry.late_answers == "ignore":
        sending.ignores_late = True
    if retry.deadline is not None and not patient:
        end.set_deadline(message, retry.deadline)
    if not shared.is_alone and not sending.has_paid:
        sending.has_paid = True
        shared.begin()
    attempt: Attempt | None = None
    while shared.is_alone or lets_through(sending, shared, attempt):
        attempt = sending.attempt = Attempt(sending, shared, release, attempt)
        yield attempt
        if not attempt.is_followed:
            break
        if sending.env.instant_ns >= sending.expiry_ns:
            shared.refund_retry()
            break
    sending.attempt = None


def lets_through(sending: Sending, shared: Retrying, latest: Attempt | None) -> bool:
    """Whether the circuit breaker lets another attempt through; else it is not made."""
    sending.held_back = not shared.lets_through(to_seconds(sending.env.instant_ns))
    if sending.held_back and latest is not None:
        shared.refund_retry()
    return not sending.held_back
