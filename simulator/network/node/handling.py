"""Handling: a handler is run for a message, or its reply remembered; then it has its effect."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator
from types import GeneratorType
from typing import TYPE_CHECKING, Any

import simpy
from simpy.events import NORMAL, PENDING

from simulator.callables import synchronous
from simulator.errors import Crashed, Failed
from simulator.network.channel.receiving import NotAdmitted
from simulator.network.failures import add_note, describe
from simulator.network.payload import ATOMS, own_copy, with_own_data
from simulator.network.processes import HostTask
from simulator.network.timers import Occurrence, process_event

if TYPE_CHECKING:
    from simulator.message import Message
    from simulator.network.channel.copies import Copy
    from simulator.network.node.handlers import Handler
    from simulator.network.node.host import Host
    from simulator.network.schedule import Schedule
    from simulator.protocols.channel import Steps


class Handled(Occurrence, simpy.Event):
    """A handling that took no time; its value is the reply, or what the handler failed of.

    It has happened already, unless something else is due before.
    """

    __slots__ = ("_ok", "_value", "callbacks", "env")

    happen = process_event

    def __init__(self, env: Schedule, reply: Any) -> None:
        """Let it happen, now."""
        self.env = env
        self._ok = True
        self._value = reply
        if has_failed(reply):
            self._ok, self.defused = False, True
        if env.is_over_now(NORMAL):
            self.callbacks = None  # type: ignore[assignment]  # it has been processed
        else:
            self.callbacks = []
            env.push((env.instant_ns, NORMAL, env.turn(), self))


class Handling(HostTask):
    """A handling that takes time, or has to wait for a worker.

    Its value is the reply, or what the handler failed of. It is a process while the handler runs.

    Attributes:
        message: What is handled.
        prefetch: Of a delivery by a broker, whose places it needs one of.
        is_waiting: Whether it waits for a worker.
        is_new: Whether nobody can wait for it yet.
    """

    __slots__ = (
        *("_copy", "_handler", "_host", "_life", "_repeats", "is_new", "is_waiting"),
        *("message", "prefetch"),
    )

    def __init__(self, host: Host, handler: Handler, message: Message, copy: Copy) -> None:
        """Make it; it begins when a worker takes it."""
        self.env = host.env
        self.callbacks = []
        self._value = PENDING
        self.prefetch = handler.prefetch
        self.is_new = True
        self._repeats = self.is_waiting = False
        self._host = host
        self._life = host.life
        self._handler = handler
        self.message = message
        self._copy = copy

    def begin(self) -> None:
        """Run the handler, now that a worker is free; or answer from memory."""
        handler = self._handler
        if handler.keys is not None and self._repeat():
            return
        result = run_handler(self._host, handler, self.message, self._copy)
        if takes_time(result):
            self.take_time(result)
        elif self._life == self._host.life:  # else the handler has crashed its own host
            self._finish(result)

    def take_time(self, steps: Steps) -> None:
        """Go through the steps of a handler, as a process of the host that occupies a worker."""
        host = self._host
        host.crew.occupy(self.prefetch)
        processes = self._processes = host.processes
        processes.running[self] = True
        self._begin(steps)

    def expire(self) -> None:
        """Refuse a delivery that could not begin in time."""
        name, host = self.message.id, self._host.name
        self.fail(NotAdmitted(f"{name} expired before {host} could handle it"))
        self.defused = True

    def _repeat(self) -> bool:
        """Answer from memory, if the handler remembers the request; else remember it."""
        handler, message = self._handler, self.message
        first = handler.first_of_its_key(self)
        if first is self:
            return False
        self._repeats = True
        if handler.refuses_after(first.message, message):
            reason = f"its key came with another payload before, in {first.message.id}"
            text = f"{self._host.name} refused {message.id}: {reason}"
            self._copy.end.refuse(self._copy, text)
            self._conclude(NotAdmitted(text), ok=False)
        else:
            answer = dataclasses.replace(handler, function=lambda _: _until(first))
            self.take_time(run_handler(self._host, answer, message, self._copy))
        return True

    def _end(self, *, ok: bool, value: Any) -> None:
        host = self._host
        self._processes.running.pop(self, None)
        if self._life != host.life:
            # A crash has ended it, and nobody waits.
            self._ok, self._value, self.defused = False, Crashed(f"{host.name} crashed"), True
            return
        if ok:
            try:
                self._finish(value)
            except ValueError as refusal:
                ok, value = False, refusal
        elif isinstance(value, Exception) and not isinstance(value, simpy.Interrupt):
            say_where(value, host, self._handler, self.message)
            if isinstance(value, Failed):
                self._finish(value)
                ok = True
        if not ok:
            self.callbacks.clear()
            self.fail(value)
        host.crew.free(self.prefetch)

    def _finish(self, result: Any) -> None:
        """Have the effect, and answer whoever waits."""
        reply = settle(
            self._host, self._handler, self.message, self._copy, result, repeats=self._repeats
        )
        ok = not has_failed(reply)
        if not ok:
            self._handler.forget(self)
        self._conclude(reply, ok=ok)

    def _conclude(self, value: Any, *, ok: bool) -> None:
        """Be done, and let whoever waits go on."""
        self._ok, self._value = ok, value
        if not ok:
            self.defused = True
        env = self.env
        if self.callbacks or (self.is_new and not env.is_over_now(NORMAL)):
            env.push((env.instant_ns, NORMAL, env.turn(), self))
        else:  # nobody waits, or would have to wait for anything else: it has happened
            self.callbacks = None  # type: ignore[assignment]  # it has been processed


def take(host: Host, copy: Copy) -> simpy.Event | None:
    """Let the handler of a copy's message run when a worker is free.

    A delivery by a broker that cannot begin at once waits for a place of its subscription too,
    and only until its visibility timeout ends: it was created when it was sent.

    Returns:
        The handling, an event whose value is what the handler returned; it fails if that failed
        (`Failed`), or if a delivery expires. None if there is neither a worker nor room to wait.
    """
    message, workers = copy.message, host.crew
    handler = host.handlers.by_topic[message.topic]
    prefetch = handler.prefetch
    if workers.backlog is not None and not workers.has_room_for(prefetch):
        return None
    if handler.has_room is not None and not handler.has_room():
        return None
    if type(message.data) not in ATOMS:
        message = with_own_data(message)
    is_free = workers.has_free(prefetch)
    if is_free and handler.keys is None:
        life = host.life
        result = run_handler(host, handler, message, copy)
        if host.life != life:
            return simpy.Event(host.env)  # the handler has crashed its own host: it never ends
        if result is None or not takes_time(result):
            return Handled(host.env, settle(host, handler, message, copy, result))
        handling = Handling(host, handler, message, copy)
        handling.take_time(result)
    else:
        handling = Handling(host, handler, message, copy)
        if is_free:
            handling.begin()
        elif prefetch is None:
            workers.wait(handling)
        else:
            workers.wait(handling, message.created_ns + prefetch.visibility_ns)
    handling.is_new = False
    return handling


def run_handler(host: Host, handler: Handler, message: Message, copy: Copy) -> Any:
    """Hand a message over to its handler.

    Returns:
        Its result, or the `Failed` that it raised, or the steps that lead to either.
    """
    row = copy.row
    row.handovers += 1
    if row.delivered_ns < 0:  # never, so far
        row.delivered_ns = host.env.instant_ns
    if host.trace.enabled:
        record(host, "handed_over", copy)
    try:
        return handler.function(message)
    except Exception as error:
        say_where(error, host, handler, message)
        if isinstance(error, Failed):
            return error
        raise


def takes_time(result: Any) -> bool:
    """Whether a handler has returned steps, rather than its result."""
    kind = type(result)
    return kind is GeneratorType or (kind not in ATOMS and isinstance(result, Generator))


def has_failed(result: Any) -> bool:
    """Whether what a handler returned or raised says that it failed."""
    return type(result) not in ATOMS and isinstance(result, Failed)


def settle(
    host: Host,
    handler: Handler,
    message: Message,
    copy: Copy,
    result: Any,
    *,
    repeats: bool = False,
) -> Any:
    """Let a handling that has ended have its effect, unless it failed, or repeats another.

    Returns:
        The reply: a copy of the result, which the handler may keep and change; or its failure.
    """
    has_effect = not repeats
    if has_failed(result):
        has_effect = False
    elif type(result) not in ATOMS:
        place = f'the reply of {handler.name}, the handler of "{message.topic}" at {host.name},'
        synchronous(place, result, "a value")
        result = own_copy(result)
    if host.trace.enabled:
        record(host, "handled", copy)
        if has_failed(result):
            record(host, "failed", copy)
    row = copy.row
    if has_effect and not (handler.idempotent and row.effects):
        row.effects += 1
    return result


def say_where(error: Exception, host: Host, handler: Handler, message: Message) -> None:
    """Note in which handler something was raised, and for which message."""
    place = f'in {handler.name}, the handler of "{message.topic}" at {host.name}'
    add_note(error, f"{place}, for {describe(message)}")


def record(host: Host, event: str, copy: Copy) -> None:
    """Record that a handling has begun, or ended."""
    now_ns, node, link = host.env.instant_ns, host.name, copy.end.link
    message, attempt, number = copy.message, copy.attempt, copy.number
    host.trace.log.extend((now_ns, event, node, link, message, attempt, number, None))


def _until(reply: simpy.Event) -> Steps:
    return (yield reply)
