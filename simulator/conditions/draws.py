"""Draws: where the fates of transmissions come from.

Each draw has an address: link, purpose, attempt, copy and message. So the same transmission meets
the same fate in whatever order transmissions are made, and whoever asks.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from simulator.conditions.delay import Constant
from simulator.conditions.loss import Bernoulli, Loss
from simulator.randomness import Blocks, Lane, LaneValues, Purpose, Randomness

if TYPE_CHECKING:
    from simulator.conditions.link import Link
    from simulator.conditions.transmission import Transmission

LOST: Final = -1
"""The delay of what never arrives."""


class Draws:
    """The draws of one replication, for all of its links, by their names.

    A loss with memory is started for each link, with a stream of its own.
    """

    def __init__(self, randomness: Randomness) -> None:
        """Take all draws from the randomness of a seed and a replication."""
        self._randomness = randomness
        self._uniforms = Blocks[float](randomness.draws)
        self._losses: dict[str, Loss] = {}
        self._delays_ns: dict[str, Blocks[int]] = {}
        self._fixed_ns: dict[str, int] = {}

    def uniform(self, lane: Lane, message: int) -> float:
        """Return the draw of a message in a lane, uniform on [0, 1)."""
        return self._uniforms(lane, message)

    def loses(self, link: Link, transmission: Transmission, lane: Lane) -> bool:
        """Whether the link loses a transmission."""
        name = transmission.link
        if name not in self._losses:
            self._losses[name] = link.start_loss(self._randomness.stream(name))
        return self._losses[name].loses(transmission, self.uniform(lane, transmission.message))

    def delay_ns(self, link: Link, lane: Lane, message: int) -> int:
        """Return the delay of a copy on the link, in nanoseconds."""
        if type(link.delay) is Constant:
            if lane.link not in self._fixed_ns:
                self._fixed_ns[lane.link] = link.fixed_delay_ns or 0
            return self._fixed_ns[lane.link]
        if lane.link not in self._delays_ns:
            self._delays_ns[lane.link] = Blocks[int](partial(self._make_delays_ns, link))
        return self._delays_ns[lane.link](lane, message)

    def fates(self, link: Link, lane: Lane) -> LaneValues[int]:
        """Return the fates of a lane's messages, where no other transmission bears on them.

        Args:
            link: A link that loses each transmission by itself, and duplicates none.
            lane: The lane of its losses.

        Returns:
            The delay of each message in nanoseconds, or LOST; made a block at a time.
        """
        loss = link.loss_model
        assert isinstance(loss, Bernoulli)  # noqa: S101 - others decide one by one
        draws, delays = self._randomness.draws, copy_lane(lane, 0)

        def make(start: int, stop: int) -> npt.NDArray[np.int64]:
            if link.fixed_delay_ns is None:
                fates = link.delays_ns(draws(delays, start, stop))
            else:
                fates = np.full(stop - start, link.fixed_delay_ns)
            if loss.rate > 0:
                fates[draws(lane, start, stop) < loss.rate] = LOST
            return fates

        return LaneValues[int](make)

    def _make_delays_ns(
        self, link: Link, lane: Lane, start: int, stop: int
    ) -> npt.NDArray[np.int64]:
        return link.delays_ns(self._randomness.draws(lane, start, stop))


def loss_lane(link: str, attempt: int, copy: int, *, is_answer: bool) -> Lane:
    """Address the loss of a transmission; what answers has lanes apart from data."""
    return Lane(link, Purpose.LOSS, attempt, copy, 1 if is_answer else 0)


def copy_lane(lane: Lane, index: int) -> Lane:
    """Address the delay of a copy: 0 is the original, 1 the one that the network made."""
    if lane.ack_copy:
        return lane._replace(purpose=Purpose.DELAY, ack_copy=lane.ack_copy + index)
    return lane._replace(purpose=Purpose.DELAY, copy=lane.copy + index)
