"""Resending: what a sender does until it is acknowledged, or gives up.

    for attempt in 1, 2, 3, …:
        is the circuit breaker open? give up
        send the message
        wait for an acknowledgement, up to the timeout: it came? done
        was it the last attempt, or is the retry budget spent? give up
        pause (an acknowledgement may still come)

A refusal ends the wait at once, and counts as a failure like a timeout. A retry paid from the
budget but never sent is refunded.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from simulator.errors import EndlessRun

if TYPE_CHECKING:
    from simulator.message import Message
    from simulator.network import Channel, Steps
    from simulator.policies import Retry


def send_until_acknowledged(channel: Channel, message: Message, retry: Retry) -> Steps:
    """Send a message again and again, as a retry policy says, until it is acknowledged.

    An acknowledgement of any attempt counts, and so does one at the very instant of a timeout. At
    the deadline the sender gives up, in the middle of a wait or of a pause.
    """
    channel.set_deadline(message, retry.deadline)
    channel.shared(retry).begin()
    if not (yield from attempts(channel, message, retry)):
        channel.give_up(message)


def attempts(
    channel: Channel, message: Message, retry: Retry, *, earlier: int = 0, release: bool = False
) -> Steps:
    """Attempt to send a message, as often as a retry policy says; tell whether that succeeded.

    A message may take several turns of attempts. Its guarantee calls `Retrying.begin` once, before
    the first.

    Args:
        channel: The way to the receiver.
        message: The message.
        retry: When to send again, and when to stop.
        earlier: How many attempts there were before: these are numbered from the next.
        release: Whether to send the word that the message may be forgotten, rather than its data.
    """
    shared = channel.shared(retry)
    start, pause = channel.now, 0.0
    for attempt in count(1):
        if not shared.lets_through(channel.now):
            if attempt > 1:
                shared.refund_retry()
            channel.hold_back(message)
            return False
        call, sent, timeout = shared.latest_call, channel.now, shared.timeout_of(attempt)
        channel.transmit(message, earlier + attempt, release=release)
        if (yield channel.acknowledgement(message, within=timeout, release=release)):
            shared.succeeded(channel.now - start, earlier + attempt, call)
            return True
        refused = channel.time_out(message, earlier + attempt)
        in_full = not refused and not channel.cut_short(message)
        shared.failed(channel.now, timeout if in_full else None)
        if attempt == retry.max_attempts or channel.expired(message) or not shared.may_retry():
            return False
        luck = channel.luck(message, earlier + attempt)
        pause = retry.backoff.pause_after(attempt, pause, luck)
        if retry.max_attempts is None and pause == 0 and channel.now == sent:
            raise EndlessRun(
                f"{message.id} is refused and sent again at one instant, for ever: give the link a "
                "delay, or the retry a backoff or a number of attempts"
            )
        answered = yield channel.acknowledgement(message, within=pause, release=release)
        if answered or channel.expired(message):
            shared.refund_retry()
            if answered:
                shared.succeeded(channel.now - start, earlier + attempt, call)
            return bool(answered)
    raise AssertionError("count has no end")
