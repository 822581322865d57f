"""A block of messages on their way together, and the links that carry them.

Instants are nanoseconds since each message's creation: where nothing is random about them, they are
one number for all. What never comes is due at the end of time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import numpy as np
import numpy.typing as npt

from simulator.clock import END_OF_TIME, to_ns, to_ns_array
from simulator.conditions import Bernoulli, Constant
from simulator.engines.creation import horizon_ns
from simulator.ledger import BELIEFS, NEVER, Ledger
from simulator.metrics import BLOCK
from simulator.network import CopyCounts, Guarantee
from simulator.network.wire import copy_lane
from simulator.policies import DecorrelatedJitter, ExponentialBackoff, Retry
from simulator.protocols import AtLeastOnce, AtMostOnce, ExactlyOnce
from simulator.randomness import Lane, LaneDraws, Purpose, Randomness
from simulator.scenario import Scenario

if TYPE_CHECKING:
    from simulator.conditions import Link, VectorizedLoss

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
Instants = int | IntArray
"""One for all, or one for each."""

NOT_COMING: Final = END_OF_TIME
NOBODY: Final = np.empty(0, dtype=np.int64)
"""A column before it is known of anybody."""
SENT, WAITING, ACKNOWLEDGED, GAVE_UP = (
    BELIEFS.index(belief) for belief in ("sent", "waiting", "acknowledged", "gave_up")
)


class Copies(NamedTuple):
    """Copies on their way, one for each of some messages.

    Attributes:
        number: 0, or 1 for those that the network made.
        arrival: When each arrives; `NOT_COMING` where it does not.
        latest: An instant that none of those that come is later than.
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
        block_created_ns: When those of the block were created, rising. Shape (block,).
        end_ns: The end of the run.
        places: Which of them, from 0, rising. None: all.
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
        """How long they all have, at least."""
        return self.end_ns - int(self.block_created_ns[-1])


class BlockWire:
    """A one-way link at work on many messages at once.

    Attributes:
        name: "sender→receiver".
        counts: What became of the copies so far.
    """

    def __init__(self, name: str, link: Link, randomness: Randomness) -> None:
        """Lay it."""
        self.name = name
        self.counts = CopyCounts()
        self._link = link
        self._loss = cast("VectorizedLoss", link.loss_model)
        self._rate = self._loss.rate if isinstance(self._loss, Bernoulli) else None
        fixed = isinstance(link.delay, Constant)
        self._fixed_delay_ns = int(link.delays_ns(np.zeros(1))[0]) if fixed else None
        self._randomness = randomness
        self._lanes: dict[Lane, LaneDraws] = {}
        self._luck, self._delays = np.empty(BLOCK), np.empty(BLOCK)  # to work in

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
            luck = self.draws(lane._replace(purpose=Purpose.DUPLICATION), some, self._luck)
            twice = (luck < self._link.duplicate) & on_its_way
            self.counts.duplicated += int(np.count_nonzero(twice))
            yield self._launch(1, some, sent_ns, latest, copy_lane(lane, 1), twice)

    def _lost(
        self, some: Some, sent_ns: Instants, attempt: int, lane: Lane, among: BoolArray | None
    ) -> BoolArray:
        """Say which of those sent are lost."""
        if self._rate == 0.0:
            return np.zeros(len(some), dtype=np.bool_)
        luck = self.draws(lane, some, self._luck)
        if self._rate is not None:
            lost = luck < self._rate
            return lost if among is None else lost & among
        everyone = np.ones(len(some), dtype=np.bool_) if among is None else among
        lost = np.zeros(len(some), dtype=np.bool_)
        instants = some.created_ns + sent_ns
        lost[everyone] = self._loss.loses_array(
            luck[everyone], some.numbers[everyone], attempt, instants[everyone]
        )
        return lost

    def _launch(  # noqa: PLR0917 - what is sent, when, and its luck
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
            luck = self.draws(lane, some, self._luck)
            arrival = self._link.delays_ns(luck, self._delays[: len(luck)])
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


class Block:
    """Messages that follow each other, on their way together. Columns have shape (messages,)."""

    def __init__(
        self,
        scenario: Scenario,
        wire: BlockWire,
        return_wire: BlockWire,
        first: int,
        created_ns: IntArray,
    ) -> None:
        """Begin with every message created, none sent."""
        self._guarantee = scenario.guarantee
        self._acknowledges = isinstance(self._guarantee, AtLeastOnce | ExactlyOnce)
        self._idempotent = scenario.idempotent
        self._wire, self._return_wire = wire, return_wire
        size = len(created_ns)
        self._all = Some(first, created_ns, horizon_ns(scenario))
        self._attempts = np.zeros(size, dtype=np.int32)
        self._arrivals = np.zeros(size, dtype=np.int32)
        self._in_flight = np.zeros(size, dtype=np.bool_)
        self._delivered = NOBODY  # until the first transmission
        self._known = NOBODY if self._acknowledges else np.full(size, NOT_COMING, dtype=np.int64)
        self._gave_up = np.full(size, NEVER, dtype=np.int64)
        self._belief = np.full(size, SENT, dtype=np.int8)

    def run(self) -> Ledger:
        """Carry every message; return what became of each."""
        if isinstance(self._guarantee, AtLeastOnce | ExactlyOnce):
            self._send_until_acknowledged(self._guarantee.retry)
        else:
            self._transmit(self._all, 0, attempt=1)
        return ledger_of(
            self._guarantee,
            first=self._all.first,
            idempotent=self._idempotent,
            created_ns=self._all.block_created_ns,
            attempts=self._attempts,
            arrivals=self._arrivals,
            delivered=self._delivered,
            known=self._known,
            gave_up=self._gave_up,
            belief=self._belief,
            in_flight=self._in_flight,
        )

    def _transmit(self, some: Some, sent: Instants, attempt: int) -> None:
        """Send one copy of each message, and acknowledge those that arrive if that is the way."""
        everyone = slice(None) if some.places is None else some.places
        self._attempts[everyone] = attempt
        for copies in self._wire.carry(some, sent, attempt):
            if len(copies.late):
                self._in_flight[everyone] |= copies.late
            self._arrivals[everyone] += copies.arrival < NOT_COMING
            self._delivered = _earliest(self._delivered, everyone, copies.arrival)
            if self._acknowledges:
                for answer in self._return_wire.carry(
                    some, copies.arrival, attempt, answers=copies
                ):
                    self._known = _earliest(self._known, everyone, answer.arrival)

    def _send_until_acknowledged(self, retry: Retry) -> None:
        """Send each message again and again until it is acknowledged, or given up."""
        some, sent = self._all, cast("Instants", 0)
        self._belief[:] = WAITING
        expiry = END_OF_TIME if retry.deadline is None else to_ns(retry.deadline)
        pause: Any = 0.0
        for attempt in count(1):
            self._transmit(some, sent, attempt)
            until = np.minimum(sent + to_ns(retry.timeout_of(attempt)), expiry)
            is_last = attempt == retry.max_attempts
            some, until, pause = self._wait(some, until, expiry, pause, is_last=is_last)
            if not len(some):
                return
            pause, delay = self._pause(retry, attempt, some, pause)
            if isinstance(delay, int) and delay == 0:
                sent = until
                continue
            sent = np.minimum(until + delay, expiry)
            some, sent, pause = self._wait(some, sent, expiry, pause)
            if not len(some):
                return

    def _pause(self, retry: Retry, attempt: int, some: Some, pause: Any) -> tuple[Any, Instants]:
        """Return the pause of each message after an attempt, in seconds and nanoseconds."""
        backoff: Any = retry.backoff  # one built in, which takes arrays
        jitter = isinstance(backoff, DecorrelatedJitter) or (
            isinstance(backoff, ExponentialBackoff) and backoff.jitter != "none"
        )
        if not jitter:
            pause = backoff.pause_after(attempt, 0.0, 0.0)
            return pause, to_ns(pause)
        lane = Lane(self._wire.name, Purpose.BACKOFF, attempt)
        pause = backoff.pause_after(attempt, pause, self._wire.draws(lane, some))
        return pause, to_ns_array(pause)

    def _wait(
        self, some: Some, until: Instants, expiry: int, pause: Any, *, is_last: bool = False
    ) -> tuple[Some, Instants, Any]:
        """Wait for acknowledgements up to an instant, itself included.

        Those who still wait then give up if that was the last attempt, or their deadline. Nobody
        waits at the end of the run or after it: those stay undecided.

        Returns:
            Who goes on, and what of `until` and `pause` is theirs.
        """
        everyone = slice(None) if some.places is None else some.places
        known = self._known[everyone]
        acknowledged = known <= np.minimum(until, NOT_COMING - 1)
        if some.places is None:
            np.multiply(acknowledged, ACKNOWLEDGED - WAITING, out=self._belief)
            self._belief += WAITING
        else:
            self._belief[some.places.compress(acknowledged)] = ACKNOWLEDGED
        waiting = ~acknowledged
        if int(np.max(until, initial=0)) >= some.least_left_ns:
            waiting &= until < some.left_ns
        if np.ndim(until):
            theirs = cast("IntArray", until)
            last = waiting & (theirs == expiry) if not is_last else waiting
            self._give_up(_chosen(everyone, last), theirs[last])
            waiting &= ~last
            until = theirs[waiting]
        elif is_last or until == expiry:
            self._give_up(_chosen(everyone, waiting), until)
            waiting[:] = False
        return some.among(waiting), until, pause[waiting] if np.ndim(pause) else pause

    def _give_up(self, places: IntArray, at_ns: Instants) -> None:
        """Stop trying. An acknowledgement that comes later changes nothing."""
        self._belief[places] = GAVE_UP
        self._gave_up[places] = at_ns


def ledger_of(
    guarantee: Guarantee,
    *,
    first: int,
    idempotent: bool,
    created_ns: IntArray,
    attempts: npt.NDArray[np.int32],
    arrivals: npt.NDArray[np.int32],
    delivered: IntArray,
    known: IntArray,
    gave_up: IntArray,
    belief: npt.NDArray[np.int8],
    in_flight: BoolArray,
) -> Ledger:
    """Return what became of each message under one of the four guarantees.

    Args:
        guarantee: Which.
        first: Number of the first message.
        idempotent: Whether handling a message twice changes no more than once.
        created_ns: When they were created.
        attempts: How often they were sent.
        arrivals: How many copies arrived.
        delivered: When the first did, since creation; `NOT_COMING` if none did.
        known: When the first acknowledgement came, since creation; changed in place.
        gave_up: When the sender gave up, since creation; `NEVER` if it did not.
        belief: What the sender believes, as places in `BELIEFS`.
        in_flight: Whether data are in flight at the end.
    """
    once = isinstance(guarantee, AtMostOnce | ExactlyOnce)
    acknowledges = isinstance(guarantee, AtLeastOnce | ExactlyOnce)
    came = _narrow(arrivals)
    nothing = np.zeros_like(came)
    arrived = came > 0
    handovers = arrived.view(np.uint8) if once else came
    np.putmask(delivered, ~arrived, NEVER)
    np.putmask(known, belief != ACKNOWLEDGED, NEVER)
    return Ledger(
        {
            "created_ns": created_ns,
            "attempts": _narrow(attempts),
            "arrivals": came,
            "handovers": handovers,
            "effects": arrived.view(np.uint8) if idempotent else handovers,
            "suppressed": came - handovers if once else nothing,
            "delivered_after": delivered,
            "acknowledged_after": known,
            "gave_up_after": gave_up,
            "acks_sent": came if acknowledges else nothing,
            "belief": belief,
            "undecided": in_flight | (belief == WAITING),
        },
        first=first,
    )


def _earliest(instants: IntArray, places: slice | IntArray, candidates: IntArray) -> IntArray:
    """Lower the instants at some places, each named once, to the candidates; at first, for all."""
    if instants is NOBODY:
        return candidates
    if isinstance(places, slice):
        return np.minimum(instants, candidates)
    instants[places] = np.minimum(instants.take(places), candidates)
    return instants


def _chosen(places: slice | IntArray, chosen: BoolArray) -> IntArray:
    """Return which places of the block those chosen have."""
    return np.flatnonzero(chosen) if isinstance(places, slice) else places.compress(chosen)


def _narrow(counts: npt.NDArray[np.int32]) -> npt.NDArray[Any]:
    """Return counts in as few bytes as hold them."""
    return counts.astype(np.min_scalar_type(int(counts.max(initial=0))))
