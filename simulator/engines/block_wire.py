"""A link at work on many messages of a block at once.

Instants are nanoseconds since each message's creation, or a single number if all are equal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
import numpy.typing as npt

from simulator.conditions import Bernoulli, Constant, Transmission
from simulator.conditions.draws import copy_lane
from simulator.engines.columns import NOT_COMING, BoolArray, IntArray
from simulator.engines.one_at_a_time import decides_arrays, losses
from simulator.metrics import BLOCK
from simulator.network import CopyCounts
from simulator.randomness import Lane, LaneDraws, Purpose, Randomness

if TYPE_CHECKING:
    from simulator.conditions import Link, Loss, VectorizedLoss

Instants = int | IntArray
"""One for all messages, or one for each."""


class Copies(NamedTuple):
    """Copies on their way, one for each of some messages.

    Attributes:
        number: 0, or 1 for those that the network made.
        arrival: When each arrives; `NOT_COMING` where it does not.
        latest: An upper bound of the instants of arrival.
        late: Which are still in flight when the run ends; empty if none is.
    """

    number: int
    arrival: IntArray
    latest: int
    late: BoolArray


@dataclass(frozen=True, slots=True)
class Some:
    """Some messages of a block.

    Attributes:
        first: Number of the first message of the block.
        block_created_ns: When the messages of the block were created, rising. Shape (block,).
        end_ns: The end of the run.
        places: Indices of these messages in the block, rising. None: all.
    """

    first: int
    block_created_ns: IntArray
    end_ns: int
    places: IntArray | None = None

    def __len__(self) -> int:
        """Count them."""
        return self.block_size if self.places is None else len(self.places)

    @property
    def block_size(self) -> int:
        """How many messages the block has."""
        return len(self.block_created_ns)

    def among(self, chosen: BoolArray) -> Some:
        """Return those chosen."""
        index = np.flatnonzero(chosen)
        places = index if self.places is None else self.places.take(index)
        return replace(self, places=places)

    @property
    def numbers(self) -> IntArray:
        """Their numbers."""
        places = np.arange(self.block_size) if self.places is None else self.places
        return self.first + places

    @property
    def created_ns(self) -> IntArray:
        """When they were created."""
        block = self.block_created_ns
        return block if self.places is None else block.take(self.places)

    @property
    def left_ns(self) -> IntArray:
        """How long each has until the end of the run."""
        return self.end_ns - self.created_ns

    @property
    def least_left_ns(self) -> int:
        """The least of `left_ns` over the block."""
        return self.end_ns - int(self.block_created_ns[-1])


class BlockWire:
    """A one-way link at work on many messages at once.

    Attributes:
        name: "sender→receiver".
        counts: The counts of copies so far.
    """

    def __init__(self, name: str, link: Link, randomness: Randomness, size_bytes: int) -> None:
        """Lay it, for what is of a size."""
        self.name = name
        self.counts = CopyCounts()
        self._link = link
        self._size_bytes = size_bytes
        loss = link.loss_model
        self._rate = loss.rate if type(loss) is Bernoulli else None
        self._decides_arrays = decides_arrays(loss)
        fixed = type(link.delay) is Constant
        self._fixed_delay_ns = int(link.delays_ns(np.zeros(1))[0]) if fixed else None
        self._randomness = randomness
        self._lanes: dict[Lane, LaneDraws] = {}
        self._scratch, self._delays = np.empty(BLOCK), np.empty(BLOCK)  # to work in

    def carry(
        self,
        some: Some,
        sent_ns: Instants,
        attempt: int,
        *,
        answers: Copies | None = None,
    ) -> Iterator[Copies]:
        """Carry one transmission of each message; or an acknowledgement of each copy that came.

        Args:
            some: The messages.
            sent_ns: When it is sent.
            attempt: Which sending of the message it is, or answers.
            answers: The copies that are acknowledged. None: this is the message.
        """
        copy, ack_copy = (0, 0) if answers is None else (answers.number, 1)
        among = None if answers is None else answers.arrival < NOT_COMING
        latest = int(np.max(sent_ns, initial=0)) if answers is None else answers.latest
        lane = Lane(self.name, Purpose.LOSS, attempt, copy, ack_copy)
        lost = self._lost(some, sent_ns, attempt, lane, among)
        self.counts.sent += len(some) if among is None else int(np.count_nonzero(among))
        self.counts.lost += int(np.count_nonzero(lost))
        on_its_way = ~lost if among is None else among & ~lost
        yield self._launch(0, some, sent_ns, latest, copy_lane(lane, 0), on_its_way)
        if self._link.duplicate > 0:
            u = self.draws(lane._replace(purpose=Purpose.DUPLICATION), some, self._scratch)
            twice = (u < self._link.duplicate) & on_its_way
            self.counts.duplicated += int(np.count_nonzero(twice))
            yield self._launch(1, some, sent_ns, latest, copy_lane(lane, 1), twice)

    def _lost(
        self, some: Some, sent_ns: Instants, attempt: int, lane: Lane, among: BoolArray | None
    ) -> BoolArray:
        """Return which of those sent are lost."""
        if self._rate == 0.0:
            return np.zeros(len(some), dtype=np.bool_)
        u = self.draws(lane, some, self._scratch)
        if self._rate is not None:
            lost = u < self._rate
            return lost if among is None else lost & among
        everyone = np.ones(len(some), dtype=np.bool_) if among is None else among
        lost = np.zeros(len(some), dtype=np.bool_)
        instants = (some.created_ns + sent_ns)[everyone]
        numbers, u = some.numbers[everyone], u[everyone]
        if self._decides_arrays:
            arrays = cast("VectorizedLoss", self._link.loss_model)
            lost[everyone] = arrays.loses_array(u, numbers, attempt, instants)
            return lost
        sent = partial(
            Transmission,
            link=self.name,
            attempt=attempt,
            copy=lane.copy,
            acknowledgement=lane.ack_copy == 1,
            size_bytes=self._size_bytes,
        )
        one = cast("Loss", self._link.loss_model)
        lost[everyone] = losses(one, sent, u, numbers, instants)
        return lost

    def _launch(  # noqa: PLR0917 - what is sent, when, and its draws
        self,
        number: int,
        some: Some,
        sent_ns: Instants,
        latest: int,
        lane: Lane,
        on_its_way: BoolArray,
    ) -> Copies:
        if self._fixed_delay_ns is not None:
            arrival = np.full(len(some), self._fixed_delay_ns, dtype=np.int64)
        else:
            u = self.draws(lane, some, self._scratch)
            arrival = self._link.delays_ns(u, self._delays[: len(u)])
        latest += int(arrival.max(initial=0))
        arrival += sent_ns
        late = np.zeros(0, dtype=np.bool_)
        if latest >= some.least_left_ns:
            late = on_its_way & (arrival >= some.left_ns)
            latest = min(latest, NOT_COMING)
        np.putmask(arrival, ~on_its_way, NOT_COMING)
        if len(late):
            np.putmask(arrival, late, NOT_COMING)
        in_flight = int(np.count_nonzero(late))
        self.counts.arrived += int(np.count_nonzero(on_its_way)) - in_flight
        self.counts.in_flight += in_flight
        return Copies(number, arrival, latest, late)

    def draws(
        self, lane: Lane, some: Some, scratch: npt.NDArray[np.float64] | None = None
    ) -> npt.NDArray[np.float64]:
        """Return the draws of some messages of a lane, perhaps in `scratch`."""
        if lane not in self._lanes:
            self._lanes[lane] = self._randomness.lane(lane)
        return self._lanes[lane].read(some.first, some.block_size, some.places, scratch)
