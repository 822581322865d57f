"""Service times: how long the handling of each message takes.

A time is drawn from a delay, and its draw is addressed by the message: the same whoever handles it,
whenever, and however often.
"""

from __future__ import annotations

from typing import Final

from simulator.conditions import Delay
from simulator.conditions.delay import quantiles
from simulator.randomness import Blocks, Lane, LaneValues, Purpose, Randomness, link_name
from simulator.validation import has_method, refuse

KEPT: Final = 100
"""How many delays are found by their identity: a handler may make one of its own each time."""


class ServiceTimes:
    """The service times of the messages of one network."""

    __slots__ = ("_by_delay", "_delays", "_lanes", "_randomness")

    def __init__(self, randomness: Randomness) -> None:
        """Take all draws from the randomness of the network."""
        self._randomness = randomness
        self._by_delay: dict[Delay, Blocks[float]] = {}
        self._lanes: dict[tuple[int, str, str, int], LaneValues[float]] = {}
        self._delays: list[Delay] = []  # kept, so that no other can have the identity of one

    def of(self, sender: str, receiver: str, delay: Delay, draw: int = 0) -> LaneValues[float]:
        """Return the times of the messages from one node to another, in seconds, by their number.

        Args:
            sender: Name of the node that sends them.
            receiver: Name of the node that they are for.
            delay: What to draw from, such as Exponential(mean=0.02).
            draw: Which draw, where a message needs several; from 0.

        Raises:
            ValueError: If the delay has no quantile function, or cannot be hashed.
        """
        place = id(delay), sender, receiver, draw
        lane = self._lanes.get(place)
        if lane is None:
            lane = self._find(sender, receiver, delay, draw)
            if len(self._delays) < KEPT:
                self._lanes[place] = lane
                self._delays.append(delay)
        return lane

    def _find(self, sender: str, receiver: str, delay: Delay, draw: int) -> LaneValues[float]:
        try:
            is_new = delay not in self._by_delay
        except TypeError:
            refuse("Message.sample.delay", delay, "a hashable delay: @dataclass(frozen=True)")
        if is_new:
            has_method("Message.sample.delay", delay, "quantile", "a delay, such as Constant(0.02)")
            self._by_delay[delay] = Blocks(
                lambda *block: quantiles(delay, self._randomness.draws(*block))
            )
        return self._by_delay[delay].lane(Lane(link_name(sender, receiver), Purpose.SERVICE, draw))
