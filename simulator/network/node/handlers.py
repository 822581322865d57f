"""Handlers: what a node does with the messages of each topic, on its workers."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.network.channel.receiving import was_done
from simulator.network.payload import are_equal

if TYPE_CHECKING:
    from simulator.conditions import Delay
    from simulator.message import Message
    from simulator.network.node.handling import Handling
    from simulator.network.node.workers import Prefetch
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
        kind: What the messages of the topic are, such as "task"; empty: what their sender makes
            them.
        prefetch: For deliveries by a broker, how they are taken; None for any other message.
        has_room: For what may be full, such as a queue: whether a message would be let in.
    """

    function: Callable[[Message], Any]
    idempotent: bool = False
    keys: IdempotencyKeys | None = None
    handled: SeenMessages | None = None
    time: Delay | None = None
    owner: str = ""
    kind: str = ""
    prefetch: Prefetch | None = None
    has_room: Callable[[], bool] | None = None

    @property
    def name(self) -> str:
        """The name of its function."""
        return getattr(self.function, "__name__", type(self.function).__name__)

    def first_of_its_key(self, handling: Handling) -> Handling:
        """Return the handling whose reply is remembered for a request; else remember this one."""
        key, handled = self._key_of(handling), self._memory
        if key not in handled:
            handled.remember(key, handling)
        first: Handling = handled.reply_to(key)
        return first

    def refuses_after(self, first: Message, message: Message) -> bool:
        """Whether it refuses a message because of what came first with the same key."""
        keys = self.keys
        return keys is not None and keys.other_payload == "refuse" and not are_equal(first, message)

    def forget(self, handling: Handling) -> None:
        """Let another request of the same key be a new one: this one has failed."""
        if self.keys is not None:
            key, handled = self._key_of(handling), self._memory
            if key in handled and handled.reply_to(key) is handling:
                handled.forget(key)

    def _key_of(self, handling: Handling) -> Hashable:
        assert self.keys is not None  # noqa: S101 - it would not be asked
        return self.keys.key_of(handling.message)

    @property
    def _memory(self) -> SeenMessages:
        assert self.handled is not None  # noqa: S101 - who has keys has a memory
        return self.handled


class Handlers:
    """The handlers of a node, by topic.

    Attributes:
        by_topic: The handler of each topic.
    """

    def __init__(self) -> None:
        """Start with none."""
        self.by_topic: dict[str, Handler] = {}

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
