"""Handling: a handler is run for a message, or its reply remembered; then it has its effect."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import simpy

from simulator.callables import synchronous
from simulator.network.failures import add_note, describe
from simulator.network.job import Handler, Job
from simulator.network.payload import ATOMS, own_copy

if TYPE_CHECKING:
    from simulator.network.guarantee import Steps
    from simulator.network.host import Host


def begin_handling(host: Host, handler: Handler, job: Job) -> None:
    """Handle a message at a host, now that a worker is free."""
    job.begin()
    if handler.keys is not None and handler.handled is not None:
        key = handler.keys.key_of(job.message)
        if key in handler.handled:
            host.start_handling(
                _answer_from_memory(host, handler, job, handler.handled.reply_to(key))
            )
            return
        handler.handled.remember(key, job.done)
    try:
        result = handler.function(job.message)
    except Exception as error:
        _say_where(error, host, handler, job)
        raise
    if isinstance(result, Generator):
        host.start_handling(_work_through(host, handler, job, result))
    else:
        changes = not (handler.idempotent and job.row.effects)
        _finish(host, handler, job, result, changes=changes)


def _work_through(host: Host, handler: Handler, job: Job, steps: Steps) -> Steps:
    try:
        result = yield from steps
    except simpy.Interrupt:
        raise  # its host crashed
    except Exception as error:
        _say_where(error, host, handler, job)
        raise
    changes = not (handler.idempotent and job.row.effects)
    _finish(host, handler, job, result, changes=changes)


def _answer_from_memory(host: Host, handler: Handler, job: Job, reply: simpy.Event) -> Steps:
    result = yield reply
    _finish(host, handler, job, result, changes=False)


def _finish(host: Host, handler: Handler, job: Job, result: Any, *, changes: bool) -> None:
    if job.life != host.life:
        return  # it crashed while the handler ran
    if type(result) not in ATOMS:
        place = f'the reply of {handler.name}, the handler of "{job.message.topic}" at {host.name},'
        synchronous(place, result, "a value")
        result = own_copy(result)  # the handler may keep what it returns, and change it
    job.row.effects += changes
    job.done.succeed(value=result)
    host.free_worker(job.prefetch)


def _say_where(error: Exception, host: Host, handler: Handler, job: Job) -> None:
    topic, message = job.message.topic, describe(job.message)
    add_note(error, f'in {handler.name}, the handler of "{topic}" at {host.name}, for {message}')
