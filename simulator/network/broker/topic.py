"""A topic of a broker: a name under which every group of subscribers gets every message."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.network.broker.queue import MessageQueue, QueueSettings

if TYPE_CHECKING:
    from simulator.network.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Topic:
    """A name under which every group of subscribers gets every message.

    Attributes:
        name: The name.
        settings: What the queue of each group is like.
        queues: The queue of each group, by the group's name; of a node that subscribes alone, by
            the node's name, and by "node 2", "node 3" where it does so again.
    """

    name: str
    settings: QueueSettings
    queues: dict[str, MessageQueue] = field(default_factory=dict)
    _groups: set[str] = field(default_factory=set)
    _alone: Counter[str] = field(default_factory=Counter)

    def queue_for(self, env: Schedule, node: str, group: str | None) -> MessageQueue:
        """Return the queue of a group, or of a node alone: a new one, if it has none yet."""
        if group is not None and group in self._groups:
            return self.queues[group]
        label, owner = group, f"the queue of the group {group} of the topic {self.name}"
        if label is None:
            place = self._alone[node] + 1
            label = node if place == 1 else f"{node} {place}"
            owner = f"the queue of {node}, alone on the topic {self.name},"
        return MessageQueue(f"{self.name}/{label}", owner, self.settings, env)

    def add(self, queue: MessageQueue, node: str, group: str | None) -> None:
        """Keep a new queue of a group, or of a node alone."""
        self.queues[queue.name.removeprefix(f"{self.name}/")] = queue
        if group is None:
            self._alone[node] += 1
        else:
            self._groups.add(group)
