"""Handling: a handler is run for a message, or its reply remembered; then it has its effect."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import simpy

from simulator.callables import synchronous
from simulator.network.failures import add_note, describe
from simulator.network.job import Handler, Job, NotAdmitted
from simulator.network.payload import ATOMS, own_copy
from simulator.network.processes import HostTask, Processes

if TYPE_CHECKING:
    from simulator.protocols.channel import Steps


class Receiving(HostTask):
    """The receiver's part of a guarantee at work."""

    forgiven = (NotAdmitted,)


class Handling(HostTask):
    """A handler at work on a message."""

    def __init__(
        self,
        processes: Processes,
        handler: Handler,
        job: Job,
        steps: Steps,
        *,
        repeats: bool = False,
    ) -> None:
        """Begin. `repeats`: what it returns is remembered, and has no effect."""
        self._handler = handler
        self._job = job
        self._repeats = repeats
        super().__init__(processes, steps, at_once=True)

    def _end(self, *, ok: bool, value: Any) -> None:
        handler, job = self._handler, self._job
        if ok:
            try:
                finish(handler, job, value, repeats=self._repeats)
            except ValueError as refusal:
                ok, value = False, refusal
        elif isinstance(value, Exception) and not isinstance(value, simpy.Interrupt):
            say_where(value, handler, job)
        super()._end(ok=ok, value=value)


def begin_handling(processes: Processes, handler: Handler, job: Job) -> None:
    """Handle a message at a host, now that a worker is free."""
    if handler.keys is not None and handler.handled is not None:
        key = handler.keys.key_of(job.message)
        if key in handler.handled:
            answer = _until(handler.handled.reply_to(key))
            Handling(processes, handler, job, answer, repeats=True)
            return
        handler.handled.remember(key, job.done)
    try:
        result = handler.function(job.message)
    except Exception as error:
        say_where(error, handler, job)
        raise
    if type(result) not in ATOMS and isinstance(result, Generator):
        Handling(processes, handler, job, result)
    else:
        finish(handler, job, result)


def finish(handler: Handler, job: Job, result: Any, *, repeats: bool = False) -> None:
    """Let a handling have its effect, answer whoever waits for it, and free its worker."""
    host = job.host
    if job.life != host.life:
        return  # it crashed while the handler ran
    if type(result) not in ATOMS:
        place = f'the reply of {handler.name}, the handler of "{job.message.topic}" at {host.name},'
        synchronous(place, result, "a value")
        result = own_copy(result)  # the handler may keep what it returns, and change it
    if not repeats and not (handler.idempotent and job.row.effects):
        job.row.effects += 1
    job.done.succeed(value=result)
    host.free_worker(job.prefetch)


def say_where(error: Exception, handler: Handler, job: Job) -> None:
    """Note in which handler something was raised, and for which message."""
    topic, host, message = job.message.topic, job.host.name, describe(job.message)
    add_note(error, f'in {handler.name}, the handler of "{topic}" at {host}, for {message}')


def _until(reply: simpy.Event) -> Steps:
    return (yield reply)
