"""Calls: how their callers wait on, and why they failed, for all that their callers know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.errors import CallFailed, CircuitOpen, Refused, TimedOut
from simulator.network.failures import Place, add_note, describe

if TYPE_CHECKING:
    from simulator.network.channel import Channel
    from simulator.network.end import Sending
    from simulator.protocols.channel import Steps

PATIENCE: Final = 1.0
"""How long a caller waits for a reply that its guarantee does not wait for, in seconds."""


def call(
    channel: Channel, sending: Sending, steps: Steps, timeout: float | None, asked_at: Place
) -> Steps:
    """Send a request, and wait for the reply, which is the value.

    Args:
        channel: The channel that carries it.
        sending: What is known of it.
        steps: The sender's part of the guarantee; the value is what the sender believes at its end.
        timeout: Longest wait for the reply, in seconds. None: what the guarantee waits, or 1 s.
        asked_at: Where the request was made.

    Raises:
        CallFailed: If no reply came.
    """
    channel.set_deadline(sending.message, timeout)
    belief = yield from steps
    if belief == "sent":  # the guarantee waits no longer, or never did; but a reply may come
        yield from await_reply(channel, sending, timeout or PATIENCE)
    if sending.row.belief == "acknowledged":
        return sending.reply
    failure = failure_of(sending)
    file, line = asked_at
    add_note(failure, f"the request {describe(sending.message)} was made in {file}, line {line}")
    raise failure


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
