"""Calls: how their callers wait on, and why they failed, for all that their callers know."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Final

from simulator.errors import CallFailed, CircuitOpen, Refused, TimedOut
from simulator.network.channel.sending import Sending
from simulator.network.failures import Place, add_note, describe

if TYPE_CHECKING:
    from simulator.protocols.channel import Steps

PATIENCE: Final = 1.0
"""How long a caller waits for a reply that its guarantee does not wait for, in seconds."""


class Call(Sending):
    """A request under way; its value at the end is the reply.

    Attributes:
        timeout: Longest wait for the reply, in seconds. None: what the guarantee waits, or 1 s.
        asked_at: Where the request was made.
    """

    __slots__ = ("asked_at", "timeout")

    wants_reply = True
    timeout: float | None
    asked_at: Place

    def _steps(self) -> Steps:
        """Carry out the sender's part of the guarantee, and wait for the reply.

        Raises:
            CallFailed: If no reply came.
        """
        row = self.row
        if self.timeout is not None:
            self.end.set_deadline(self.message, self.timeout)
        steps = super()._steps()
        if steps is not None:
            yield from steps
        if row.belief in {"waiting", "sent"}:  # the guarantee waits no longer, or never did
            row.belief = "sent"
            yield from self._await_reply(self.timeout or PATIENCE)
        if row.belief == "acknowledged":
            return self.reply
        failure = _failure_of(self)
        file, line = self.asked_at
        add_note(failure, f"the request {describe(self.message)} was made in {file}, line {line}")
        raise failure

    def _await_reply(self, within: float) -> Steps:
        """Wait for a reply to the last attempt, unless it was refused; give up in the end."""
        end, message, last = self.end, self.message, self.row.attempts
        failed = self.failed_attempt == last
        if not (failed and self.refused):
            if (yield end.acknowledgement(message, within=within)):
                return
            failed = self.failed_attempt == last
        if not failed:
            end.time_out(message, last)
        end.give_up(message)


def _failure_of(call: Call) -> CallFailed:
    """Return the error to raise for a request that its sender has given up."""
    if call.held_back:
        return CircuitOpen(_held_back(call))
    if call.refused:
        return Refused(_refused(call))
    return TimedOut(f"no reply to {call.message.id} from {call.message.receiver}")


def _held_back(call: Call) -> str:
    message, attempts = call.message, call.row.attempts
    if not attempts:
        return f"{message.id} was not sent to {message.receiver}: breaker open"
    times = "once" if attempts == 1 else f"{attempts} times"
    return (
        f"{message.id} was not sent to {message.receiver} again: breaker open; "
        f"sent {times} before, it may have been handled"
    )


def _refused(call: Call) -> str:
    message, attempts = call.message, call.row.attempts
    if attempts == 1:
        return f"{message.receiver} refused {message.id}"
    if _was_refused_each_time(call):
        return f"{message.receiver} refused {message.id} at each of {attempts} attempts"
    return (
        f"{message.receiver} refused {message.id} at the last of {attempts} attempts; "
        "an earlier one may have been handled"
    )


def _was_refused_each_time(call: Call) -> bool:
    return len(call.refused_attempts) == call.row.attempts


def place_of_call() -> Place:
    """Return where the function that calls this one was called."""
    here = inspect.currentframe()
    assert here is not None  # noqa: S101 - CPython has frames
    assert here.f_back is not None  # noqa: S101
    caller = here.f_back.f_back
    return ("?", 0) if caller is None else (caller.f_code.co_filename, caller.f_lineno)
