"""Randomness that is addressed, not consumed.

A draw has an address: (seed, replication, link, purpose, attempt, data copy, acknowledgement copy,
message). All but the message name a *lane*, a substream with its own bit generator; the message is
the index of the output in it. Message 17's second attempt therefore has the same draws whatever the
guarantee, the retry policy, the engine, the order of events or the number of workers, and two
policies compared on one seed face the same network.

Sources:
    M. E. O'Neill, "PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms for
    Random Number Generation", 2014 (the generator, and jumping ahead in it).
    A. M. Law, "Simulation Modeling and Analysis", 5th ed., section 11.2 (common random numbers).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache, partial
from hashlib import blake2b
from typing import Any, Final, Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

T = TypeVar("T")


class Purpose(IntEnum):
    """What a draw decides, as part of its address: the numbers must never change."""

    LOSS = 0
    DUPLICATION = 1
    DELAY = 2
    BACKOFF = 3
    WORKLOAD = 4
    HISTORY = 5
    SERVICE = 6


class Lane(NamedTuple):
    """All of an address but the seed, the replication and the message.

    Attributes:
        link: Name of the link, "sender→receiver".
        purpose: What the draw decides.
        attempt: Which sending of the message, from 1; 0 where attempts do not matter.
        copy: Which copy of the data, 0 or 1.
        ack_copy: 0 for data; for an acknowledgement 1, or 2 for the copy that the network made.
    """

    link: str
    purpose: Purpose
    attempt: int = 0
    copy: int = 0
    ack_copy: int = 0


def link_name(sender: str, receiver: str) -> str:
    """Return the name of the one-way link from one node to another."""
    return f"{sender}→{receiver}"


@dataclass(frozen=True, slots=True)
class Randomness:
    """Every draw of one replication of one seed.

    Attributes:
        seed: A whole number, at least 0.
        replication: Which repetition of the run, from 0.
    """

    seed: int
    replication: int = 0

    def draws(self, lane: Lane, start: int, stop: int) -> npt.NDArray[np.float64]:
        """Return the draws of messages `start` to `stop` - 1 of a lane, uniform on [0, 1).

        Returns:
            Shape (stop - start,). Any split of a range gives the same draws.
        """
        bits = np.random.PCG64DXSM(self._seeds(lane))
        bits.advance(start)
        return np.random.Generator(bits).random(stop - start)

    def lane(self, lane: Lane) -> LaneDraws:
        """Return the draws of a lane, to be read in the order of messages."""
        return LaneDraws(np.random.PCG64DXSM(self._seeds(lane)))

    def stream(self, link: str) -> np.random.Generator:
        """Return a link's stream, for draws that depend on history, consumed in order of use."""
        seeds = self._seeds(Lane(link, Purpose.HISTORY))
        return np.random.Generator(np.random.PCG64DXSM(seeds))

    def _seeds(self, lane: Lane) -> np.random.SeedSequence:
        # Seven words of at most 32 bits each: two lanes never spell the same key.
        key = (self.replication, *_digest(lane.link), *lane[1:])
        return np.random.SeedSequence(self.seed, spawn_key=key)


class LaneDraws:
    """The draws of a lane, read one block of messages at a time, in order."""

    def __init__(self, bits: np.random.PCG64DXSM) -> None:
        """Start at message 0."""
        self._bits = bits
        self._generator = np.random.Generator(bits)
        self._next = 0

    def read(
        self,
        first: int,
        count: int,
        places: npt.NDArray[np.integer] | None = None,
        scratch: npt.NDArray[np.float64] | None = None,
    ) -> npt.NDArray[np.float64]:
        """Return the draws of some messages, uniform on [0, 1).

        Args:
            first: A message that no earlier read was beyond.
            count: How many from there.
            places: Which of these, from 0, rising. None: all.
            scratch: An array to draw in, of shape (count,) or larger. None: make one.

        Returns:
            Shape (count,), or that of `places`; perhaps in `scratch`.
        """
        if places is not None and len(places) * FEW < count:
            return np.array([self._jump(first + place) for place in places.tolist()])
        if self._next != first:
            self._bits.advance(first - self._next)
        self._next = first + count
        draws = self._generator.random(count, out=None if scratch is None else scratch[:count])
        return draws if places is None else draws.take(places)

    def _jump(self, message: int) -> float:
        """Return the draw of one message."""
        self._bits.advance(message - self._next)
        self._next = message + 1
        return self._generator.random()


FEW: Final = 1_000
"""Where one draw of so many is asked for, jumping to it is quicker, as measured. It changes no
result."""


@lru_cache(maxsize=1024)
def _digest(link: str) -> tuple[int, int]:
    """Hash a link's name to two 32-bit words, the same on every machine and in every run."""
    digest = blake2b(link.encode(), digest_size=8).digest()
    return int.from_bytes(digest[:4], "big"), int.from_bytes(digest[4:], "big")


BLOCK_BITS: Final = 10
BLOCK: Final = 1 << BLOCK_BITS
"""How many messages' draws are made at once: a size of the cache, which changes no result."""
BLOCKS: Final = 8
"""How many blocks of a lane are cached."""


class LaneValues(Generic[T]):
    """Values of a lane, read one message at a time and made one block at a time."""

    __slots__ = ("_blocks", "_make")

    def __init__(self, make: Callable[[int, int], npt.NDArray[Any]]) -> None:
        """Read through `make(start, stop)`, which returns the values of those messages."""
        self._make = make
        self._blocks: dict[int, npt.NDArray[Any]] = {}

    def __call__(self, message: int) -> T:
        """Return the value of one message."""
        try:
            block = self._blocks[message >> BLOCK_BITS]
        except KeyError:
            block = self._load(message >> BLOCK_BITS)
        value: T = block.item(message & (BLOCK - 1))
        return value

    def _load(self, index: int) -> npt.NDArray[Any]:
        if len(self._blocks) == BLOCKS:
            del self._blocks[next(iter(self._blocks))]
        block = self._blocks[index] = self._make(index * BLOCK, (index + 1) * BLOCK)
        return block


class Blocks(Generic[T]):
    """Values of many lanes."""

    def __init__(self, make: Callable[[Lane, int, int], npt.NDArray[Any]]) -> None:
        """Read through `make(lane, start, stop)`, which returns the values of those messages."""
        self._make = make
        self._lanes: dict[Lane, LaneValues[T]] = {}

    def lane(self, lane: Lane) -> LaneValues[T]:
        """Return the values of a lane."""
        if lane not in self._lanes:
            self._lanes[lane] = LaneValues(partial(self._make, lane))
        return self._lanes[lane]

    def __call__(self, lane: Lane, message: int) -> T:
        """Return the value of one message of a lane."""
        return self.lane(lane)(message)
