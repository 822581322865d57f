"""Handling: a handler is run for a message, or its reply remembered; then it has its effect."""

from __future__ import annotations

from collections.abc import Generator
from types import GeneratorType
from typing import TYPE_CHECKING, Any

import simpy
from simpy.events import NORMAL, PENDING

from simulator.callables import synchronous
from simulator.clock import END_OF_TIME
from simulator.network.channel.receiver_end import NotAdmitted
from simulator.network.failures import add_note, describe
from simulator.network.payload import ATOMS, own_copy
from simulator.network.processes import HostTask

if TYPE_CHECKING:
    from simulator.message import Message
    from simulator.network.channel.copies import Copy
    from simulator.network.node.handlers import Handler
    from simulator.network.node.host import Host
    from simulator.protocols.channel import Steps


class Handling(HostTask):
    """A message that a handler is run for; its value is what the handler returned.

    It is a process only where the handler takes time: else it is an event.

    Attributes:
        prefetch: Of a delivery by a broker, whose places it needs one of.
        expires_ns: Until when it may begin.
        is_waiting: Whether it waits for a worker.
        is_new: Whether nobody can wait for it yet.
    """

    __slots__ = (
        *("_copy", "_handler", "_host", "_life", "_message", "_repeats", "is_new", "prefetch"),
    )

    expires_ns = END_OF_TIME
    is_waiting = False

    def __init__(self, host: Host, handler: Handler, message: Message, copy: Copy) -> None:
        """Make it; it begins when a worker takes it."""
        self.env = host.env
        self.callbacks = []
        self._value = PENDING
        self.prefetch = handler.prefetch
        self.is_new = True
        self._repeats = False
        self._host = host
        self._life = host.life
        self._handler = handler
        self._message = message
        self._copy = copy

    def begin(self) -> None:
        """Run the handler, now that a worker is free."""
        row, handler = self._copy.row, self._handler
        row.handovers += 1
        if row.delivered_ns < 0:
            row.delivered_ns = self.env.instant_ns
        if self._host.trace.enabled:
            self._record("handed_over")
        if handler.keys is not None and self._repeat():
            return
        try:
            result = handler.function(self._message)
        except Exception as error:
            self._say_where(error)
            raise
        kind = type(result)
        if kind is GeneratorType or (kind not in ATOMS and isinstance(result, Generator)):
            self._take_time(result)
        else:
            self._finish(result)

    def expire(self) -> None:
        """Refuse a delivery that could not begin in time."""
        name, host = self._message.id, self._host.name
        self.fail(NotAdmitted(f"{name} expired before {host} could handle it"))
        self.defused = True

    def _repeat(self) -> bool:
        """Answer from memory, if the handler remembers the request; else remember it."""
        handled, keys = self._handler.handled, self._handler.keys
        assert handled is not None  # noqa: S101 - it has a memory
        assert keys is not None  # noqa: S101 - or it would not be asked
        key = keys.key_of(self._message)
        if key not in handled:
            handled.remember(key, self)
            return False
        self._repeats = True
        self._take_time(_until(handled.reply_to(key)))
        return True

    def _take_time(self, steps: Steps) -> None:
        """Run a handler that takes time, as a process of the host that occupies a worker."""
        self._host.crew.occupy(self.prefetch)
        self._processes = self._host.processes
        self._crashes = self._processes.crashes
        self._processes.running[self] = None
        self._begin(steps)

    def _end(self, *, ok: bool, value: Any) -> None:
        self._processes.running.pop(self, None)
        if ok:
            try:
                if self._finish(value):
                    self._host.crew.free(self.prefetch)
                return
            except ValueError as refusal:
                value = refusal
        elif isinstance(value, Exception) and not isinstance(value, simpy.Interrupt):
            self._say_where(value)
        if self._life == self._host.life:  # else a crash ended it, and nobody waits
            self.callbacks.clear()
            self.fail(value)

    def _finish(self, result: Any) -> bool:
        """Have the effect and answer whoever waits, unless the host has crashed meanwhile."""
        if self._life != self._host.life:
            return False
        handler = self._handler
        if type(result) not in ATOMS:
            place = f'the reply of {handler.name}, the handler of "{self._message.topic}" at'
            synchronous(f"{place} {self._host.name},", result, "a value")
            result = own_copy(result)  # the handler may keep what it returns, and change it
        row = self._copy.row
        if not self._repeats and not (handler.idempotent and row.effects):
            row.effects += 1
        self._ok = True
        self._value = result
        env = self.env
        if self.callbacks or (self.is_new and not env.is_over_now(NORMAL)):
            env.push((env.instant_ns, NORMAL, env.turn(), self))
        else:  # nobody waits, or would have to wait for anything else: it has happened
            self.callbacks = None  # type: ignore[assignment]
        return True

    def _record(self, event: str) -> None:
        copy, host = self._copy, self._host
        host.trace.record(
            self.env.instant_ns,
            event,
            copy.message.number,
            node=host.name,
            link=f"{copy.message.sender}→{copy.message.receiver}",
            attempt=copy.attempt,
            copy=copy.number,
        )

    def _say_where(self, error: Exception) -> None:
        """Note in which handler something was raised, and for which message."""
        name, topic, host = self._handler.name, self._message.topic, self._host.name
        message = describe(self._message)
        add_note(error, f'in {name}, the handler of "{topic}" at {host}, for {message}')


def _until(reply: simpy.Event) -> Steps:
    return (yield reply)
