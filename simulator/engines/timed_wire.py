"""A link at work that tells, when a copy leaves, how long it takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple, cast

import numpy as np
import numpy.typing as npt

from simulator.conditions import Transmission
from simulator.network import CopyCounts
from simulator.network.wire import copy_lane
from simulator.randomness import BLOCK, BLOCK_BITS, Lane, Purpose, Randomness

if TYPE_CHECKING:
    from simulator.conditions import Link, Loss

LOST: Final = -1
LATE: Final = -2
"""In place of a delay: the copy is lost, or it is still in flight when the run ends."""


class TimedWire:
    """A one-way link at work.

    Attributes:
        name: "sender→receiver".
        duplicates: Whether it may duplicate.
        lost: How many copies were lost.
        duplicated: How many it made.
        in_flight: How many are on their way when the run ends.
    """

    def __init__(
        self,
        name: str,
        link: Link,
        randomness: Randomness,
        end_ns: int,
        *,
        size_bytes: int,
        acknowledges: bool,
    ) -> None:
        """Lay it, for data or for acknowledgements of a size."""
        self.name = name
        self.duplicates = link.duplicate > 0
        self.lost = self.duplicated = self.in_flight = 0
        self._link = link
        self._size_bytes = size_bytes
        self._acknowledges = acknowledges
        self._end_ns = end_ns
        self._model = cast("Loss", link.loss_model)
        self._rate = link.loss if isinstance(link.loss, float) else None
        self._draws = randomness.draws
        self._luck: dict[int, Luck] = {}

    def carry(self, now_ns: int, message: int, attempt: int, copy: int) -> int:
        """Send a transmission on its way; return how long it takes, `LOST` or `LATE`."""
        key = message >> BLOCK_BITS << 32 | attempt << 1 | copy
        luck = self._luck.get(key) or self._load(key, message, attempt, copy)
        delay_ns = luck.delay_ns(message & (BLOCK - 1))
        if delay_ns < 0 or (
            self._rate is None and self._loses(now_ns, message, attempt, copy, luck)
        ):
            self.lost += 1
            return LOST
        if now_ns + delay_ns < self._end_ns:
            return delay_ns
        self.in_flight += 1
        return LATE

    def carry_again(self, now_ns: int, message: int, attempt: int, copy: int) -> int:
        """Perhaps duplicate a transmission that survived; return as `carry`."""
        key = message >> BLOCK_BITS << 32 | attempt << 1 | copy
        luck = self._luck[key]
        place = message & (BLOCK - 1)
        if luck.duplication(place) >= self._link.duplicate:
            return LOST
        self.duplicated += 1
        delay_ns = luck.second_delay_ns(place)
        if now_ns + delay_ns < self._end_ns:
            return delay_ns
        self.in_flight += 1
        return LATE

    def counts(self, sent: int) -> CopyCounts:
        """Return what became of the copies of so many transmissions."""
        arrived = sent + self.duplicated - self.lost - self.in_flight
        return CopyCounts(sent, self.duplicated, arrived, self.lost, 0, self.in_flight)

    def _loses(self, now_ns: int, message: int, attempt: int, copy: int, luck: Luck) -> bool:
        """Ask a loss that looks at more than its draw."""
        sent = Transmission(
            self.name,
            message,
            attempt,
            copy,
            acknowledgement=self._acknowledges,
            sent_ns=now_ns,
            size_bytes=self._size_bytes,
        )
        return self._model.loses(sent, luck.loss(message & (BLOCK - 1)))

    def _load(self, key: int, message: int, attempt: int, copy: int) -> Luck:
        """Make the luck of a message's block, and forget that of the oldest if there is much."""
        lane = Lane(self.name, Purpose.LOSS, attempt, copy, int(self._acknowledges))
        start = message - message % BLOCK
        span = start, start + BLOCK

        def delays_ns(number: int) -> npt.NDArray[np.int64]:
            return self._link.delays_ns(self._draws(copy_lane(lane, number), *span))

        draws, delay_ns = self._draws(lane, *span), delays_ns(0)
        duplication, second_delay_ns = draws, delay_ns
        if self.duplicates:
            duplication = self._draws(lane._replace(purpose=Purpose.DUPLICATION), *span)
            second_delay_ns = delays_ns(1)
        if self._rate is not None:
            delay_ns = np.where(draws < self._rate, LOST, delay_ns)
        if len(self._luck) == MUCH_LUCK:
            del self._luck[next(iter(self._luck))]
        luck = self._luck[key] = Luck(
            draws.item, delay_ns.item, duplication.item, second_delay_ns.item
        )
        return luck


class Luck(NamedTuple):
    """The luck of one attempt of each message of a block, by its place in the block.

    A loss that looks at its draw alone is in the delay already, as `LOST`.
    """

    loss: Callable[[int], float]
    delay_ns: Callable[[int], int]
    duplication: Callable[[int], float]
    second_delay_ns: Callable[[int], int]


MUCH_LUCK: Final = 256
"""How many blocks of luck a wire has at hand."""
