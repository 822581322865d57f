"""Handlers: what a node does with the messages of each topic, on its workers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import simpy

from simulator.clock import END_OF_TIME
from simulator.network.channel.receiver_end import was_done
from simulator.network.node.handling import (
    Handled,
    Handling,
    have_effect,
    reply_of,
    run_handler,
    takes_time,
)
from simulator.network.payload import ATOMS, with_own_data

if TYPE_CHECKING:
    from simulator.conditions import Delay
    from simulator.message import Message
    from simulator.network.channel.copies import Copy
    from simulator.network.node.host import Host
    from simulator.network.node.workers import Prefetch, Workers
    from simulator.policies import IdempotencyKeys, SeenMessages


@dataclass(frozen=True, slots=True)
class Handler:
    """What a node does with the messages of a topic.

    Attributes:
        function: Called with the message; a plain function, or a generator that takes time.
        idempotent: Whether handling a message twice changes no more than handling it once.
        keys: How it recognizes a request that it has handled; None if it does not.
        handled: The requests that it remembers.
        time: How long each message takes, where that is all there is to it; see `Host.serve`.
        owner: What the topic belongs to, such as "replies to client"; empty: a student's own.
        prefetch: For deliveries by a broker, how they are taken; None for any other message.
        has_room: For what may be full, such as a queue: whether a message would be let in.
    """

    function: Callable[[Message], Any]
    idempotent: bool = False
    keys: IdempotencyKeys | None = None
    handled: SeenMessages | None = None
    time: Delay | None = None
    owner: str = ""
    prefetch: Prefetch | None = None
    has_room: Callable[[], bool] | None = None
    is_plain: bool = field(init=False)

    def __post_init__(self) -> None:
        """Note whether a handling needs no more than a worker: no place, and no memory."""
        object.__setattr__(self, "is_plain", self.prefetch is None and self.keys is None)

    @property
    def name(self) -> str:
        """The name of its function."""
        return getattr(self.function, "__name__", type(self.function).__name__)


class Handlers:
    """The handlers of a node, by topic.

    Attributes:
        by_topic: The handler of each topic.
    """

    def __init__(self, host: Host, workers: Workers) -> None:
        """Start with none."""
        self.by_topic: dict[str, Handler] = {}
        self._host = host
        self._workers = workers

    def take(self, copy: Copy) -> simpy.Event | None:
        """Let the handler of a copy's message run when a worker is free.

        A delivery by a broker that cannot begin at once waits for a place of its subscription too,
        and only until its visibility timeout ends: it was created when it was sent.

        Returns:
            The handling, an event whose value is what the handler returned; it fails if a delivery
            expires. None if there is neither a worker nor room to wait.
        """
        message, workers = copy.message, self._workers
        handler = self.by_topic[message.topic]
        prefetch = handler.prefetch
        if workers.backlog is not None and not workers.has_room_for(prefetch):
            return None
        if handler.has_room is not None and not handler.has_room():
            return None
        if type(message.data) not in ATOMS:
            message = with_own_data(message)
        if handler.is_plain and (workers.most is None or workers.busy.value < workers.most):
            return self._handle_now(handler, message, copy)
        handling = Handling(self._host, handler, message, copy)
        if prefetch is not None:
            handling.expires_ns = min(message.created_ns + prefetch.visibility_ns, END_OF_TIME)
        workers.admit(handling)
        handling.is_new = False
        return handling

    def _handle_now(self, handler: Handler, message: Message, copy: Copy) -> simpy.Event:
        """Run the handler of a message for which a worker is free."""
        host = self._host
        life = host.life
        result = run_handler(host, handler, message, copy)
        if host.life != life:
            return simpy.Event(host.env)  # the handler has crashed its own host: it never ends
        if takes_time(result):
            handling = Handling(host, handler, message, copy)
            handling.take_time(result)
            handling.is_new = False
            return handling
        if type(result) not in ATOMS:
            result = reply_of(host, handler, message, result)
        have_effect(handler, copy)
        return Handled(host.env, result)

    def register(self, topic: str, handler: Handler) -> None:
        """Let a handler have a topic."""
        self.by_topic[topic] = handler

    def owner_of(self, topic: str) -> str | None:
        """Return what a topic belongs to: empty for a student's own handler, None for nothing."""
        handler = self.by_topic.get(topic)
        return None if handler is None else handler.owner

    def forget(self) -> None:
        """Lose what handlers remember in memory: the node has crashed."""
        for handler in self.by_topic.values():
            if handler.keys is not None and handler.handled is not None:
                handler.handled.keep(was_done if handler.keys.durable else lambda _: False)
