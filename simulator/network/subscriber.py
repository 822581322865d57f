"""A subscriber: a worker to which a queue hands its messages, and what it does with one."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import simpy

from simulator.message import Message
from simulator.network.node import Node
from simulator.network.queue import MessageQueue

if TYPE_CHECKING:
    from simulator.network.guarantee import Steps

RETURNED: Final = object()
"""What a worker answers when its handler raised: the message goes back to the queue."""


@dataclass(slots=True, eq=False)
class Subscriber:
    """A worker that takes messages from a queue, and how many more it may have now."""

    node: Node
    topic: str
    prefetch: int
    credit: int


def work_through(
    node: Node, handler: Callable[[Message], Any], message: Message, queue: MessageQueue
) -> Steps:
    """Handle a delivery at a worker: to return acknowledges it, to raise gives it back."""
    try:
        result = handler(message)
        if isinstance(result, Generator):
            result = yield from result
    except simpy.Interrupt:
        raise  # the worker crashed
    except Exception as error:  # noqa: BLE001 - whatever a handler raises, its message goes back
        queue.errors[repr(error)] += 1
        return RETURNED
    if message.reply_to is not None:
        node.reply(message, result)
    return "handled"
