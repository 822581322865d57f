"""Calls: how their callers wait on, and why they failed, for all that their callers know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.errors import CallFailed, CircuitOpen, Refused, TimedOut

if TYPE_CHECKING:
    from simulator.network.channel import Channel
    from simulator.network.end import Sending
    from simulator.network.guarantee import Steps


def await_reply(channel: Channel, sending: Sending, within: float) -> Steps:
    """Wait for a reply to the last attempt, unless it was refused; give up in the end."""
    message, last = sending.message, sending.row.attempts
    failed = sending.failed_attempt == last
    if not (failed and sending.refused):
        if (yield channel.acknowledgement(message, within=within)):
            return
        failed = sending.failed_attempt == last
    if not failed:
        channel.time_out(message, last)
    channel.give_up(message)


def failure_of(sending: Sending) -> CallFailed:
    """Return the error to raise for a request that its sender has given up."""
    if sending.held_back:
        return CircuitOpen(_held_back(sending))
    if sending.refused:
        return Refused(_refused(sending))
    message = sending.message
    return TimedOut(f"no reply to {message.id} from {message.receiver}")


def _held_back(sending: Sending) -> str:
    message, attempts = sending.message, sending.row.attempts
    if not attempts:
        return f"{message.id} was not sent to {message.receiver}: breaker open"
    times = "once" if attempts == 1 else f"{attempts} times"
    return (
        f"{message.id} was not sent to {message.receiver} again: breaker open; "
        f"sent {times} before, it may have been handled"
    )


def _refused(sending: Sending) -> str:
    message, attempts = sending.message, sending.row.attempts
    if attempts == 1:
        return f"{message.receiver} refused {message.id}"
    if _was_refused_each_time(sending):
        return f"{message.receiver} refused {message.id} at each of {attempts} attempts"
    return (
        f"{message.receiver} refused {message.id} at the last of {attempts} attempts; "
        "an earlier one may have been handled"
    )


def _was_refused_each_time(sending: Sending) -> bool:
    return len(sending.refused_attempts) == sending.row.attempts
