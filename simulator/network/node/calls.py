"""Calls: how their callers wait on, and why they failed, for all that their callers know."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Final

import simpy

from simulator.errors import CallFailed, CircuitOpen, Refused, TimedOut
from simulator.network.channel.sending import Sending
from simulator.network.failures import Place, add_note, describe
from simulator.network.node.outbox import USUAL_BYTES
from simulator.protocols import AtLeastOnce
from simulator.validation import duration, refuse

if TYPE_CHECKING:
    from simulator.network.node.node import Node
    from simulator.protocols.channel import Guarantee, Steps

AT_LEAST_ONCE: Final = AtLeastOnce()

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


def ask(
    node: Node,
    receiver: Node,
    topic: str,
    data: Any = None,
    *,
    guarantee: Guarantee | None = None,
    timeout: float | None = None,
    size_bytes: int = USUAL_BYTES,
) -> simpy.Process:
    """Send a request and wait for the reply (request-response).

    Where the guarantee acknowledges, the acknowledgement carries the reply, and a request asked
    again is answered again. Where it does not, request and reply are each sent once.

    Args:
        node: The node whose verb this is.
        receiver: The node that it is for.
        topic: Which of its handlers it is for.
        data: The payload.
        guarantee: How it is carried. None: at least once.
        timeout: Longest wait for the reply, in seconds. None: until the guarantee gives up; for
            1 s if it ends without doing so, as one that sends once does.
        size_bytes: Size on the wire, in bytes.

    Returns:
        A process to yield. Its value is what the receiver's handler returned.

    Raises:
        TimedOut: Where the reply is waited for, when the sender gave up.
        Refused: There, when the last attempt was refused. An earlier one may have been handled.
        Failed: There, when the handler raised it at the last attempt: that one, of its class, with
            its text and fields.
        CircuitOpen: There, when the sender's circuit breaker held back the first attempt, so
            that nothing was sent; or a later one, when an earlier may have been handled.
        Crashed: There, when the node crashed meanwhile.
    """
    asked_at = place_of_call()
    return request(node, receiver, topic, data, guarantee, timeout, size_bytes, asked_at)


def request(  # noqa: PLR0917 - what `ask` was called with, and where
    node: Node,
    receiver: Node,
    topic: str,
    data: Any,
    guarantee: Guarantee | None,
    timeout: float | None,
    size_bytes: int,
    asked_at: Place,
) -> Call:
    """Send a request from a place in a program."""
    carried = AT_LEAST_ONCE if guarantee is None else guarantee
    if getattr(carried, "acknowledge", "after") == "before":
        refuse("Node.ask.guarantee", carried, "one that acknowledges after handling")
    if timeout is not None:
        timeout = duration("Node.ask.timeout", timeout)
    call = node.outbox.send(receiver, topic, data, carried, size_bytes, Call)
    call.timeout, call.asked_at = timeout, asked_at
    return call


def _failure_of(call: Call) -> CallFailed:
    """Return the error to raise for a request that its sender has given up."""
    if call.held_back:
        return CircuitOpen(_held_back(call))
    if call.refused:
        return call.failure or Refused(_refused(call))
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
    assert here.f_back is not None  # noqa: S101 - and so has who calls
    caller = here.f_back.f_back
    return ("?", 0) if caller is None else (caller.f_code.co_filename, caller.f_lineno)
